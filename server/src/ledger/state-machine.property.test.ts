import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  accountEvent,
  MemoryLedger,
  SECOND_NS,
  transferEvent,
  uuid,
} from '../../test/simulation/memory-ledger.ts';
import { UNITS_MAX } from '../core/money.ts';
import { type Account, AccountFlags } from './account.ts';
import { TransferResult } from './results.ts';
import type { Effects } from './state-machine.ts';
import { NIL_ID, type TransferEvent, TransferFlags } from './transfer.ts';

/** What holds for any batches whatever. A counterexample is shrunk to its smallest form. */

const { linked, pending, postPendingTransfer, voidPendingTransfer } = TransferFlags;
const { balancingDebit, balancingCredit, closingDebit, closingCredit } = TransferFlags;
const { debitsMustNotExceedCredits, creditsMustNotExceedDebits } = AccountFlags;

/** 1 to 6 in ledger 1, 7 and 8 in ledger 2. */
const ACCOUNTS: readonly Account[] = openAccounts();

const accountId = fc.integer({ min: 1, max: 8 }).map(uuid);
/** Few enough to be used again. */
const transferId = fc.integer({ min: 1, max: 40 }).map(uuid);
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(0n, 200n) },
  { weight: 1, arbitrary: fc.bigInt(UNITS_MAX - 200n, UNITS_MAX) },
);

const move = fc
  .record({
    id: transferId,
    debitAccountId: accountId,
    creditAccountId: accountId,
    amount,
    flags: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, linked) },
      { weight: 3, arbitrary: fc.constantFrom(pending, pending | linked) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          balancingDebit,
          balancingCredit,
          pending | closingDebit,
          pending | closingCredit,
        ),
      },
    ),
    timeout: fc.constantFrom(0, 0, 1, 5),
  })
  .map(({ id, debitAccountId, creditAccountId, ...fields }) =>
    transferEvent(id, debitAccountId, creditAccountId, {
      ...fields,
      timeout: (fields.flags & pending) === 0 ? 0 : fields.timeout,
      ledger: debitAccountId >= uuid(7) ? 2 : 1,
    }),
  );

const resolution = fc
  .record({
    id: transferId,
    pendingId: transferId,
    amount: fc.constantFrom(0n, 1n, UNITS_MAX),
    flags: fc.constantFrom(postPendingTransfer, voidPendingTransfer, postPendingTransfer | linked),
  })
  .map(({ id, ...fields }) => transferEvent(id, NIL_ID, NIL_ID, { ...fields, ledger: 0, code: 0 }));

const batch = fc.array(fc.oneof({ weight: 3, arbitrary: move }, { weight: 1, arbitrary: resolution }), {
  minLength: 1,
  maxLength: 20,
});
/** A history: batches with the seconds that pass after each. */
const history = fc.array(fc.record({ batch, waitSeconds: fc.constantFrom(0, 0, 1, 6) }), { maxLength: 8 });

test('what is debited is credited, in each ledger, posted and pending', () => {
  check(history, (steps) => {
    const ledger = play(steps);
    for (const number of [1, 2]) {
      const accounts = [...ledger.accounts.values()].filter((account) => account.ledger === number);
      assert.equal(sum(accounts, 'debitsPosted'), sum(accounts, 'creditsPosted'));
      assert.equal(sum(accounts, 'debitsPending'), sum(accounts, 'creditsPending'));
    }
  });
});

test('no account leaves its bounds, after no transfer', () => {
  check(history, (steps) => {
    play(steps, ({ created }) => {
      for (const { debitAfter, creditAfter } of created)
        [debitAfter, creditAfter].forEach(assertWithinBounds);
    });
  });
});

test('what has happened exists when it is sent again, and nothing happens twice', () => {
  check(fc.tuple(history, batch), ([steps, events]) => {
    const ledger = play(steps);
    const first = ledger.createTransfers(events);
    const second = ledger.createTransfers(events);
    const happened = new Set(first.created.map(({ transfer }) => transfer.id));
    for (const { transfer } of second.created) assert.ok(!happened.has(transfer.id));
    for (const [head, ...others] of chainsOf(events.map((event, index) => ({ ...event, index })))) {
      const answer = first.results[head?.index ?? -1];
      if (head === undefined || answer?.result !== TransferResult.created) continue;
      assert.deepEqual(second.results[head.index], { ...answer, result: TransferResult.exists });
      for (const { index } of others) {
        assert.equal(second.results[index]?.result, TransferResult.linked_event_failed);
      }
    }
  });
});

test('a chain happens as a whole or not at all', () => {
  check(history, (steps) => {
    play(steps, ({ results, created }, events) => {
      const ids = new Set(created.map(({ transfer }) => transfer.timestamp));
      for (const chain of chainsOf(events.map((event, index) => ({ ...event, outcome: results[index] })))) {
        const happened = chain.filter(({ outcome }) => outcome?.result === TransferResult.created);
        assert.ok(happened.length === 0 || happened.length === chain.length);
        for (const { outcome } of chain) {
          assert.equal(ids.has(outcome?.timestamp ?? 0n), outcome?.result === TransferResult.created);
        }
      }
    });
  });
});

