import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../test/harness.ts';
import { funding, giftChain, people } from '../../test/scenarios/ledger-town.ts';
import { newId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { emptyUndo, firstIdAt, Memory } from './memory.ts';
import { isReady, readNeeds } from './needs.ts';
import { openLedger } from './post.ts';
import { NIL_ID, type Transfer } from './transfer.ts';
import { UsedIds } from './used-ids.ts';
import type { ChainWork } from './work.ts';

const LIMITS = { accounts: 4, transfers: 4, ids: 8 };
const NOON = Date.UTC(2026, 5, 1, 12);

/** An id made at this millisecond. */
function idAt(epochMs: number): Uuid {
  return `${firstIdAt(epochMs).slice(0, 14)}${newId().slice(14)}`;
}

function transfer(id: Uuid): Transfer {
  return {
    id,
    debitAccountId: newId(),
    creditAccountId: newId(),
    amount: 1n,
    pendingId: NIL_ID,
    userData128: NIL_ID,
    userData64: 0n,
    userData32: 0,
    timeout: 0,
    ledger: 1,
    code: 1,
    flags: 0,
    timestamp: 1n,
  };
}

function chain(transfers: ChainWork['events']): ChainWork {
  return {
    kind: 'chain',
    events: transfers,
    rows: [],
    statements: [],
    resolve: () => {},
    reject: () => {},
    deadlineMs: 0,
    inDoubt: undefined,
    absent: undefined,
    absentEpoch: -1,
  };
}

test('the set of used ids never forgets what it should know, and rarely sees what is not there', () => {
  const used = new UsedIds();
  const first = Array.from({ length: 50_000 }, () => newId());
  const second = Array.from({ length: 50_000 }, () => newId());
  for (const id of first) used.add(id);
  used.turn();
  for (const id of second) used.add(id);
  assert.equal(used.youngSize, 50_000);
  for (const id of [...first, ...second]) assert.ok(used.has(id));
  const wrong = Array.from({ length: 20_000 }, () => newId()).filter((id) => used.has(id)).length;
  assert.ok(wrong < 200, `${wrong} of 20,000`);
  used.turn();
  assert.ok(first.filter((id) => used.has(id)).length < 500);
  assert.ok(second.every((id) => used.has(id)));
});

test('an id is fresh only if it cannot have been used without this memory knowing', () => {
  const memory = new Memory(LIMITS);
  const early = idAt(NOON - 1);
  const ahead = idAt(NOON + 500);
  assert.equal(memory.isFresh(idAt(NOON)), false);
  memory.trust(NOON, NOON + 1_000, [ahead]);
  assert.equal(memory.isFresh(early), false);
  assert.equal(memory.isFresh(idAt(NOON)), true);
  assert.equal(memory.isFresh(ahead), false);
  assert.equal(memory.isFresh(idAt(NOON + 1_000)), false);
  assert.equal(memory.isFresh('01a1ffff-0000-4000-8000-000000000000'), false);

  const used: Uuid[] = [];
  for (let ms = 0; ms < 100; ms += 1) {
    const now = NOON + ms;
    for (const id of [idAt(now), idAt(now + 30)]) {
      memory.putTransfer(transfer(id), firstIdAt(now + 1), emptyUndo());
      used.push(id);
    }
    memory.turn(now);
    for (const id of used) {
      if (memory.transfer(id) === undefined) assert.equal(memory.isFresh(id), false, `${ms}: ${id}`);
    }
  }
  memory.clear();
  assert.equal(memory.isFresh(idAt(NOON + 99)), false);
});

test('what is read while another process writes is not kept', async () => {
  const db = await testDatabase();
  const ledger = await openLedger({ db, mustBeDurable: false, keepsHouse: false });
  const [fan, creator] = await people(ledger, 2, 100n);
  assert.ok(fan && creator);
  await ledger.close();
  const work = chain(giftChain(newId(), fan, creator, 1n));

  const memory = new Memory({ accounts: 100, transfers: 100, ids: 100 });
  const interrupted: Queryable = {
    query: async (text, values) => {
      const rows = await db.query(text, values);
      memory.clear();
      return rows as never;
    },
  };
  assert.equal(await readNeeds(memory, [work], interrupted), false);
  assert.equal(memory.account(fan.coins), undefined);
  assert.equal(isReady(memory, work), false);
  assert.equal(await readNeeds(memory, [work], db), true);
  assert.equal(memory.account(fan.coins)?.creditsPosted, 100n);
  assert.equal(isReady(memory, work), true);
  // What the database did not have is known for as long as nothing is forgotten.
  memory.clear();
  assert.equal(isReady(memory, work), false);
  assert.equal(isReady(memory, chain([funding(fan, 1n)])), false);
});
