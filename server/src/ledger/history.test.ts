import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { testDatabase } from '../../test/harness.ts';
import { COINS_SPENT, funding, people } from '../../test/scenarios/ledger-town.ts';
import { testClock } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { pendingEvent, transferEvent, voidEvent } from './event.ts';
import type { StatementLine } from './history.ts';
import {
  balanceAt,
  entriesAfter,
  historyLeadsToBalance,
  indexHistory,
  postedAt,
  statement,
  sumEntriesAfter,
} from './history.ts';
import { openLedger } from './post.ts';
import type { Transfer } from './transfer.ts';

/** The story of one wallet, a minute apart; told once from the transfers and once from the index. */
const NOON = Date.UTC(2026, 5, 1, 12);
let db: Database;
let coins: Uuid;
const spends: Transfer[] = [];

before(async () => {
  db = await testDatabase();
  const clock = testClock(NOON);
  const ledger = await openLedger({ db, clock, mustBeDurable: false, keepsHouse: false });
  const [fan] = await people(ledger, 1, 0n);
  assert.ok(fan);
  coins = fan.coins;
  const post = async (transfer: Parameters<typeof ledger.post>[0]['transfers'][number]) => {
    clock.advance(60_000);
    const posted = await ledger.post({ transfers: [transfer] });
    assert.ok(posted.kind === 'posted');
    return posted.transfers[0] as Transfer;
  };
  const spend = (units: bigint) =>
    transferEvent({ id: newId(), from: coins, to: COINS_SPENT, asset: 'COIN', units, code: 'gift' });

  await post(funding(fan, 100n)); // 12:01
  spends.push(await post(spend(30n))); // 12:02
  await post(funding(fan, 50n)); // 12:03
  spends.push(await post(spend(90n))); // 12:04: 70 of the first, 20 of the second
  await post(funding(fan, 7n)); // 12:05
  const hold = newId();
  const parts = {
    id: hold,
    from: coins,
    to: COINS_SPENT,
    asset: 'COIN',
    units: 10n,
    code: 'escrow',
  } as const;
  await post(pendingEvent(parts)); // 12:06
  await post(voidEvent(newId(), hold)); // 12:07
  spends.push(await post(spend(32n))); // 12:08: 30 of the second, 2 of the third
  await ledger.close();
});

