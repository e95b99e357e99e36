import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../test/harness.ts';
import { giftChain, people } from '../../test/scenarios/ledger-town.ts';
import { newId } from '../core/ids.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { type AuditReport, audit, auditTable, auditWithin, registerAuditCheck } from './audit.ts';
import { pendingEvent, postEvent, voidEvent } from './event.ts';
import { indexHistory } from './history.ts';
import { openLedger } from './post.ts';

/** What somebody with the owner's rights might do to the books, and which checks must see it. */
const TAMPERINGS: readonly { readonly sql: string; readonly seenBy: readonly string[] }[] = [
  {
    sql: 'update ledger_accounts set credits_posted = credits_posted + 1 where id = $1',
    seenBy: ['in each asset credits equal debits', 'counters equal transfers'],
  },
  {
    sql: 'update ledger_accounts set debits_posted = credits_posted + 1 where id = $1',
    seenBy: [
      'in each asset credits equal debits',
      'counters equal transfers',
      'accounts are within their bounds',
    ],
  },
  {
    sql: 'update ledger_transfers set amount = amount + 1 where debit_account_id = $1 and flags = 1',
    seenBy: ['counters equal transfers', 'history equals transfers'],
  },
  {
    sql: `update ledger_transfers set ledger = 2 where timestamp =
            (select max(timestamp) from ledger_transfers where debit_account_id = $1 and flags = 1)`,
    seenBy: ['transfers are between two accounts of their asset'],
  },
  {
    sql: `delete from ledger_transfers where timestamp = 1 +
            (select min(timestamp) from ledger_transfers where debit_account_id = $1 and flags = 1)`,
    seenBy: [
      'counters equal transfers',
      'timestamps are unique and chains are whole',
      'the head counts what there is',
      'history equals transfers',
    ],
  },
  {
    sql: `update ledger_transfers set timestamp =
            (select max(timestamp) from ledger_transfers where debit_account_id = $1) where debit_account_id = $1`,
    seenBy: [
      'timestamps are unique and chains are whole',
      'history equals transfers',
      'a pending transfer is resolved at most once, by what says so',
      'what is resolved was pending, and no more was posted than reserved',
    ],
  },
  {
    sql: "delete from ledger_resolutions where state = 'voided' and $1::uuid is not null",
    seenBy: [
      'a pending transfer is resolved at most once, by what says so',
      'what is resolved was pending, and no more was posted than reserved',
    ],
  },
  {
    sql: 'insert into ledger_failed_transfers select id, 54, timestamp from ledger_transfers where debit_account_id = $1 limit 1',
    seenBy: ['ids that were used up did not post'],
  },
  {
    sql: 'update ledger_history set ids[1] = account_id where account_id = $1',
    seenBy: ['history equals transfers'],
  },
  {
    sql: 'update ledger_history set debits_posted = debits_posted + 1 where account_id = $1',
    seenBy: ['history adds up'],
  },
];

test('the audit is clean after honest work and sees what is not', async () => {
  const db = await testDatabase();
  const fan = await work(db);
  const honest = await audit(db);
  assert.ok(honest.isClean, auditTable(honest));
  assert.equal(honest.transfers, 39n);

  const owner = await openDatabase({ url: db.url, role: null, poolSize: 1, statementTimeoutMs: 0 });
  for (const { sql, seenBy } of TAMPERINGS) {
    const report = await auditTampered(owner, sql, fan);
    const seen = report.findings.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
    assert.deepEqual(seen.sort(), [...seenBy].sort(), sql);
  }
  await owner.close();
});

test('a slice adds what must hold of its rows', async () => {
  const db = await testDatabase();
  const ask = { name: 'test rows are blue', run: async () => ['row 7 is red'] };
  registerAuditCheck(ask);
  assert.throws(() => registerAuditCheck(ask), /twice/);
  const report = await audit(db);
  assert.equal(report.isClean, false);
  assert.match(auditTable(report), /test rows are blue .* VIOLATED \(1 shown\)\n {4}row 7 is red/);
});

/** Gifts, refusals, pending transfers of every fate, part of it indexed. Returns the fan's account. */
async function work(db: Database): Promise<string> {
  const ledger = await openLedger({ db, mustBeDurable: false, keepsHouse: false });
  const [fan, creator] = await people(ledger, 2, 100n);
  assert.ok(fan && creator);
  for (let gift = 0; gift < 10; gift += 1) {
    await ledger.post({ transfers: giftChain(newId(), fan, creator, 2n) });
  }
  await ledger.post({ transfers: giftChain(newId(), fan, creator, 10_000n) });
  const holds = Array.from({ length: 4 }, () => newId());
  for (const id of holds) {
    const parts = {
      id,
      from: fan.coins,
      to: creator.coins,
      asset: 'COIN',
      units: 3n,
      code: 'escrow',
    } as const;
    await ledger.post({ transfers: [pendingEvent(parts)] });
  }
  await ledger.post({ transfers: [postEvent(newId(), holds[0] ?? '', 2n)] });
  await ledger.post({ transfers: [voidEvent(newId(), holds[1] ?? '')] });
  await db.query('insert into ledger_marks select last_timestamp, transfers from ledger_head');
  await indexHistory(db);
  await ledger.post({ transfers: [voidEvent(newId(), holds[2] ?? '')] });
  for (let gift = 0; gift < 5; gift += 1) {
    await ledger.post({ transfers: giftChain(newId(), fan, creator, 2n) });
  }
  await ledger.close();
  return fan.coins;
}

/** The audit of a tampered ledger; afterwards nothing was tampered with. */
async function auditTampered(owner: Database, sql: string, accountId: string): Promise<AuditReport> {
  let report: AuditReport | undefined;
  await owner
    .transaction(async (tx) => {
      for (const table of ['transfers', 'accounts', 'resolutions', 'failed_transfers', 'history']) {
        await tx.query(`alter table ledger_${table} disable trigger user`);
      }
      await tx.query('alter table ledger_accounts drop constraint debits_must_not_exceed_credits');
      const touched = await tx.query(`${sql} returning 1`, [accountId]);
      assert.ok(touched.length > 0, sql);
      report = await auditWithin(tx);
      throw new Error('done');
    })
    .catch((error: Error) => {
      if (error.message !== 'done') throw error;
    });
  assert.ok(report);
  return report;
}
