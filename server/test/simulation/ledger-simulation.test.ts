import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Uuid } from '../../src/core/ids.ts';
import { random } from '../../src/core/random.ts';
import { type Account, AccountFlags } from '../../src/ledger/account.ts';
import { accountResultName, transferResultName } from '../../src/ledger/results.ts';
import type { Transfer, TransferEvent } from '../../src/ledger/transfer.ts';
import { LedgerModel } from './ledger-model.ts';
import { LedgerWorkload } from './ledger-workload.ts';
import { MemoryLedger, SECOND_NS } from './memory-ledger.ts';

/**
 * Random requests go to the state machine and to an independent model of it. Every answer, every balance and
 * every transfer must be the same in both; then the invariants of the ledger are checked on their own.
 *
 * A run is many small worlds, each with its own seed, so that a failure is replayed alone:
 * `SIMULATION_SEED=<seed> SIMULATION_EVENTS=2000 npm test`. A long run: `SIMULATION_EVENTS=1000000`.
 */
const EVENTS_PER_WORLD = 2_000;
const events = Number(process.env.SIMULATION_EVENTS ?? 40_000);
const seed = Number(process.env.SIMULATION_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`the ledger agrees with its model over ${events} random events (SIMULATION_SEED=${seed})`, (t) => {
  const seen = new Map<string, number>();
  for (let world = 0; world * EVENTS_PER_WORLD < events; world += 1) {
    const worldSeed = seed + world;
    try {
      runWorld(worldSeed, seen);
    } catch (cause) {
      throw new Error(`replay with SIMULATION_SEED=${worldSeed} SIMULATION_EVENTS=${EVENTS_PER_WORLD}`, {
        cause,
      });
    }
  }
  const counts = [...seen].sort(([, a], [, b]) => b - a);
  t.diagnostic(`seed ${seed}: ${counts.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  // A workload that only ever hears a few answers proves little.
  if (events >= 40_000) assert.ok(counts.length >= 50, `only ${counts.length} different results`);
});

function runWorld(worldSeed: number, seen: Map<string, number>): void {
  const dice = random(worldSeed);
  const workload = new LedgerWorkload(dice);
  const ledger = new MemoryLedger();
  const model = new LedgerModel();
  const timestamps: bigint[] = [];

  openAccounts(ledger, model, workload);
  for (let sent = 0; sent < EVENTS_PER_WORLD; ) {
    const batch = workload.batch();
    const created = sendBatch(ledger, model, batch, seen);
    workload.note(created);
    timestamps.push(...created.map(({ timestamp }) => timestamp));
    sent += batch.length;

    if (dice.once(3)) ledger.now += BigInt(dice.below(2_000)) * (SECOND_NS / 1_000n);
    // Not always: what is overdue but not yet marked must be refused all the same.
    if (dice.once(2)) {
      const expired = ledger.expire().expired.map(({ pending }) => pending.id);
      assert.deepEqual(expired.sort(), model.expire(ledger.now).sort());
    }
    assertSameAccounts(ledger, model);
  }

  assert.deepEqual(ledger.transfers, model.state.transfers);
  assert.deepEqual(ledger.resolutions, model.state.pendings);
  assert.deepEqual(ledger.failedIds, model.usedUpIds);
  assertInvariants(ledger, timestamps);
}

function openAccounts(ledger: MemoryLedger, model: LedgerModel, workload: LedgerWorkload): void {
  const openings = workload.openings();
  const expected = model.createAccounts(openings, ledger.now);
  const { results } = ledger.createAccounts(openings);
  const actual = results.map(({ result, timestamp }) => ({ name: accountResultName(result), timestamp }));
  assert.deepEqual(actual, expected);
}

function sendBatch(
  ledger: MemoryLedger,
  model: LedgerModel,
  batch: readonly TransferEvent[],
  seen: Map<string, number>,
): Transfer[] {
  const expected = model.createTransfers(batch, ledger.now);
  const { results, created } = ledger.createTransfers(batch);
  const actual = results.map(({ result, timestamp }) => ({ name: transferResultName(result), timestamp }));
  for (const [index, answer] of actual.entries()) {
    assert.deepEqual(answer, expected[index], `event ${index} of the batch: ${describe(batch[index])}`);
    seen.set(answer.name, (seen.get(answer.name) ?? 0) + 1);
  }
  for (const { transfer, debitAfter, creditAfter } of created) {
    assert.equal(debitAfter.id, transfer.debitAccountId);
    assert.equal(creditAfter.id, transfer.creditAccountId);
  }
  for (const [index, { debitAfter, creditAfter }] of created.entries()) {
    // The last time an account is seen after a transfer, it is as the batch left it.
    const later = created.slice(index + 1).flatMap((it) => [it.debitAfter.id, it.creditAfter.id]);
    for (const account of [debitAfter, creditAfter]) {
      if (!later.includes(account.id)) assert.equal(ledger.theAccount(account.id), account);
    }
  }
  return created.map(({ transfer }) => transfer);
}

function assertSameAccounts(ledger: MemoryLedger, model: LedgerModel): void {
  assert.equal(ledger.accounts.size, model.state.accounts.size);
  for (const [id, account] of ledger.accounts) {
    const expected = model.state.accounts.get(id);
    const isSame =
      expected !== undefined &&
      account.flags === expected.flags &&
      account.debitsPending === expected.debitsPending &&
      account.debitsPosted === expected.debitsPosted &&
      account.creditsPending === expected.creditsPending &&
      account.creditsPosted === expected.creditsPosted;
    if (!isSame) assert.deepEqual(account, expected);
  }
}

function assertInvariants(ledger: MemoryLedger, timestamps: readonly bigint[]): void {
  const accounts = [...ledger.accounts.values()];
  for (const number of new Set(accounts.map((account) => account.ledger))) {
    const ofLedger = accounts.filter((account) => account.ledger === number);
    assert.equal(
      sum(ofLedger, 'debitsPosted'),
      sum(ofLedger, 'creditsPosted'),
      'posted debits = posted credits',
    );
    assert.equal(
      sum(ofLedger, 'debitsPending'),
      sum(ofLedger, 'creditsPending'),
      'pending debits = pending credits',
    );
  }
  for (const account of accounts) {
    const { flags, debitsPending, debitsPosted, creditsPending, creditsPosted } = account;
    if ((flags & AccountFlags.debitsMustNotExceedCredits) !== 0) {
      assert.ok(
        debitsPending + debitsPosted <= creditsPosted,
        `the debits of ${account.id} stay within its credits`,
      );
    }
    if ((flags & AccountFlags.creditsMustNotExceedDebits) !== 0) {
      assert.ok(
        creditsPending + creditsPosted <= debitsPosted,
        `the credits of ${account.id} stay within its debits`,
      );
    }
    assert.deepEqual(balancesFromTransfers(ledger, account.id), [
      debitsPending,
      debitsPosted,
      creditsPending,
      creditsPosted,
    ]);
  }

  const resolved = [...ledger.transfers.values()]
    .map((transfer) => transfer.pendingId)
    .filter((id) => !isNil(id));
  assert.equal(new Set(resolved).size, resolved.length, 'each pending transfer resolves at most once');
  for (const id of resolved) assert.match(ledger.resolution(id) ?? '', /^(posted|voided)$/);
  const isRising = timestamps.every(
    (timestamp, index) => index === 0 || timestamp > (timestamps[index - 1] ?? 0n),
  );
  assert.ok(isRising, 'timestamps rise strictly');
}

/** Every balance is the sum of what its transfers say. */
function balancesFromTransfers(ledger: MemoryLedger, accountId: Uuid): bigint[] {
  let [debitsPending, debitsPosted, creditsPending, creditsPosted] = [0n, 0n, 0n, 0n];
  for (const transfer of ledger.transfers.values()) {
    const state = ledger.resolution(transfer.id);
    const isVoid = ledger.resolution(transfer.pendingId) === 'voided';
    const pending = state === 'pending' ? transfer.amount : 0n;
    const posted = state === undefined && !isVoid ? transfer.amount : 0n;
    if (transfer.debitAccountId === accountId) {
      debitsPending += pending;
      debitsPosted += posted;
    }
    if (transfer.creditAccountId === accountId) {
      creditsPending += pending;
      creditsPosted += posted;
    }
  }
  return [debitsPending, debitsPosted, creditsPending, creditsPosted];
}

type Counter = 'debitsPending' | 'debitsPosted' | 'creditsPending' | 'creditsPosted';

function sum(accounts: readonly Account[], counter: Counter): bigint {
  return accounts.reduce((total, account) => total + account[counter], 0n);
}

function isNil(id: Uuid): boolean {
  return /^[0-]+$/.test(id);
}

function describe(event: TransferEvent | undefined): string {
  return JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}
