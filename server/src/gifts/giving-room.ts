import { DAY_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { convertUp } from '../core/money.ts';
import type { Refusal } from '../core/refusal.ts';
import { Together } from '../core/together.ts';
import type { House } from '../house.ts';
import { type Account, accountId, balanceAt } from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { limitsOf, overLimit, type Span, type Spans, spanStart, spans } from '../spending/index.ts';

const KEPT_MAX = 100_000;
/** What was heard so long ago is asked for again: the person may give through another process. */
const OLD_MS = 1_000;

/** What is known of somebody who gives. Coins. */
interface Giver {
  /** The day of UTC for which `before` was read. */
  day: number;
  /** All they had given when each span began. */
  before: Spans<bigint>;
  /** All they have given up to now, as far as this process has heard. */
  given: bigint;
  /** What is being given at this moment and not answered yet. */
  underWay: bigint;
  /** How many answers were heard: what was read before the last of them is old. */
  heard: number;
  /** When that was, in milliseconds of the monotonic clock. */
  heardMs: number;
}

/**
 * How much each person may still give by their spending limits. What was given is read from the ledger's running
 * totals: all that ever left their Coins, less what had left when the span began. Every answer of the ledger says the
 * total anew, so what happened in other processes counts as soon as this one hears of it; within one process nothing
 * slips through, however many gifts are under way.
 */
export class GivingRoom {
  readonly #house: House;
  readonly #givers = new Map<Uuid, Giver>();
  readonly #totals: Together<Uuid, bigint>;

  constructor(house: House) {
    this.#house = house;
    this.#totals = new Together(async (ids) => {
      const accounts = await house.ledger.balances(ids.map(coinsOf));
      return new Map(ids.map((id) => [id, totalOf(accounts.get(coinsOf(id)))]));
    });
  }

  /** The refusal `spending_limit_reached`, or `null`: then it is taken, and `done` must be called. */
  async take(userId: Uuid, coins: bigint): Promise<Refusal | null> {
    const nowMs = this.#house.clock.now();
    const [giver, limits, policy] = await Promise.all([
      this.#giver(userId, nowMs),
      limitsOf(this.#house, userId),
      currentPolicy(this.#house.db, nowMs),
    ]);
    const cents = (units: bigint) => convertUp(units, policy.coins.centsPerCoin);
    const over = () => {
      const now = (span: Span) => givenSince(giver, span) + giver.underWay;
      const spent = {
        now: spans((span) => cents(now(span))),
        after: spans((span) => cents(now(span) + coins)),
      };
      return overLimit(limits, spent, nowMs);
    };
    // Coins may have come back, or gone by another process, since it was heard last.
    if (over() !== null || performance.now() - giver.heardMs > OLD_MS) {
      const { heard } = giver;
      const total = await this.#totals.find(userId);
      if (giver.heard === heard && total !== undefined) hear(giver, total);
    }
    const refusal = over();
    if (refusal === null) giver.underWay += coins;
    return refusal;
  }

  /** What was taken is given or not; `account`: the giver's Coins right after it, if it is. */
  done(userId: Uuid, coins: bigint, account: Account | undefined): void {
    const giver = this.#givers.get(userId);
    if (giver === undefined) return;
    const total = totalOf(account);
    this.#answered(giver, coins, larger(total, giver.given));
  }

  /** All the Coins that somebody gave, with what is under way, as far as this process has heard. */
  givenBy(userId: Uuid): bigint {
    const giver = this.#givers.get(userId);
    return giver === undefined ? 0n : giver.given + giver.underWay;
  }

  /** All the Coins that somebody gave, or that are held to be given, as the ledger has it now. */
  async totalOf(userId: Uuid): Promise<bigint> {
    return (await this.#totals.find(userId)) ?? 0n;
  }

  /** Takes, works, and lets go. Throws the refusal. What the work did before, another time, counts until it is read. */
  async within<Answer>(userId: Uuid, coins: bigint, work: () => Promise<Answer>): Promise<Answer> {
    const refusal = await this.take(userId, coins);
    if (refusal !== null) throw refusal;
    let given = 0n;
    try {
      const answer = await work();
      given = coins;
      return answer;
    } finally {
      const giver = this.#givers.get(userId);
      if (giver !== undefined) this.#answered(giver, coins, giver.given + given);
    }
  }

  #answered(giver: Giver, coins: bigint, given: bigint): void {
    giver.underWay -= coins;
    hear(giver, given);
  }

  /** What a person gave in each span, in cents at the price of Coins now. */
  async given(userId: Uuid): Promise<Spans<bigint>> {
    const nowMs = this.#house.clock.now();
    const [giver, total, policy] = await Promise.all([
      this.#giver(userId, nowMs),
      this.#totals.find(userId),
      currentPolicy(this.#house.db, nowMs),
    ]);
    const now = { ...giver, given: total ?? giver.given };
    return spans((span) => convertUp(givenSince(now, span), policy.coins.centsPerCoin));
  }

  async #giver(userId: Uuid, nowMs: number): Promise<Giver> {
    const day = Math.floor(nowMs / DAY_MS);
    const known = this.#givers.get(userId);
    if (known?.day === day) return known;
    const { db } = this.#house;
    const starts = spans((span) => balanceAt(db, coinsOf(userId), spanStart(span, nowMs)));
    const before = {
      day: totalOf(await starts.day),
      week: totalOf(await starts.week),
      month: totalOf(await starts.month),
    };
    const total = (await this.#totals.find(userId)) ?? 0n;
    // Others may have asked meanwhile: what is under way is counted in one place.
    const giver = this.#givers.get(userId);
    if (giver !== undefined) return Object.assign(giver, { day, before });
    if (this.#givers.size >= KEPT_MAX) this.#forgetIdle();
    const fresh = { day, before, given: total, underWay: 0n, heard: 0, heardMs: performance.now() };
    this.#givers.set(userId, fresh);
    return fresh;
  }

  #forgetIdle(): void {
    for (const [id, { underWay }] of this.#givers) if (underWay === 0n) this.#givers.delete(id);
  }
}

/** Never below nothing: what was held when the span began may have come back since. */
function givenSince({ given, before }: Pick<Giver, 'given' | 'before'>, span: Span): bigint {
  return given > before[span] ? given - before[span] : 0n;
}

function coinsOf(userId: Uuid): Uuid {
  return accountId(userId, 'coins', 'COIN');
}

function hear(giver: Giver, given: bigint): void {
  giver.given = given;
  giver.heard += 1;
  giver.heardMs = performance.now();
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** All that ever left an account, and what is held to leave it. */
function totalOf(account: Pick<Account, 'debitsPosted' | 'debitsPending'> | undefined): bigint {
  return account === undefined ? 0n : account.debitsPosted + account.debitsPending;
}
