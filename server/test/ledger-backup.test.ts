import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { newId } from '../src/core/ids.ts';
import { backup } from '../src/db/backup.ts';
import { openDatabase } from '../src/db/database.ts';
import { restore } from '../src/db/restore.ts';
import { audit, auditTable } from '../src/ledger/audit.ts';
import {
  accountId,
  openLedger,
  type TransferCodeName,
  transferEvent,
  userAccounts,
} from '../src/ledger/index.ts';
import { testDatabase, testPostgres } from './harness.ts';
import { until } from './until.ts';

test('a backup of the ledger under load, restored on another server, is clean and ends at one transfer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carat-ledger-backup-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const db = await testDatabase();
  const ledger = await openLedger({ db, mustBeDurable: false });
  const fans = Array.from({ length: 20 }, newId);
  await ledger.openAccounts(fans.flatMap(userAccounts));
  const issued = accountId('platform', 'coins_issued', 'COIN');
  const spent = accountId('platform', 'coins_spent', 'COIN');

  let posted = 0;
  let stop = false;
  const busy = fans.map(async (fan, index) => {
    const coins = accountId(fan, 'coins', 'COIN');
    const move = (from: string, to: string, units: bigint, code: TransferCodeName) =>
      ledger.post({ transfers: [transferEvent({ id: newId(), from, to, asset: 'COIN', units, code })] });
    while (!stop) {
      await move(issued, coins, 10n, 'coins_issued');
      await move(coins, spent, BigInt(1 + (index % 10)), 'gift');
      posted += 2;
    }
  });
  await until('it is busy', () => posted > 500);
  const path = join(folder, 'ledger.carat-backup');
  await backup({ url: db.url, file: path });
  const after_ = posted;
  await until('it went on after the backup', () => posted > after_ + 500);
  stop = true;
  await Promise.all(busy);
  await ledger.close();

  const elsewhere = await testPostgres({ settings: { fsync: 'off' } });
  await restore({ url: elsewhere.url, file: path });
  const restored = await openDatabase({ url: elsewhere.url });
  const report = await audit(restored);
  assert.ok(report.isClean, auditTable(report));
  assert.ok(report.transfers >= 500n);

  const all = 'select * from ledger_transfers where timestamp <= $1 order by timestamp';
  const [last] = await restored.query<{ at: bigint }>('select max(timestamp) as at from ledger_transfers');
  const there = await restored.query(all, [last?.at]);
  assert.deepEqual(there, await db.query(all, [last?.at]), 'every transfer up to one, and none after it');
  assert.equal(BigInt(there.length), report.transfers);

  // The restored house goes on posting.
  const again = await openLedger({ db: restored, mustBeDurable: false });
  const fan = fans[0] ?? '';
  const outcome = await again.post({
    transfers: [
      transferEvent({
        id: newId(),
        from: issued,
        to: accountId(fan, 'coins', 'COIN'),
        asset: 'COIN',
        units: 1n,
        code: 'coins_issued',
      }),
    ],
  });
  assert.equal(outcome.kind, 'posted');
  await again.close();
  assert.ok((await audit(restored)).isClean);
  await restored.close();
});
