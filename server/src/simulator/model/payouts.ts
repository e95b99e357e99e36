import { DAY_MS } from '../../core/clock.ts';
import { convertDown, type Ratio } from '../../core/money.ts';
import { accountId, debitRoom, postEvent, type TransferEvent } from '../../ledger/index.ts';
import type { PayoutTerms, Policy } from '../../policy/index.ts';
import {
  paymentTransfers,
  quoteLines,
  reservePostId,
  reserveTransfer,
  type WithdrawFacts,
  withdrawalChecks,
} from '../../withdrawals/index.ts';
import type { Books } from './books.ts';
import type { Creator } from './creators.ts';
import type { Numbers } from './people.ts';
import type { PlannedWithdrawal } from './plan.ts';

/** A withdrawal on its way. */
interface Waiting {
  readonly creator: Creator;
  readonly transfer: TransferEvent;
  readonly sendOnDay: number;
  readonly units: bigint;
  readonly grossCents: bigint;
  readonly feeCents: bigint;
  readonly taxCents: bigint;
  readonly netCents: bigint;
}

/** What was paid on a day, and what waits at its end. */
export interface PaidDay {
  readonly units: bigint;
  readonly grossCents: bigint;
  readonly waitingCents: bigint;
  readonly shortCents: bigint;
}

/** Where what is paid out goes. */
export const PAID_TO = 'manual';

const WEEK_MS = 7 * DAY_MS;

/** Withdrawals: asked for through the house's own gate and quote, reserved, and paid when they were looked at. */
export class Payouts {
  readonly #policy: Policy;
  readonly #terms: PayoutTerms | null;
  readonly #books: Books;
  readonly #creators: readonly Creator[];
  readonly #numbers: Numbers;
  #waiting: Waiting[] = [];

  constructor(policy: Policy, books: Books, creators: readonly Creator[], numbers: Numbers) {
    this.#policy = policy;
    this.#terms = simulatedTerms(policy);
    this.#books = books;
    this.#creators = creators;
    this.#numbers = numbers;
  }

  /** Asks for what the gate lets through; what it refuses is not asked for. */
  ask(wishes: readonly PlannedWithdrawal[], rate: Ratio, day: number, nowMs: number): void {
    const terms = this.#terms;
    if (terms === null) return;
    for (const { creator: place, percent } of wishes) {
      const creator = this.#creators[place];
      if (creator === undefined) throw new RangeError(`no creator ${place}`);
      creator.asked = creator.asked.filter(({ atMs }) => atMs > nowMs - WEEK_MS);
      const available = this.#availableUnits(creator);
      const units = this.#within(terms, creator, rate, nowMs, (available * BigInt(percent)) / 100n);
      if (!this.#passes(terms, creator, rate, nowMs, { available, units })) continue;
      this.#reserve(terms, creator, rate, { day, nowMs, units });
    }
  }

  /** Pays what was looked at by now, in the order in which it was asked for; what the cash does not reach for waits. */
  send(day: number): PaidDay {
    const left: Waiting[] = [];
    let [units, grossCents, waitingCents, shortCents] = [0n, 0n, 0n, 0n];
    for (const one of this.#waiting) {
      const isDue = one.sendOnDay <= day;
      if (isDue && this.#pay(one)) {
        units += one.units;
        grossCents += one.grossCents;
        continue;
      }
      left.push(one);
      waitingCents += one.grossCents;
      if (isDue) shortCents += one.grossCents;
    }
    this.#waiting = left;
    return { units, grossCents, waitingCents, shortCents };
  }

  #availableUnits({ id }: Creator): bigint {
    const account = this.#books.account(accountId(id, 'diamonds_available', 'DIAMOND'));
    return account === undefined ? 0n : debitRoom(account);
  }

  /** As much of a wish as the caps of a day and a week leave room for, in units. */
  #within({ dayMaxCents }: PayoutTerms, creator: Creator, rate: Ratio, nowMs: number, wish: bigint): bigint {
    const { withdrawals } = this.#policy;
    const caps = [
      { cents: withdrawals.dayMaxCents, windowMs: DAY_MS },
      { cents: dayMaxCents, windowMs: DAY_MS },
      { cents: withdrawals.weekMaxCents, windowMs: WEEK_MS },
    ];
    return caps.reduce((units, { cents, windowMs }) => {
      if (cents === null) return units;
      const used = creator.asked
        .filter(({ atMs }) => atMs > nowMs - windowMs)
        .reduce((sum, one) => sum + one.cents, 0n);
      const room = cents > used ? cents - used : 0n;
      const most = convertDown(room, { numerator: rate.denominator, denominator: rate.numerator });
      return units < most ? units : most;
    }, wish);
  }

  #passes(
    terms: PayoutTerms,
    creator: Creator,
    rate: Ratio,
    nowMs: number,
    { available, units }: { readonly available: bigint; readonly units: bigint },
  ): boolean {
    if (units === 0n) return false;
    const facts: WithdrawFacts = {
      nowMs,
      availableUnits: available,
      accounts: [
        {
          id: creator.id,
          method: terms.method,
          country: terms.countries[0] ?? 'US',
          holder: '',
          usableFrom: new Date(0),
          setup: null,
        },
      ],
      recent: creator.asked,
      held: null,
      paidBefore: creator.isPaid,
      firstHeld: false,
      oneOpen: creator.open > 0,
      centsPerUnit: rate,
      identity: 'approved',
      paperName: null,
    };
    return withdrawalChecks(facts, this.#policy, { units, accountId: creator.id }).every(
      ({ check }) => check.passed,
    );
  }

  #reserve(
    terms: PayoutTerms,
    creator: Creator,
    rate: Ratio,
    { day, nowMs, units }: { readonly day: number; readonly nowMs: number; readonly units: bigint },
  ): void {
    const { payouts } = this.#policy;
    const lines = quoteLines({
      units,
      centsPerUnit: rate,
      feeCents: terms.feeCents,
      taxBasisPoints: payouts.taxBasisPoints,
      currency: 'USD',
      perUsd: null,
    });
    if (lines.payoutMinor <= 0n) return;
    const transfer = reserveTransfer({ id: this.#numbers.next(), userId: creator.id, diamondUnits: units });
    if (this.#books.post([[transfer]]).includes(false)) throw new Error('available Diamonds were not there');
    const holdDays = creator.isPaid ? 0 : Math.ceil(payouts.firstHoldMs / DAY_MS);
    creator.asked.push({ atMs: nowMs, cents: lines.grossCents, method: terms.method });
    creator.open += 1;
    this.#waiting.push({
      creator,
      transfer,
      sendOnDay: day + payouts.reviewDays + holdDays,
      units,
      ...lines,
    });
  }

  #pay({ creator, transfer, netCents, feeCents, taxCents }: Waiting): boolean {
    const id = transfer.userData128;
    const chain = [
      postEvent(reservePostId(id), transfer.id),
      ...paymentTransfers({ id, netCents, feeCents, taxCents }, PAID_TO, () => this.#numbers.next()),
    ];
    // The state machine keeps the house's cash from going below zero: then nothing happened.
    if (!this.#books.post([chain])[0]) return false;
    creator.isPaid = true;
    creator.open -= 1;
    return true;
  }
}

/** The way of payment that is simulated: the first in dollars, or the first; `null` where the policy has none. */
export function simulatedTerms({ payouts }: Policy): PayoutTerms | null {
  return payouts.methods.find(({ currency }) => currency === 'USD') ?? payouts.methods[0] ?? null;
}
