import { join } from 'node:path';
import { CHECKOUT, NODE, run } from './child.mjs';
import { ensureInstalled } from './install.mjs';
import { say } from './say.mjs';
import { ensureWebBuilt } from './web.mjs';

// `npm start`: everything that is missing, then the server until Ctrl-C.
// `npm run dev`: the server again after every change, and Vite's page with the change already in it.
await ensureInstalled();
process.exitCode = process.argv.includes('--dev') ? await develop() : await serve();

async function serve() {
  await ensureWebBuilt();
  return run(NODE, ['server/src/main.ts']);
}

async function develop() {
  say('The page that follows your changes is the one Vite prints; the server is behind it.');
  const port = process.env.PORT ?? '4080';
  const vite = join(CHECKOUT, 'node_modules/vite/bin/vite.js');
  const ended = await Promise.race([
    run(NODE, ['--watch', '--watch-preserve-output', 'server/src/main.ts'], { env: { PORT: port } }),
    run(NODE, [vite], { cwd: join(CHECKOUT, 'web'), env: { CARAT_SERVER: `http://127.0.0.1:${port}` } }),
  ]);
  process.kill(process.pid, 'SIGTERM');
  return ended;
}
