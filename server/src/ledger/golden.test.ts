import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MemoryLedger, SECOND_NS, uuid } from '../../test/simulation/memory-ledger.ts';
import type { Uuid } from '../core/ids.ts';
import { UNITS_MAX } from '../core/money.ts';
import type { AccountEvent } from './account.ts';
import type { TransferEvent } from './transfer.ts';

/**
 * `fixtures/golden.json` is what a TigerBeetle 0.17.8 answered to 25 scenarios: every result, balance and
 * look-up. Ours answers the same, but for amounts past 64 bits.
 */
interface GoldenAccount {
  readonly id: string;
  readonly debits_pending: string;
  readonly debits_posted: string;
  readonly credits_pending: string;
  readonly credits_posted: string;
  readonly user_data_128: string;
  readonly user_data_64: string;
  readonly user_data_32: number;
  readonly reserved: number;
  readonly ledger: number;
  readonly code: number;
  readonly flags: number;
  readonly timestamp: string;
}

interface GoldenTransfer {
  readonly id: string;
  readonly debit_account_id: string;
  readonly credit_account_id: string;
  readonly amount: string;
  readonly pending_id: string;
  readonly user_data_128: string;
  readonly user_data_64: string;
  readonly user_data_32: number;
  readonly timeout: number;
  readonly ledger: number;
  readonly code: number;
  readonly flags: number;
  readonly timestamp: string;
}

interface GoldenBalance {
  readonly id: string;
  readonly dp: string;
  readonly d: string;
  readonly cp: string;
  readonly c: string;
  readonly flags: number;
}

type GoldenLookup = Pick<GoldenTransfer, 'id' | 'amount' | 'flags' | 'pending_id' | 'user_data_128' | 'code'>;

type Step =
  | { readonly op: 'create_accounts'; readonly events: GoldenAccount[]; readonly results: string[] }
  | { readonly op: 'create_transfers'; readonly events: GoldenTransfer[]; readonly results: string[] }
  | { readonly op: 'balances'; readonly base: string; readonly balances: GoldenBalance[] }
  | { readonly op: 'lookup_transfers'; readonly base: string; readonly transfers: GoldenLookup[] };

interface Scenario {
  readonly name: string;
  readonly steps: Step[];
}

const U128_MAX = 2n ** 128n - 1n;

/** In this scenario the recording waited after the first balances, until the timeout of 1 s was over. */
const WAITS_AFTER_FIRST_BALANCES = new Set(['two-phase: timeout 1 s expires']);

const OVERFLOW = 'overflow';

const { scenarios, eventCount } = readGolden();

test('the recording is complete: 25 scenarios, 268 events', () => {
  assert.equal(scenarios.length, 25);
  assert.equal(eventCount, 268);
});

for (const scenario of scenarios) {
  if (scenario.name !== OVERFLOW) test(scenario.name, () => replay(scenario));
}

test(`${OVERFLOW}: a sum past 64 bits is refused where TigerBeetle refuses one past 128`, () => {
  // First transfer: 2^128 − 2 there, 2^63 − 2 here. All results are TigerBeetle's.
  replay(
    withAmounts(scenarioNamed(OVERFLOW), (amount) =>
      amount > U128_MAX / 2n ? amount - U128_MAX + UNITS_MAX : amount,
    ),
  );
});

test(`${OVERFLOW}: an amount that needs more than 64 bits is refused as an overflow`, () => {
  const ledger = new MemoryLedger();
  const [open, move] = scenarioNamed(OVERFLOW).steps;
  assert.ok(open?.op === 'create_accounts' && move?.op === 'create_transfers');
  ledger.createAccounts(open.events.map(accountOf));
  assert.deepEqual(ledger.answers(move.events.map(transferOf)), [
    'overflows_debits_posted', // 25000001: 2^128 − 2 units; created in TigerBeetle
    'created', // 25000002: 1 unit
    'created', // 25000003: 1 unit; overflows_debits_posted in TigerBeetle, after the first
    'created', // 25000004: 2 units, pending; overflows_debits_posted in TigerBeetle, after the first
  ]);
  assert.equal(ledger.theAccount(uuid(25_000_001)).debitsPosted, 2n);
  assert.equal(ledger.theAccount(uuid(25_000_001)).debitsPending, 2n);
});

function readGolden(): { scenarios: Scenario[]; eventCount: number } {
  const file = new URL('fixtures/golden.json', import.meta.url);
  const { log } = JSON.parse(readFileSync(file, 'utf8')) as { log: ({ scenario: string } | Step)[] };
  const scenarios: Scenario[] = [];
  let eventCount = 0;
  for (const entry of log) {
    if ('scenario' in entry) {
      scenarios.push({ name: entry.scenario, steps: [] });
    } else {
      scenarios.at(-1)?.steps.push(entry);
      if ('events' in entry) eventCount += entry.events.length;
    }
  }
  return { scenarios, eventCount };
}

