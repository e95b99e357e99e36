import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../src/db/embedded.ts';
import { TEST_SETTINGS } from './test-settings.ts';

// Runs one PostgreSQL for a whole test run: prints its address, and takes it away when its input ends,
// which happens however the process that started it ends.
const dataDirectory = mkdtempSync(join(tmpdir(), 'carat-test-run-'));
const embedded = await openEmbedded({ dataDirectory, settings: TEST_SETTINGS });
process.stdout.write(`${embedded.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.resume().once('end', async () => {
  await embedded.close();
  rmSync(dataDirectory, { recursive: true, force: true });
  process.exit(0);
});