test('one batch or several, cut between chains, come to the same', () => {
  check(fc.array(batch, { minLength: 1, maxLength: 6 }), (batches) => {
    const chains = batches.map(closeLastChain);
    const apart = emptyLedger();
    const results = chains.flatMap((events) => apart.createTransfers(events).results);
    const together = emptyLedger();
    assert.deepEqual(together.createTransfers(chains.flat()).results, results);
    assert.deepEqual(together.accounts, apart.accounts);
    assert.deepEqual(together.transfers, apart.transfers);
    assert.deepEqual(together.failedIds, apart.failedIds);
    assert.deepEqual(together.resolutions, apart.resolutions);
  });
});

test('each pending transfer is resolved at most once, and nothing stays held for it', () => {
  check(history, (steps) => {
    const ledger = play(steps);
    const resolving = [...ledger.transfers.values()].filter(({ pendingId }) => pendingId !== NIL_ID);
    assert.equal(new Set(resolving.map(({ pendingId }) => pendingId)).size, resolving.length);
    const held = [...ledger.transfers.values()].filter(({ id }) => ledger.resolution(id) === 'pending');
    const accounts = [...ledger.accounts.values()];
    assert.equal(
      sum(accounts, 'debitsPending'),
      held.reduce((total, transfer) => total + transfer.amount, 0n),
    );
  });
});

test('timestamps rise strictly over all transfers that happen', () => {
  check(history, (steps) => {
    let last = 0n;
    play(steps, ({ created }) => {
      for (const { transfer } of created) {
        assert.ok(transfer.timestamp > last);
        last = transfer.timestamp;
      }
    });
  });
});

function check<Input>(arbitrary: fc.Arbitrary<Input>, property: (input: Input) => void): void {
  fc.assert(fc.property(arbitrary, property), { numRuns: 300 });
}

interface Step {
  readonly batch: readonly TransferEvent[];
  readonly waitSeconds: number;
}

function play(
  steps: readonly Step[],
  see: (effects: Effects, events: readonly TransferEvent[]) => void = () => {},
): MemoryLedger {
  const ledger = emptyLedger();
  for (const step of steps) {
    see(ledger.createTransfers(step.batch), step.batch);
    ledger.now += BigInt(step.waitSeconds) * SECOND_NS;
    if (step.waitSeconds > 0) ledger.expire();
  }
  return ledger;
}

function emptyLedger(): MemoryLedger {
  const ledger = new MemoryLedger();
  for (const account of ACCOUNTS) ledger.accounts.set(account.id, account);
  ledger.now += BigInt(ACCOUNTS.length);
  return ledger;
}

function openAccounts(): Account[] {
  const flags = [
    0,
    0,
    debitsMustNotExceedCredits,
    debitsMustNotExceedCredits,
    creditsMustNotExceedDebits,
    0,
    0,
    debitsMustNotExceedCredits,
  ];
  const events = flags.map((bits, index) =>
    accountEvent(uuid(index + 1), { flags: bits, ledger: index < 6 ? 1 : 2 }),
  );
  return [...new MemoryLedger().createAccounts(events).created];
}

function assertWithinBounds(account: Account): void {
  const { flags, debitsPending, debitsPosted, creditsPending, creditsPosted } = account;
  for (const counter of [debitsPending, debitsPosted, creditsPending, creditsPosted])
    assert.ok(counter >= 0n);
  assert.ok(debitsPending + debitsPosted <= UNITS_MAX);
  assert.ok(creditsPending + creditsPosted <= UNITS_MAX);
  if ((flags & debitsMustNotExceedCredits) !== 0) assert.ok(debitsPending + debitsPosted <= creditsPosted);
  if ((flags & creditsMustNotExceedDebits) !== 0) assert.ok(creditsPending + creditsPosted <= debitsPosted);
}

function chainsOf<Event extends { readonly flags: number }>(events: readonly Event[]): Event[][] {
  const chains: Event[][] = [];
  let isOpen = false;
  for (const event of events) {
    if (isOpen) chains.at(-1)?.push(event);
    else chains.push([event]);
    isOpen = (event.flags & linked) !== 0;
  }
  return chains;
}

function closeLastChain(events: readonly TransferEvent[]): TransferEvent[] {
  return events.map((event, index) =>
    index < events.length - 1 ? event : { ...event, flags: event.flags & ~linked },
  );
}

type Counter = 'debitsPending' | 'debitsPosted' | 'creditsPending' | 'creditsPosted';

function sum(accounts: readonly Account[], counter: Counter): bigint {
  return accounts.reduce((total, account) => total + account[counter], 0n);
}