function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  assert.ok(scenario, name);
  return scenario;
}

function replay(scenario: Scenario): void {
  const ledger = new MemoryLedger();
  let hasWaited = false;
  for (const step of scenario.steps) {
    switch (step.op) {
      case 'create_accounts':
        assert.deepEqual(ledger.accountAnswers(step.events.map(accountOf)), step.results);
        break;
      case 'create_transfers':
        assert.deepEqual(ledger.answers(step.events.map(transferOf)), step.results);
        break;
      case 'balances':
        ledger.expire();
        assert.deepEqual(
          step.balances.map(({ id }) => balanceOf(ledger, step.base, id)),
          step.balances,
        );
        if (WAITS_AFTER_FIRST_BALANCES.has(scenario.name) && !hasWaited) {
          hasWaited = true;
          ledger.now += SECOND_NS;
        }
        break;
      case 'lookup_transfers':
        assert.deepEqual(
          step.transfers.map(({ id }) => lookupOf(ledger, step.base, id)),
          step.transfers,
        );
        break;
    }
  }
}

/** Balances and look-ups name ids relative to the scenario's base. */
function balanceOf(ledger: MemoryLedger, base: string, id: string): GoldenBalance {
  const account = ledger.theAccount(uuid(BigInt(base) + BigInt(id)));
  return {
    id,
    dp: String(account.debitsPending),
    d: String(account.debitsPosted),
    cp: String(account.creditsPending),
    c: String(account.creditsPosted),
    flags: account.flags,
  };
}

function lookupOf(ledger: MemoryLedger, base: string, id: string): GoldenLookup {
  const transfer = ledger.theTransfer(uuid(BigInt(base) + BigInt(id)));
  const pendingId = numberOf(transfer.pendingId);
  return {
    id,
    amount: String(transfer.amount),
    flags: transfer.flags,
    pending_id: String(pendingId === 0n ? 0n : pendingId - BigInt(base)),
    user_data_128: String(numberOf(transfer.userData128)),
    code: transfer.code,
  };
}

function accountOf(golden: GoldenAccount): AccountEvent {
  return {
    id: uuid(BigInt(golden.id)),
    ledger: golden.ledger,
    code: golden.code,
    flags: golden.flags,
    userData128: uuid(BigInt(golden.user_data_128)),
    userData64: BigInt(golden.user_data_64),
    userData32: golden.user_data_32,
    debitsPending: BigInt(golden.debits_pending),
    debitsPosted: BigInt(golden.debits_posted),
    creditsPending: BigInt(golden.credits_pending),
    creditsPosted: BigInt(golden.credits_posted),
    reserved: golden.reserved,
    timestamp: BigInt(golden.timestamp),
  };
}

function transferOf(golden: GoldenTransfer): TransferEvent {
  return {
    id: uuid(BigInt(golden.id)),
    debitAccountId: uuid(BigInt(golden.debit_account_id)),
    creditAccountId: uuid(BigInt(golden.credit_account_id)),
    amount: golden.amount === 'AMOUNT_MAX' ? UNITS_MAX : BigInt(golden.amount),
    pendingId: uuid(BigInt(golden.pending_id)),
    userData128: uuid(BigInt(golden.user_data_128)),
    userData64: BigInt(golden.user_data_64),
    userData32: golden.user_data_32,
    timeout: golden.timeout,
    ledger: golden.ledger,
    code: golden.code,
    flags: golden.flags,
    timestamp: BigInt(golden.timestamp),
  };
}

/** The scenario with other amounts and, accordingly, other balances. */
function withAmounts(scenario: Scenario, scale: (amount: bigint) => bigint): Scenario {
  const scaled = (amount: string) => (amount === 'AMOUNT_MAX' ? amount : String(scale(BigInt(amount))));
  const steps = scenario.steps.map((step): Step => {
    if (step.op === 'create_transfers') {
      return { ...step, events: step.events.map((event) => ({ ...event, amount: scaled(event.amount) })) };
    }
    if (step.op === 'balances') {
      return { ...step, balances: step.balances.map((it) => ({ ...it, d: scaled(it.d), c: scaled(it.c) })) };
    }
    return step;
  });
  return { name: scenario.name, steps };
}

function numberOf(id: Uuid): bigint {
  return BigInt(`0x${id.replaceAll('-', '')}`);
}
