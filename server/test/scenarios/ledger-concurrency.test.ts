import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, test } from 'node:test';
import { testClock } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { Refusal } from '../../src/core/refusal.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { audit, auditTable } from '../../src/ledger/audit.ts';
import { defineCompanionTable, LEDGER_TIMESTAMP } from '../../src/ledger/companion.ts';
import {
  pendingEvent,
  postChain,
  postEvent,
  transferEvent,
  voidChain,
  voidEvent,
} from '../../src/ledger/event.ts';
import { type Ledger, type LedgerOptions, openLedger, type Posted } from '../../src/ledger/post.ts';
import { LedgerConflict } from '../../src/ledger/refusals.ts';
import { testDatabase } from '../harness.ts';
import { COINS_SPENT, DIAMONDS_ISSUED, funding, giftChain, people } from './ledger-town.ts';

const notes = defineCompanionTable({
  name: 'test_notes',
  columns: { id: 'uuid', key: 'text', units: 'int8', committed_at: 'ledger_timestamp', about: 'uuid' },
});
const replies = defineCompanionTable({
  name: 'test_replies',
  columns: {
    note_id: 'uuid',
    flag: 'bool',
    small: 'int4',
    said: 'jsonb',
    at: 'timestamptz',
    bytes: 'bytea',
  },
});

let db: Database;
before(async () => {
  db = await testDatabase();
  const owner = await openDatabase({ url: db.url, role: null });
  await owner.query('create table test_people (id uuid primary key, gifts bigint not null)');
  await owner.query(
    `create table test_notes (
       id uuid primary key, key text unique, units bigint check (units < 1000),
       committed_at bigint not null, about uuid references test_people)`,
  );
  await owner.query(
    `create table test_replies (
       note_id uuid references test_notes, flag boolean, small integer, said jsonb, at timestamptz, bytes bytea)`,
  );
  await owner.close();
});

const opened: Ledger[] = [];
let ledger: Ledger;
beforeEach(async () => {
  ledger = await open();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function open(options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const one = await openLedger({ db, mustBeDurable: false, keepsHouse: false, ...options });
  opened.push(one);
  return one;
}

async function assertClean(): Promise<void> {
  const report = await audit(db);
  assert.ok(report.isClean, auditTable(report));
}

function kinds(answers: readonly Posted[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const kind = answer.kind === 'refused' ? answer.result : answer.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

test('a thousand senders of one id: one happens, the others are told that it did', async () => {
  const [fan, creator] = await people(ledger, 2, 10_000n);
  assert.ok(fan && creator);
  const chain = giftChain(newId(), fan, creator, 5n);
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => ledger.post({ transfers: chain })));
  assert.deepEqual(kinds(answers), { posted: 1, exists: 999 });
  const balances = await ledger.balances([fan.coins, creator.diamonds]);
  assert.equal(balances.get(fan.coins)?.debitsPosted, 5n);
  assert.equal(balances.get(creator.diamonds)?.creditsPosted, 2_500n);
  await assertClean();
});

test('200 spends of 1 out of 100 at once: exactly 100', async () => {
  const [fan, creator] = await people(ledger, 2, 100n);
  assert.ok(fan && creator);
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => ledger.post({ transfers: giftChain(newId(), fan, creator, 1n) })),
  );
  assert.deepEqual(kinds(answers), { posted: 100, exceeds_credits: 100 });
  const { debitsPosted, creditsPosted } = (await ledger.balances([fan.coins])).get(fan.coins) ?? {};
  assert.deepEqual([debitsPosted, creditsPosted], [100n, 100n]);
  await assertClean();
});

test('a hundred posts and voids of one pending transfer at once: one wins', async () => {
  const [fan] = await people(ledger, 1, 100n);
  assert.ok(fan);
  const hold = newId();
  const pending = pendingEvent({
    id: hold,
    from: fan.coins,
    to: COINS_SPENT,
    asset: 'COIN',
    units: 40n,
    code: 'escrow',
  });
  assert.equal((await ledger.post({ transfers: [pending] })).kind, 'posted');
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      ledger.post({ transfers: [index % 2 === 0 ? postEvent(newId(), hold) : voidEvent(newId(), hold)] }),
    ),
  );
  assert.deepEqual(kinds(answers), { posted: 1, pending_transfer_already_posted: 99 });
  await assertClean();
});

