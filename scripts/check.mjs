import { checkGenerated } from './generated.mjs';
import { ensureInstalled } from './install.mjs';

// `npm run check`: what must hold before a commit is shared. The tests check the sources too, so only
// the generated files are looked at first.
await ensureInstalled();
const upToDate = await checkGenerated();
await import('./test.mjs');
if (!upToDate) process.exitCode = 1;
