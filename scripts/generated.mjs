import { capture, NODE } from './child.mjs';
import { say } from './say.mjs';

/** Whether the files that are made from the code are what the code makes today; says which are not. */
export async function checkGenerated() {
  const { code, said } = await capture(NODE, ['server/src/cli.ts', 'generate', '--check']);
  say(code === 0 ? '✔ generated files are up to date' : `✖ generated files\n${said.trim()}`);
  return code === 0;
}