test('a chain that is held is posted whole or voided whole, once', async () => {
  const [fan, creator] = await people(ledger, 2, 100n);
  assert.ok(fan && creator);
  const hold = async (coins: bigint) => {
    const ids = [newId(), newId()] as const;
    const pending = [
      pendingEvent({
        id: ids[0],
        from: fan.coins,
        to: COINS_SPENT,
        asset: 'COIN',
        units: coins,
        code: 'gift',
      }),
      pendingEvent({
        id: ids[1],
        from: DIAMONDS_ISSUED,
        to: creator.diamonds,
        asset: 'DIAMOND',
        units: coins * 500n,
        code: 'gift_earned',
      }),
    ];
    assert.equal((await ledger.post({ transfers: pending })).kind, 'posted');
    return ids;
  };
  const kept = await hold(30n);
  const given = await hold(20n);
  const postings = kept.map(() => newId());
  const posting = postChain(kept, (index) => postings[index] ?? '');
  assert.equal((await ledger.post({ transfers: posting })).kind, 'posted');
  assert.equal((await ledger.post({ transfers: posting })).kind, 'exists');
  assert.equal((await ledger.post({ transfers: voidChain(given, newId) })).kind, 'posted');

  assert.deepEqual(kinds([await ledger.post({ transfers: voidChain(kept, newId) })]), {
    pending_transfer_already_posted: 1,
  });
  assert.deepEqual(kinds([await ledger.post({ transfers: postChain(given, newId) })]), {
    pending_transfer_already_voided: 1,
  });
  // 100 − 30 posted; the 20 that were held are free again.
  const balances = await ledger.balances([fan.coins, creator.diamonds]);
  const coins = balances.get(fan.coins);
  const diamonds = balances.get(creator.diamonds);
  assert.deepEqual([coins?.debitsPosted, coins?.debitsPending], [30n, 0n]);
  assert.deepEqual([diamonds?.creditsPosted, diamonds?.creditsPending], [15_000n, 0n]);
  await assertClean();
});

test('another body under the same id is a named conflict, in any leg', async () => {
  const [fan, creator] = await people(ledger, 2, 100n);
  assert.ok(fan && creator);
  const id = newId();
  const chain = giftChain(id, fan, creator, 5n);
  assert.equal((await ledger.post({ transfers: chain })).kind, 'posted');
  const [first, second] = chain;
  assert.ok(first && second);
  const answer = await ledger.post({ transfers: [first, { ...second, amount: 1n }] });
  assert.deepEqual(answer, {
    kind: 'refused',
    result: 'exists_with_different_amount',
    index: 1,
    replayed: false,
  });
});

const TOO_MUCH = 1_000_000n;

