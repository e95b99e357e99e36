import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CHECKOUT, NODE } from './child.mjs';
import { giveUp } from './say.mjs';

/** One PostgreSQL for the whole run (or the one in CARAT_TEST_DATABASE_URL), gone when the work is done. */
export async function withTestDatabase(work) {
  if (process.env.CARAT_TEST_DATABASE_URL) return work({});
  const server = spawn(NODE, ['server/test/serve-database.ts'], {
    cwd: CHECKOUT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => {
    server.once('close', done);
  });
  const url = await Promise.race([firstLine(server.stdout), ended.then(() => undefined)]);
  if (url === undefined) giveUp('The PostgreSQL for the tests did not start; the reason stands above.');
  try {
    return await work({ CARAT_TEST_DATABASE_URL: url });
  } finally {
    server.stdin.end();
    await ended;
  }
}

function firstLine(stream) {
  return new Promise((done) => {
    createInterface({ input: stream }).once('line', done);
  });
}