for (const source of ['the transfers', 'the index', 'the index of a busy account'] as const) {
  test(`a statement from ${source} has a running balance on every line`, async () => {
    if (source === 'the index') {
      await db.query('insert into ledger_marks select last_timestamp, transfers from ledger_head');
      assert.equal(await indexHistory(db, 1), true);
      assert.equal(await indexHistory(db, 1), false);
    } else if (source === 'the index of a busy account') {
      await indexAgain();
      const rows = await db.query('select ids from ledger_history where account_id = $1', [coins]);
      assert.deepEqual(rows, [{ ids: null }, { ids: null }]);
    }
    const page = await statement(db, coins, { limit: 50 });
    assert.equal(page.nextCursor, null);
    await readForward(page.items);
    const lines = page.items.map(({ at, kind, amount, held, balanceAfter, after }) => [
      at.toISOString().slice(11, 16),
      kind,
      amount,
      held,
      balanceAfter,
      after.debitsPending,
    ]);
    assert.deepEqual(lines, [
      ['12:08', 'moved', -32n, 0n, 5n, 0n],
      ['12:07', 'voided', 0n, 10n, 37n, 0n],
      ['12:06', 'reserved', 0n, -10n, 37n, 10n],
      ['12:05', 'moved', 7n, 0n, 37n, 0n],
      ['12:04', 'moved', -90n, 0n, 30n, 0n],
      ['12:03', 'moved', 50n, 0n, 120n, 0n],
      ['12:02', 'moved', -30n, 0n, 70n, 0n],
      ['12:01', 'moved', 100n, 0n, 100n, 0n],
    ]);
  });

  test(`pages and spans of time from ${source} leave nothing out`, async () => {
    const all = (await statement(db, coins, { limit: 50 })).items.map(({ timestamp }) => timestamp);
    const seen: bigint[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof statement>> = await statement(db, coins, { limit: 3, cursor });
      seen.push(...page.items.map(({ timestamp }) => timestamp));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(seen, all);

    const from = new Date(NOON + 3 * 60_000);
    const to = new Date(NOON + 5 * 60_000);
    const span = await statement(db, coins, { limit: 50, from, to });
    assert.deepEqual(
      span.items.map(({ amount }) => amount),
      [-90n, 50n],
    );
    assert.equal(span.nextCursor, null);
  });

  test(`the balance at any instant from ${source}`, async () => {
    const balances = [];
    for (const minute of [0, 1, 3, 4, 6, 7, 100]) {
      const at = await balanceAt(db, coins, new Date(NOON + minute * 60_000));
      balances.push([minute, at.creditsPosted - at.debitsPosted, at.debitsPending]);
    }
    assert.deepEqual(balances, [
      [0, 0n, 0n],
      [1, 100n, 0n],
      [3, 120n, 0n],
      [4, 30n, 0n],
      [6, 37n, 10n],
      [7, 37n, 0n],
      [100, 5n, 0n],
    ]);
  });
}

/** Indexes the same in two stretches, with every account a busy one. */
async function indexAgain(): Promise<void> {
  const owner = await openDatabase({ url: db.url, role: null });
  await owner.transaction(async (tx) => {
    await tx.query('alter table ledger_history disable trigger user');
    await tx.query('delete from ledger_history');
    await tx.query('update ledger_history_head set until_timestamp = 0');
    await tx.query('insert into ledger_marks values ($1, 4)', [(spends[1]?.timestamp ?? 0n) - 1n]);
  });
  await owner.close();
  await db.query('select ledger_index_history(1, 1)');
  await db.query('select ledger_index_history(1, 1)');
}

test('a cursor that is none is told apart from the last page', async () => {
  await assert.rejects(statement(db, coins, { limit: 3, cursor: 'abc' }), RangeError);
  const empty = await statement(db, newId(), { limit: 3 });
  assert.deepEqual(empty, { items: [], nextCursor: null });
});

/** Read forward in pages of any size, added up, or asked for single instants, history is what it is backward. */
async function readForward(newestFirst: readonly StatementLine[]): Promise<void> {
  assert.equal(await historyLeadsToBalance(db, coins), true);
  const lines = [...newestFirst].reverse();
  const until = lines.at(-1)?.timestamp ?? 0n;
  const backward = lines.map(({ transfer, kind, amount, timestamp }) => [
    transfer.id,
    kind,
    amount,
    timestamp,
  ]);
  for (const limit of [1, 2, 3, 50]) {
    const found: typeof backward = [];
    let last = 0n;
    let sum = 0n;
    for (let after = 0n; ; ) {
      const page = await entriesAfter(db, coins, after, until, limit);
      if (page.length === 0) break;
      found.push(
        ...page.map(({ transfer, kind, posted, timestamp }) => [transfer.id, kind, posted, timestamp]),
      );
      after = page.at(-1)?.timestamp ?? until;
      const summed = await sumEntriesAfter(db, coins, last, until, limit);
      assert.equal(summed.last, after);
      assert.equal(
        summed.sums.reduce((lines, part) => lines + part.lines, 0),
        page.length,
      );
      sum += summed.sums.reduce((units, part) => units + part.posted - part.heldDebit, 0n);
      last = summed.last ?? until;
    }
    assert.deepEqual(found, backward);
    assert.equal(sum, 5n);
  }
  const middle = lines.slice(2, 5);
  assert.deepEqual(
    (await entriesAfter(db, coins, lines[1]?.timestamp ?? 0n, lines[4]?.timestamp ?? 0n, 50)).map(
      ({ timestamp }) => timestamp,
    ),
    middle.map(({ timestamp }) => timestamp),
  );
  const instants = [1n, ...lines.flatMap(({ timestamp }) => [timestamp - 1n, timestamp, timestamp + 1n])];
  const asked = [...instants, ...instants.toReversed()].map((timestamp) => ({ accountId: coins, timestamp }));
  const posted = await postedAt(db, asked);
  for (const [index, { timestamp }] of asked.entries()) {
    const { debitsPosted, creditsPosted } = await balanceAt(db, coins, timestamp);
    assert.deepEqual(posted[index], { debits: debitsPosted, credits: creditsPosted });
  }
}
