import { DAY_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { convertUp, type Ratio } from '../core/money.ts';
import type { Refusal } from '../core/refusal.ts';
import { Together } from '../core/together.ts';
import type { House } from '../house.ts';
import { type Account, accountId, balanceAt } from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { limitsOf, overLimit, type Span, type Spans, spanStart, spans } from '../spending/index.ts';
import { NOTHING_TAKEN, peopleTakenFrom, type TakenUpto, takenUpto } from './returns.ts';

const KEPT_MAX = 100_000;
/** What was heard so long ago is asked for again: the person may give through another process. */
const OLD_MS = 1_000;

/** What is known of somebody who gives. Coins. */
interface Giver {
  /** The day of UTC for which `before` was read. */
  day: number;
  /** All that had left their Coins when each span began, less what had gone back to them. */
  before: Spans<bigint>;
  /** All that left their Coins up to now, as far as this process has heard. */
  left: bigint;
  /** What of that went back to them, or is held to. */
  taken: TakenUpto;
  /** What is being given at this moment and not answered yet. */
  underWay: bigint;
  /** How many answers were heard: what was read before the last of them is old. */
  heard: number;
  /** When that was, in milliseconds of the monotonic clock. */
  heardMs: number;
}

/**
 * How much each person may still give by their spending limits. What was given is read from the ledger's running
 * totals: all that ever left their Coins, less what went back to them of a purchase, less what had so been given when
 * the span began. Every answer of the ledger says the total anew, so what happened in other processes counts as soon as
 * this one hears of it; within one process nothing slips through, however many gifts are under way. What went back is
 * read when something would be refused or delayed for too much, and now and then: until then it counts as given.
 */
export class GivingRoom {
  readonly #house: House;
  readonly #givers = new Map<Uuid, Giver>();
  readonly #totals: Together<Uuid, Total>;

  constructor(house: House) {
    this.#house = house;
    this.#totals = new Together((ids) => this.#readTotals(ids));
  }

  /** The refusal `spending_limit_reached`, or `null`: then it is taken, and `done` must be called. */
  async take(userId: Uuid, coins: bigint): Promise<Refusal | null> {
    const nowMs = this.#house.clock.now();
    const [giver, limits, policy] = await Promise.all([
      this.#giver(userId, nowMs),
      limitsOf(this.#house, userId),
      currentPolicy(this.#house.db, nowMs),
    ]);
    const over = () => overLimit(limits, spentOf(giver, coins, policy.coins.centsPerCoin));
    // Coins may have come back, or gone by another process, since it was heard last.
    if (over() !== null || performance.now() - giver.heardMs > OLD_MS) await this.#hearNow(userId, giver);
    const refusal = over();
    if (refusal === null) giver.underWay += coins;
    return refusal;
  }

  /** What was taken is given or not; `account`: the giver's Coins right after it, if it is. */
  done(userId: Uuid, coins: bigint, account: Account | undefined): void {
    const giver = this.#givers.get(userId);
    if (giver === undefined) return;
    this.#answered(giver, coins, larger(totalOf(account), giver.left));
  }

  /** All the Coins that somebody gave, with what is under way, as far as this process has heard. */
  givenBy(userId: Uuid): bigint {
    const giver = this.#givers.get(userId);
    return giver === undefined ? 0n : givenOf(giver) + giver.underWay;
  }

  /** All the Coins that somebody gave, or that are held to be given, as the ledger has it now; with what is under way. */
  async givenNow(userId: Uuid): Promise<bigint> {
    const giver = await this.#giver(userId, this.#house.clock.now());
    return (await this.#hearNow(userId, giver)) + giver.underWay;
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
      if (giver !== undefined) this.#answered(giver, coins, giver.left + given);
    }
  }

  #answered(giver: Giver, coins: bigint, left: bigint): void {
    giver.underWay -= coins;
    hear(giver, left);
  }

  /** Reads what left and what of it went back, and keeps it unless the ledger answers meanwhile. All that is given. */
  async #hearNow(userId: Uuid, giver: Giver): Promise<bigint> {
    const { heard } = giver;
    const total = (await this.#totals.find(userId)) ?? giver;
    if (giver.heard === heard) {
      giver.taken = total.taken;
      hear(giver, total.left);
    }
    return givenOf(total);
  }

  /** What went back is read first: what does so in between counts as given, rather than a gift as not given. */
  async #readTotals(ids: readonly Uuid[]): Promise<Map<Uuid, Total>> {
    const returned = await peopleTakenFrom(this.#house.db, ids);
    const taken = new Map<Uuid, TakenUpto>();
    for (const id of returned) {
      taken.set(id, await this.#takenUpto(id, this.#givers.get(id)?.taken ?? NOTHING_TAKEN, null));
    }
    const accounts = await this.#house.ledger.balances(ids.map(coinsOf));
    return new Map(
      ids.map((id) => [
        id,
        { left: totalOf(accounts.get(coinsOf(id))), taken: taken.get(id) ?? NOTHING_TAKEN },
      ]),
    );
  }

  #takenUpto(userId: Uuid, known: TakenUpto, instant: bigint | null): Promise<TakenUpto> {
    return takenUpto(this.#house.db, coinsOf(userId), known, instant);
  }

  /** What a person gave in each span, in cents at the price of Coins now. */
  async given(userId: Uuid): Promise<Spans<bigint>> {
    const nowMs = this.#house.clock.now();
    const [giver, policy] = await Promise.all([
      this.#giver(userId, nowMs),
      currentPolicy(this.#house.db, nowMs),
    ]);
    await this.#hearNow(userId, giver);
    return spans((span) => convertUp(givenSince(giver, span), policy.coins.centsPerCoin));
  }

  /** What a person gave in each span, in cents, now and with so many Coins more: by which `take` refuses. */
  async spentWith(userId: Uuid, coins: bigint): Promise<SpentOf> {
    const nowMs = this.#house.clock.now();
    const [giver, policy] = await Promise.all([
      this.#giver(userId, nowMs),
      currentPolicy(this.#house.db, nowMs),
    ]);
    await this.#hearNow(userId, giver);
    return spentOf(giver, coins, policy.coins.centsPerCoin);
  }

  async #giver(userId: Uuid, nowMs: number): Promise<Giver> {
    const day = Math.floor(nowMs / DAY_MS);
    const known = this.#givers.get(userId);
    if (known?.day === day) return known;
    const { db } = this.#house;
    const starts = spans((span) => balanceAt(db, coinsOf(userId), spanStart(span, nowMs)));
    const left = {
      day: totalOf(await starts.day),
      week: totalOf(await starts.week),
      month: totalOf(await starts.month),
    };
    const total = (await this.#totals.find(userId)) ?? { left: 0n, taken: NOTHING_TAKEN };
    const taken = total.taken.upto === 0n ? NONE_TAKEN : await this.#takenAt(userId, nowMs);
    const before = spans((span) => left[span] - taken[span].coins);
    // Others may have asked meanwhile: what is under way is counted in one place.
    const giver = this.#givers.get(userId);
    if (giver !== undefined) return Object.assign(giver, { day, before });
    if (this.#givers.size >= KEPT_MAX) this.#forgetIdle();
    const heardMs = performance.now();
    const fresh = { day, before, left: total.left, taken: total.taken, underWay: 0n, heard: 0, heardMs };
    this.#givers.set(userId, fresh);
    return fresh;
  }

  /** What had gone back when each span began, each read on from the one before. */
  async #takenAt(userId: Uuid, nowMs: number): Promise<Spans<TakenUpto>> {
    const until = (span: Span) => BigInt(spanStart(span, nowMs).getTime()) * NS_PER_MS + NS_PER_MS - 1n;
    const month = await this.#takenUpto(userId, NOTHING_TAKEN, until('month'));
    const week = await this.#takenUpto(userId, month, until('week'));
    return { month, week, day: await this.#takenUpto(userId, week, until('day')) };
  }

  #forgetIdle(): void {
    for (const [id, { underWay }] of this.#givers) if (underWay === 0n) this.#givers.delete(id);
  }
}

interface SpentOf {
  readonly now: Spans<bigint>;
  readonly after: Spans<bigint>;
}

/** Rounded up once, of the sum of Coins. */
function spentOf(giver: Giver, coins: bigint, centsPerCoin: Ratio): SpentOf {
  const cents = (span: Span, more: bigint) =>
    convertUp(givenSince(giver, span) + giver.underWay + more, centsPerCoin);
  return { now: spans((span) => cents(span, 0n)), after: spans((span) => cents(span, coins)) };
}

/** What the ledger has of somebody's Coins. */
interface Total {
  readonly left: bigint;
  readonly taken: TakenUpto;
}

const NS_PER_MS = 1_000_000n;
const NONE_TAKEN = spans(() => NOTHING_TAKEN);

/** All that somebody gave, as far as it was heard. */
function givenOf({ left, taken }: Pick<Giver, 'left' | 'taken'>): bigint {
  return left > taken.coins ? left - taken.coins : 0n;
}

/** Never below nothing: what was held when the span began may have come back since. */
function givenSince(giver: Pick<Giver, 'left' | 'taken' | 'before'>, span: Span): bigint {
  const given = givenOf(giver);
  return given > giver.before[span] ? given - giver.before[span] : 0n;
}

function coinsOf(userId: Uuid): Uuid {
  return accountId(userId, 'coins', 'COIN');
}

function hear(giver: Giver, left: bigint): void {
  giver.left = left;
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
