import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testClock } from '../../src/core/clock.ts';
import { UNITS_MAX } from '../../src/core/money.ts';
import { type Random, random } from '../../src/core/random.ts';
import type { Database } from '../../src/db/database.ts';
import type { Balances } from '../../src/ledger/account.ts';
import { audit, auditTable } from '../../src/ledger/audit.ts';
import { balanceAt, statement } from '../../src/ledger/history.ts';
import { type Ledger, openLedger } from '../../src/ledger/post.ts';
import { transferResultName } from '../../src/ledger/results.ts';
import type { TransferEvent } from '../../src/ledger/transfer.ts';
import { testDatabase } from '../harness.ts';
import { LedgerWorkload } from './ledger-workload.ts';
import { MemoryLedger } from './memory-ledger.ts';

/**
 * Random chains go through the write path into PostgreSQL and, at the time the ledger gave them, through the state
 * machine in memory. Answers, accounts, transfers and every statement must be the same in both.
 * Replay: `SIMULATION_SEED=<seed> npm test`.
 */
const seed = Number(process.env.SIMULATION_SEED ?? Math.floor(Math.random() * 2 ** 31));
const chains = Number(process.env.SIMULATION_CHAINS ?? 800);
const START_MS = 1_700_000_000_000;

test(`the write path answers as the state machine does (SIMULATION_SEED=${seed})`, async (t) => {
  const db = await testDatabase();
  const clock = testClock(START_MS);
  const ledger = await openLedger({
    db,
    clock,
    mustBeDurable: false,
    keepsHouse: false,
    // So small that what was known is forgotten and read again all the time.
    limits: { accountsInMemory: 6, transfersInMemory: 20, idsInMemory: 30 },
  });
  t.after(() => ledger.close());
  const model = new MemoryLedger();
  const dice = random(seed);
  const workload = new LedgerWorkload(dice);
  await openAccounts(ledger, model, workload);

  const answers = new Map<string, number>();
  let sent = 0;
  while (sent < chains) {
    const batch = chainsOf(workload.batch());
    sent += batch.length;
    const happened = await sendChains(ledger, model, batch, answers, clock.now);
    workload.note(happened.flatMap((id) => model.transfers.get(id) ?? []));
    if (dice.once(3)) clock.advance(dice.below(2_000));
    if (dice.once(8)) await indexSome(db, dice);
    if (dice.once(3)) {
      model.now = BigInt(clock.now()) * 1_000_000n;
      assert.equal(await ledger.expire(), model.expire().expired.length);
    }
  }

  t.diagnostic([...answers].map(([name, count]) => `${name} ${count}`).join(', '));
  await assertSameAccounts(db, ledger, model);
  await assertSameHistory(db, model, dice);
  await indexSome(db, dice);
  await assertSameHistory(db, model, dice);
  const report = await audit(db);
  assert.ok(report.isClean, auditTable(report));
});

/** Ends a stretch here, long before there are enough transfers for one, and indexes it now or with a later one. */
async function indexSome(db: Database, dice: Random): Promise<void> {
  await db.query(
    'insert into ledger_marks select last_timestamp, transfers from ledger_head on conflict do nothing',
  );
  // An account may count as busy from one entry on, so that both kinds of rows are read.
  if (dice.once(2)) {
    await db.query('select ledger_index_history($1, $2)', [1 + dice.below(3), 1 + dice.below(20)]);
  }
}

async function openAccounts(ledger: Ledger, model: MemoryLedger, workload: LedgerWorkload): Promise<void> {
  const openings = workload.openings().filter(({ id, flags, ledger: number, code, ...rest }) => {
    const { accounts } = model;
    if (accounts.has(id)) return false;
    const event = { id, flags: flags & ~1, ledger: number, code, ...rest };
    return model.createAccounts([event]).created.length === 1;
  });
  for (const { id } of openings) {
    const { ledger: number, code, flags, userData128 } = model.theAccount(id);
    // The write path opens accounts with fewer fields; the model is told the same.
    model.accounts.set(id, { ...model.theAccount(id), userData64: 0n, userData32: 0 });
    await ledger.openAccounts([{ id, ledger: number, code, flags, userData128 }]);
  }
}

/** The chains in a batch, as the write path takes them; what it would not take at all is left out. */
function chainsOf(batch: readonly TransferEvent[]): TransferEvent[][] {
  const found: TransferEvent[][] = [[]];
  for (const event of batch) {
    found.at(-1)?.push(event);
    if ((event.flags & 1) === 0) found.push([]);
  }
  const taken = found.filter((chain) => chain.length > 0 && chain.every(({ amount }) => amount <= UNITS_MAX));
  return taken.map((chain) => {
    const last = chain.length - 1;
    return chain.map((event, index) => ({
      ...event,
      flags: index < last ? event.flags | 1 : event.flags & ~1,
    }));
  });
}

