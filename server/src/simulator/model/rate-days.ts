import type { Ratio } from '../../core/money.ts';
import type { Policy } from '../../policy/index.ts';
import { formulaRate, refundableCents, settledDaysOf } from '../../rates/index.ts';
import type { SimulationInputs } from '../inputs.ts';

/** What a day moved, for the formula. */
export interface Moved {
  readonly purchasedCents: bigint;
  readonly withdrawnUnits: bigint;
}

const PACE_DAYS = 30n;

/**
 * The rate of each day of one side. Where the policy's formula is off it stays; where it is on, the published formula moves it
 * each day, from what these books held, told as long ahead as the policy says.
 */
export class RateDays {
  readonly #policy: Policy;
  readonly #told: { readonly fromDay: number; readonly rate: Ratio }[];
  readonly #days: Moved[] = [];
  readonly #before: Moved;

  constructor(policy: Policy, first: Ratio, { start }: SimulationInputs) {
    this.#policy = policy;
    this.#told = [{ fromDay: 1, rate: first }];
    this.#before = {
      purchasedCents: BigInt(start.purchasedCents) / PACE_DAYS,
      withdrawnUnits: BigInt(start.withdrawnUnits) / PACE_DAYS,
    };
  }

  on(day: number): Ratio {
    const told = this.#told.findLast(({ fromDay }) => fromDay <= day);
    if (told === undefined) throw new RangeError(`no rate on day ${day}`);
    return told.rate;
  }

  /** A day is over: with the formula on, the next version is told. */
  end(
    day: number,
    moved: Moved,
    held: { readonly outstandingUnits: bigint; readonly heldCents: bigint; readonly coins: bigint },
  ): void {
    const { formula } = this.#policy.rates;
    if (!formula.isOn) return;
    // As the formula counts: only what nobody can undo any more, and not what is held or owed for the rest.
    const settledDays = settledDaysOf(this.#policy);
    this.#days.push(moved);
    if (this.#days.length > settledDays + formula.windowDays) this.#days.shift();
    const settled = this.#sums(this.#days.slice(0, -settledDays), formula.windowDays);
    const open = this.#sums(this.#days.slice(-settledDays), settledDays);
    const refundable = refundableCents(this.#policy, {
      cents: open.purchasedCents,
      units: 0n,
      coins: held.coins,
    });
    const previous = this.#told.at(-1)?.rate;
    if (previous === undefined) throw new Error('the first rate is always told');
    const { rate } = formulaRate({
      ...formula,
      base: this.#policy.diamonds.centsPerUnit,
      previous,
      ...settled,
      outstandingUnits: held.outstandingUnits,
      heldCents: held.heldCents > refundable ? held.heldCents - refundable : 0n,
      market: null,
    });
    this.#told.push({ fromDay: day + formula.noticeDays + 1, rate });
  }

  /** What so many days moved; those before the first go at the pace of before. */
  #sums(days: readonly Moved[], count: number): Moved {
    const missing = BigInt(count - days.length);
    const sum = (field: keyof Moved) =>
      days.reduce((total, day) => total + day[field], this.#before[field] * missing);
    return { purchasedCents: sum('purchasedCents'), withdrawnUnits: sum('withdrawnUnits') };
  }
}