test('old ids and ids from the future are known for ever', async () => {
  const [fan] = await people(ledger, 1, 100n);
  assert.ok(fan);
  const spend = (id: string, units = 1n) =>
    transferEvent({ id, from: fan.coins, to: COINS_SPENT, asset: 'COIN', units, code: 'gift' });
  const future = (minutes: number) => {
    const time = (Date.now() + minutes * 60_000).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`;
  };
  const ids = [newId(), future(10), future(600), '01234567-89ab-4def-8123-456789abcdef'];
  for (const id of ids) assert.equal((await ledger.post({ transfers: [spend(id)] })).kind, 'posted');
  const burned = [newId(), future(10), future(600)];
  for (const id of burned) {
    assert.equal((await ledger.post({ transfers: [spend(id, TOO_MUCH)] })).kind, 'refused');
  }
  const tiny = { transfersInMemory: 1, accountsInMemory: 1, idsInMemory: 1 };
  const assertKnown = async (other: Ledger) => {
    for (const id of burned) {
      const answer = await other.post({ transfers: [spend(id, TOO_MUCH)] });
      assert.deepEqual(answer, { kind: 'refused', result: 'exceeds_credits', index: 0, replayed: true });
    }
    // Last: here the keys of the database help, which they do not for a refusal.
    for (const id of ids) {
      assert.equal((await other.post({ transfers: [spend(id)] })).kind, 'exists', id);
    }
  };
  const forget = async (other: Ledger) => {
    for (let filler = 0; filler < 12; filler += 1) await other.post({ transfers: [funding(fan, 1n)] });
  };
  await assertKnown(ledger);
  // Another process, and one that forgets almost at once what it used itself.
  for (const limits of [{}, tiny, { transfersInMemory: 1, accountsInMemory: 1 }]) {
    const other = await open({ limits });
    await assertKnown(other);
    for (const list of [ids, burned]) {
      const isSpent = list === ids;
      for (const id of [newId(), future(10), future(50)]) {
        const answer = await other.post({ transfers: [spend(id, isSpent ? 1n : TOO_MUCH)] });
        assert.equal(answer.kind, isSpent ? 'posted' : 'refused');
        list.push(id);
      }
    }
    // Now there would be enough, but a refusal is for ever.
    await other.post({ transfers: [funding(fan, 100n * TOO_MUCH)] });
    await forget(other);
    await assertKnown(other);
    await other.post({ transfers: [spend(newId(), 100n * TOO_MUCH)] });
  }
  await assertClean();
});

test('rows and statements commit with the transfers or not at all', async () => {
  const [fan, creator] = await people(ledger, 2, 100n);
  assert.ok(fan && creator);
  const id = newId();
  await db.query('insert into test_people values ($1, 0)', [creator.id]);
  const posted = await ledger.post({
    transfers: giftChain(id, fan, creator, 5n),
    rows: [
      {
        table: replies,
        values: [
          id,
          true,
          -7,
          { say: ['ü', 1] },
          new Date('2026-01-02T03:04:05.678Z'),
          new Uint8Array([0, 255]),
        ],
      },
      { table: notes, values: [id, 'first "key"', 5n, null, creator.id] },
    ],
    statements: [
      { text: 'update test_people set gifts = gifts + 1 where id = $1', values: [creator.id], expectRows: 1 },
      {
        text: 'update test_notes set units = $2::bigint % 100 where id = $1',
        values: [id, LEDGER_TIMESTAMP],
      },
    ],
  });
  assert.equal(posted.kind, 'posted');
  const timestamp = posted.kind === 'posted' ? posted.timestamp : 0n;
  const [note] = await db.query<{ committed_at: bigint; units: bigint; key: string }>(
    'select * from test_notes where id = $1',
    [id],
  );
  assert.equal(note?.committed_at, timestamp);
  assert.equal(note?.units, timestamp % 100n);
  assert.equal(note?.key, 'first "key"');
  const [reply] = await db.query('select * from test_replies where note_id = $1', [id]);
  assert.deepEqual(reply, {
    note_id: id,
    flag: true,
    small: -7,
    said: { say: ['ü', 1] },
    at: new Date('2026-01-02T03:04:05.678Z'),
    bytes: Buffer.from([0, 255]),
  });

  const nobody = newId();
  const refused = giftChain(newId(), fan, creator, 1_000n);
  await ledger.post({
    transfers: refused,
    rows: [{ table: notes, values: [nobody, null, 5n, null, null] }],
  });
  assert.deepEqual(await db.query('select 1 from test_notes where id = $1', [nobody]), []);
  // A posting may also be rows alone.
  const alone = await ledger.post({
    transfers: [],
    rows: [{ table: notes, values: [nobody, null, 5n, null, null] }],
  });
  assert.equal(alone.kind, 'posted');
  await assertClean();
});

test('what the database refuses is refused to its sender alone', async () => {
  const [fan, creator] = await people(ledger, 2, 100_000n);
  assert.ok(fan && creator);
  const taken = newId();
  await ledger.post({ transfers: [], rows: [{ table: notes, values: [taken, 'taken', 1n, null, null] }] });
  const poison: Record<number, [rows: unknown[], constraint: string | undefined, code: string]> = {
    7: [[newId(), 'taken', 1n, null, null], 'test_notes_key_key', '23505'],
    30: [[newId(), null, 5_000n, null, null], 'test_notes_units_check', '23514'],
    31: [[newId(), 'nul \0', 1n, null, null], undefined, '22021'],
    62: [[newId(), null, 1n, null, newId()], 'test_notes_about_fkey', '23503'],
    99: [[taken, null, 1n, null, null], 'test_notes_pkey', '23505'],
  };
  const answers = await Promise.allSettled(
    Array.from({ length: 120 }, async (_, index) => {
      const id = newId();
      // So that a second batch is in flight, built on the first one, when that one is refused.
      if (index >= 90) await new Promise(setImmediate);
      return ledger.post({
        transfers: giftChain(id, fan, creator, 1n),
        rows: [{ table: notes, values: poison[index]?.[0] ?? [id, null, 1n, null, null] }],
        statements:
          index === 50
            ? [{ text: 'update test_people set gifts = 0 where id = $1', values: [newId()], expectRows: 1 }]
            : [],
      });
    }),
  );
  for (const [index, answer] of answers.entries()) {
    const expected = index === 50 ? [[], undefined, 'CL002'] : poison[index];
    if (expected === undefined) {
      assert.equal(answer.status === 'fulfilled' && answer.value.kind, 'posted', `posting ${index}`);
    } else {
      assert.ok(answer.status === 'rejected' && answer.reason instanceof LedgerConflict, `posting ${index}`);
      assert.equal(answer.reason.constraint, expected[1]);
      assert.equal(answer.reason.code, expected[2]);
    }
  }
  const balances = await ledger.balances([fan.coins]);
  assert.equal(balances.get(fan.coins)?.debitsPosted, 114n);
  // Its id is not used up: without the poison it goes through, and the ledger goes on.
  assert.equal((await ledger.post({ transfers: giftChain(newId(), fan, creator, 1n) })).kind, 'posted');
  await assertClean();
});

test('the same key twice in one batch: the first one has it', async () => {
  const [fan, creator] = await people(ledger, 2, 100n);
  assert.ok(fan && creator);
  const key = newId();
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () => {
      const id = newId();
      return ledger.post({
        transfers: giftChain(id, fan, creator, 1n),
        rows: [{ table: notes, values: [id, key, 1n, null, null] }],
      });
    }),
  );
  assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await ledger.balances([fan.coins])).get(fan.coins)?.debitsPosted, 1n);
});

test('a statement that waits for a lock is given up, and the others go on', async () => {
  const [fan, creator] = await people(ledger, 2, 100n);
  assert.ok(fan && creator);
  await db.query('insert into test_people values ($1, 0)', [fan.id]);
  await db.transaction(async (tx) => {
    await tx.query('select * from test_people where id = $1 for update', [fan.id]);
    const stuck = ledger.post({
      transfers: giftChain(newId(), fan, creator, 1n),
      statements: [{ text: 'update test_people set gifts = 1 where id = $1', values: [fan.id] }],
    });
    const other = ledger.post({ transfers: giftChain(newId(), fan, creator, 1n) });
    await assert.rejects(stuck, (error) => error instanceof Refusal && error.code === 'ledger_busy');
    assert.equal((await other).kind, 'posted');
  });
  await assertClean();
});

test('when too many wait, one more is refused at once', async () => {
  const narrow = await open({ limits: { waiting: 50 } });
  const [fan, creator] = await people(narrow, 2, 1_000n);
  assert.ok(fan && creator);
  const answers = await Promise.allSettled(
    Array.from({ length: 80 }, () => narrow.post({ transfers: giftChain(newId(), fan, creator, 1n) })),
  );
  const refused = answers.filter(
    (answer) => answer.status === 'rejected' && (answer.reason as Refusal).code === 'ledger_busy',
  );
  assert.equal(refused.length, 30);
  assert.equal((await narrow.balances([fan.coins])).get(fan.coins)?.debitsPosted, 50n);
  assert.equal((await narrow.post({ transfers: giftChain(newId(), fan, creator, 1n) })).kind, 'posted');
});

test('several ledgers in one process take turns and agree', async () => {
  const ledgers = [ledger, await open(), await open()];
  const [fan, creator] = await people(ledger, 2, 300n);
  assert.ok(fan && creator);
  const chains = Array.from({ length: 400 }, () => giftChain(newId(), fan, creator, 1n));
  // Every chain is sent to every ledger, a few at a time: once it happens, twice it exists (or was refused for good).
  const answers: Posted[][] = [];
  for (let from = 0; from < chains.length; from += 10) {
    const few = chains.slice(from, from + 10);
    const sent = few.map((transfers) => Promise.all(ledgers.map((one) => one.post({ transfers }))));
    answers.push(...(await Promise.all(sent)));
  }
  const happened = answers.filter((three) => three.some(({ kind }) => kind === 'posted'));
  assert.equal(happened.length, 300);
  for (const three of happened) assert.deepEqual(kinds(three), { posted: 1, exists: 2 });
  for (const three of answers.filter((three) => !happened.includes(three))) {
    assert.deepEqual(kinds(three), { exceeds_credits: 3 });
    assert.equal(three.filter((answer) => answer.kind === 'refused' && answer.replayed).length, 2);
  }
  assert.equal((await ledger.balances([creator.diamonds])).get(creator.diamonds)?.creditsPosted, 150_000n);
  await assertClean();
});

test('a pending transfer expires once, whoever looks, also after a restart', async () => {
  const clock = testClock(Date.now() + 3_600_000);
  const first = await open({ clock });
  const [fan] = await people(first, 1, 100n);
  assert.ok(fan);
  const hold = (id: string) =>
    pendingEvent({ id, from: fan.coins, to: COINS_SPENT, asset: 'COIN', units: 10n, code: 'escrow' }, 60);
  const ids = [newId(), newId(), newId()] as const;
  for (const id of ids) await first.post({ transfers: [hold(id)] });
  await first.post({ transfers: [postEvent(newId(), ids[2])] });
  assert.equal(await first.expire(), 0);
  await first.close();

  clock.advance(61_000);
  const others = [await open({ clock }), await open({ clock })];
  const late = await others[0]?.post({ transfers: [postEvent(newId(), ids[0])] });
  assert.equal(late?.kind === 'refused' && late.result, 'pending_transfer_expired');
  const expired = await Promise.all(others.map((one) => one.expire()));
  assert.equal(
    expired.reduce((sum, count) => sum + count, 0),
    2,
  );
  const { debitsPending, debitsPosted } = (await ledger.balances([fan.coins])).get(fan.coins) ?? {};
  assert.deepEqual([debitsPending, debitsPosted], [0n, 10n]);
  assert.deepEqual(await db.query('select 1 from ledger_expiries'), []);
  await assertClean();
});

test('the application may not rewrite what happened', async () => {
  for (const statement of [
    'update ledger_transfers set amount = 0',
    'delete from ledger_transfers',
    'truncate ledger_transfers',
    'delete from ledger_failed_transfers',
    'update ledger_resolutions set timestamp = 0',
    'update ledger_history set entries = 0',
    'update ledger_accounts set flags = 0',
    'update ledger_accounts set user_data_128 = null',
    'delete from ledger_accounts',
    'truncate ledger_accounts',
    'delete from ledger_head',
    'alter table ledger_transfers disable trigger all',
  ]) {
    await assert.rejects(db.query(statement), { code: '42501' }, statement);
  }
  const owner = await openDatabase({ url: db.url, role: null });
  for (const statement of [
    'update ledger_transfers set amount = 0',
    'delete from ledger_transfers',
    'update ledger_accounts set code = 9',
  ]) {
    await assert.rejects(owner.query(statement), { code: '23001' }, statement);
  }
  await owner.close();
  const [fan] = await people(ledger, 1, 10n);
  assert.ok(fan);
  await assert.rejects(db.query('update ledger_accounts set debits_posted = 11 where id = $1', [fan.coins]), {
    constraint: 'debits_must_not_exceed_credits',
  });
});

test('a database that may forget is not opened', async () => {
  await assert.rejects(openLedger({ db }), /may forget what it committed/);
});