/** Sends the chains one behind the other and compares each answer. Returns the ids of what happened. */
async function sendChains(
  ledger: Ledger,
  model: MemoryLedger,
  batch: readonly TransferEvent[][],
  answers: Map<string, number>,
  now: () => number,
): Promise<string[]> {
  const happened: string[] = [];
  for (const chain of batch) {
    const posted = await ledger.post({ transfers: chain });
    const again = chain.every(({ id }) => model.transfers.has(id));
    if (posted.kind === 'posted') {
      model.now = posted.timestamp;
      const { results, created } = model.createTransfers(chain);
      assert.ok(results.every(({ result }) => transferResultName(result) === 'created'));
      assert.deepEqual(
        posted.transfers,
        created.map(({ transfer }) => transfer),
      );
      for (const [id, account] of posted.accounts) {
        assert.deepEqual(counters(account), counters(model.theAccount(id)));
      }
      happened.push(...chain.map(({ id }) => id));
      count(answers, 'created');
    } else if (posted.kind === 'exists') {
      assert.ok(again);
      assert.deepEqual(
        posted.transfers,
        chain.map(({ id }) => model.theTransfer(id)),
      );
      count(answers, 'exists');
    } else {
      model.now = later(model.now + 1n, BigInt(now()) * 1_000_000n);
      const names = model.createTransfers(chain).results.map(({ result }) => transferResultName(result));
      const expected = names[posted.index];
      count(answers, posted.result);
      if (posted.replayed) assert.equal(expected, 'id_already_failed');
      else if (names[0] !== 'exists') assert.equal(posted.result, expected);
    }
  }
  return happened;
}

async function assertSameAccounts(db: Database, ledger: Ledger, model: MemoryLedger): Promise<void> {
  const balances = await ledger.balances([...model.accounts.keys()]);
  for (const account of model.accounts.values()) {
    const stored = balances.get(account.id);
    assert.deepEqual(stored && { ...counters(stored), flags: stored.flags }, {
      ...counters(account),
      flags: account.flags,
    });
  }
  const [row] = await db.query<{ transfers: bigint; failed: bigint; resolved: bigint }>(
    `select (select count(*) from ledger_transfers) as transfers,
            (select count(*) from ledger_failed_transfers) as failed,
            (select count(*) from ledger_resolutions) as resolved`,
  );
  const resolved = [...model.resolutions.values()].filter((state) => state !== 'pending').length;
  assert.deepEqual(row, {
    transfers: BigInt(model.transfers.size),
    failed: BigInt(model.failedIds.size),
    resolved: BigInt(resolved),
  });
}

/** Every account's statement, page by page, against the transfers in memory. */
async function assertSameHistory(db: Database, model: MemoryLedger, dice: Random): Promise<void> {
  for (const { id, ...account } of model.accounts.values()) {
    const lines = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof statement>> = await statement(db, id, {
        limit: 1 + dice.below(40),
        cursor,
      });
      lines.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);

    const moves = [...model.transfers.values()].filter(
      ({ debitAccountId, creditAccountId }) => debitAccountId === id || creditAccountId === id,
    );
    const expired = moves.filter((transfer) => model.resolutions.get(transfer.id) === 'expired').length;
    assert.equal(lines.length, moves.length + expired);
    if (lines[0] !== undefined) assert.deepEqual(lines[0].after, counters(account));

    let before = EMPTY;
    for (const line of lines.reverse()) {
      const { after, amount, held } = line;
      assert.equal(after.creditsPosted - after.debitsPosted, line.balanceAfter);
      assert.equal(
        line.balanceAfter - (before.creditsPosted - before.debitsPosted),
        amount,
        `${line.kind} ${line.transfer.id}`,
      );
      assert.equal(
        after.creditsPending - after.debitsPending - (before.creditsPending - before.debitsPending),
        held,
      );
      before = after;
    }
    const some = lines.length === 0 ? undefined : dice.pick(lines);
    if (some !== undefined) assert.deepEqual(await balanceAt(db, id, some.timestamp), some.after);
    assert.deepEqual(await balanceAt(db, id, BigInt(START_MS)), counters(EMPTY));
  }
}

const EMPTY: Balances = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n };

function counters({ debitsPending, debitsPosted, creditsPending, creditsPosted }: Balances): Balances {
  return { debitsPending, debitsPosted, creditsPending, creditsPosted };
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function count(answers: Map<string, number>, name: string): void {
  answers.set(name, (answers.get(name) ?? 0) + 1);
}
