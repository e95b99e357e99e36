import type { Ratio } from '../../core/money.ts';
import { AccountFlags } from '../../ledger/account.ts';
import type { Policy } from '../../policy/index.ts';
import type { KeptRatio, SimulationInputs } from '../inputs.ts';
import { Arm } from './arm.ts';
import type { Books } from './books.ts';
import { type ArmResult, type DayLine, type SimulationResult, sumsOf } from './lines.ts';
import { Plan } from './plan.ts';

/** Raise it with every change that makes the same inputs come to something else: a test holds it to the result. */
export const MODEL_VERSION = 2;

export const PHASES = ['opening', 'days', 'checking'] as const;
export type Phase = (typeof PHASES)[number];

/** How far a run is: days that are over. */
export interface Progress {
  readonly phase: Phase;
  readonly day: number;
}

/**
 * Lives the days twice, once under each rate, and says after each how far it is. The same inputs under the same policy give
 * the same result, always: no clock, no database, no chance but the seed's.
 * @throws Error when the books of a side do not add up
 */
export function* simulate(inputs: SimulationInputs, policy: Policy): Generator<Progress, SimulationResult> {
  yield { phase: 'opening', day: 0 };
  const plan = new Plan(inputs, policy);
  const arms = [inputs.now, inputs.proposed].map(({ centsPerUnit }) => ({
    arm: new Arm(inputs, policy, ratioOf(centsPerUnit)),
    days: [] as DayLine[],
  }));
  for (let day = 1; day <= inputs.days; day += 1) {
    yield { phase: 'days', day: day - 1 };
    const wanted = plan.day(day);
    for (const { arm, days } of arms) days.push(arm.live(day, wanted));
  }
  yield { phase: 'checking', day: inputs.days };
  const [now, proposed] = arms.map(({ arm, days }) => resultOf(arm.books, days));
  if (now === undefined || proposed === undefined) throw new Error('a comparison has two sides');
  return { now, proposed, each: plan.each.toString() };
}

function resultOf(books: Books, days: readonly DayLine[]): ArmResult {
  return { days, sums: sumsOf(days), books: { accounts: provedAccounts(books), transfers: books.posted } };
}

/** How many accounts there are, when debits equal credits in each asset and nobody is below zero who may not be. */
function provedAccounts(books: Books): number {
  const sums = new Map<number, bigint>();
  let count = 0;
  for (const { ledger, flags, debitsPosted, creditsPosted, debitsPending } of books.accounts) {
    count += 1;
    sums.set(ledger, (sums.get(ledger) ?? 0n) + creditsPosted - debitsPosted);
    const mayBeShort = (flags & AccountFlags.debitsMustNotExceedCredits) === 0;
    if (!mayBeShort && debitsPosted + debitsPending > creditsPosted)
      throw new Error('an account is below zero');
  }
  if ([...sums.values()].some((sum) => sum !== 0n)) throw new Error('the simulated books do not add up');
  return count;
}

function ratioOf({ numerator, denominator }: KeptRatio): Ratio {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}
