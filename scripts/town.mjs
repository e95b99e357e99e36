import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CHECKOUT, NODE } from './child.mjs';

/**
 * Settles the demo town once and stops it: each journey begins with a copy of its data instead of living the town's
 * ten days again. The directory is in `CARAT_E2E_TOWN` while the work runs, and gone afterwards.
 */
export async function withTown(work) {
  const directory = await mkdtemp(join(tmpdir(), 'carat-town-'));
  try {
    await settle(directory);
    return await work({ CARAT_E2E_TOWN: directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function settle(directory) {
  const { PATH, HOME } = process.env;
  const server = spawn(NODE, ['server/src/main.ts'], {
    cwd: CHECKOUT,
    env: { PATH, HOME, CARAT_DATA_DIR: directory, CARAT_CROWD: 'off', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => {
    server.once('close', done);
  });
  const said = [];
  for await (const line of createInterface({ input: server.stdout })) {
    said.push(line);
    if (line.includes('open at')) server.kill('SIGINT');
  }
  const code = await ended;
  if (code !== 0) throw new Error(`the town did not settle (${code}); it said:\n${said.join('\n')}`);
}
