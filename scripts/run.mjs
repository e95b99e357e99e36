import { NODE, run } from './child.mjs';
import { ensureInstalled } from './install.mjs';
import { giveUp } from './say.mjs';

// Runs a TypeScript program of the house with Node 24: `node scripts/run.mjs bench/main.ts --quick`.
const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) giveUp('Name the program to run, e.g. node scripts/run.mjs server/src/cli.ts audit');
await ensureInstalled();
process.exitCode = await run(NODE, [entry, ...args]);
