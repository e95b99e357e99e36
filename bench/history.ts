import { performance } from 'node:perf_hooks';
import type { Uuid } from '../server/src/core/ids.ts';
import type { Database } from '../server/src/db/database.ts';
import { balanceAt, statement } from '../server/src/ledger/history.ts';
import { type Filled, fillLedger } from './ledger/filled.ts';
import type { Measured, Row } from './row.ts';

/**
 * Reading the past with 10 million transfers stored (quick: 300,000). The accounts asked are a fan's, a hot creator's
 * with a third of all gifts and the house's with all of them; the slowest kind of question is the figure.
 */
const TRANSFERS = 10_000_000;
const TRANSFERS_QUICK = 300_000;
const QUESTIONS = 60;

const LIMITS =
  'reading the 2,048 transfers of one stretch of a busy account, and the tail that is not indexed yet.';

export const statementPage: Row = {
  name: 'history: a page of 50 lines',
  unit: 'ms',
  bar: 10,
  better: 'lower',
  limits: LIMITS,
  runs: 1,
  run: ({ quick }) =>
    slowest(quick, (db, accountId, instant) => statement(db, accountId, { limit: 50, to: instant })),
};

export const pastBalance: Row = {
  name: 'history: a balance at any past instant',
  unit: 'ms',
  bar: 10,
  better: 'lower',
  limits: LIMITS,
  runs: 1,
  run: ({ quick }) => slowest(quick, balanceAt),
};

type Question = (db: Database, accountId: Uuid, instant: bigint) => Promise<unknown>;

async function slowest(quick: boolean, ask: Question): Promise<Measured> {
  const filled = await fillLedger(quick ? TRANSFERS_QUICK : TRANSFERS);
  const kinds: { name: string; p50: number; p99: number }[] = [];
  for (const [name, accountId] of Object.entries(filled.accounts)) {
    for (const when of ['now', 'then'] as const) {
      const times = await questions(filled, accountId, when, ask);
      kinds.push({ name: `${name} ${when}`, ...times });
    }
  }
  const worst = kinds.reduce((one, other) => (other.p50 > one.p50 ? other : one));
  const all = kinds.map(({ name, p50, p99 }) => `${name} ${p50.toFixed(1)} (p99 ${p99.toFixed(1)})`);
  const millions = (filled.transfers / 1_000_000).toFixed(1);
  return {
    value: worst.p50,
    detail: `median of the slowest of ${kinds.length} kinds of question, ${QUESTIONS} each, ${millions} million transfers, ${filled.tail} of them not indexed; ${all.join(', ')}`,
  };
}

async function questions(
  filled: Filled,
  accountId: Uuid,
  when: 'now' | 'then',
  ask: Question,
): Promise<{ p50: number; p99: number }> {
  const { db, firstTimestamp, lastTimestamp } = filled;
  const times: number[] = [];
  for (let asked = 0; asked < QUESTIONS; asked += 1) {
    const share = BigInt(Math.floor(((asked + 0.5) / QUESTIONS) * 1_000_000));
    const past = firstTimestamp + ((lastTimestamp - firstTimestamp) * share) / 1_000_000n;
    const start = performance.now();
    await ask(db, accountId, when === 'now' ? lastTimestamp + 1n : past);
    times.push(performance.now() - start);
  }
  times.sort((one, other) => one - other);
  return { p50: times[QUESTIONS >> 1] ?? 0, p99: times[Math.floor(QUESTIONS * 0.99)] ?? 0 };
}
