import { larger, smaller } from '../core/bigints.ts';
import { DAY_MS, HOUR_MS } from '../core/clock.ts';
import type { Check } from '../core/explain.ts';
import { type Asset, displayAmount, displayUsd } from '../core/money.ts';
import { Refusal, type RefusalData, type RefusalKind } from '../core/refusal.ts';
import {
  NOTHING_UNSPENT,
  ORDER_IS_DISPUTED,
  ORDER_NOT_PAID,
  REFUND_NEEDS_A_HAND,
  REFUND_OF_PLAY_MONEY,
  REFUND_TOO_LATE,
  REFUND_UNDER_WAY,
} from './refusals.ts';

/** What was paid for an order and how much of it went back, or is on its way back. Units and cents. */
export interface Returned {
  readonly units: bigint;
  readonly priceCents: bigint;
  readonly returnedUnits: bigint;
  readonly returnedCents: bigint;
}

/**
 * What so many units of a purchase bring back: their part of the price, counted over everything that went back of it and
 * rounded up to a cent, so that many small refunds bring what one large one would; never more than is left of the price.
 */
export function amountBack(order: Returned, units: bigint): bigint {
  const afterUnits = order.returnedUnits + units;
  const due = (order.priceCents * afterUnits + order.units - 1n) / order.units - order.returnedCents;
  const left = order.priceCents - order.returnedCents;
  return larger(0n, smaller(due, left));
}

/** A bank sends a refund back within weeks, and decides a dispute anew within months, by an arbitration. */
const LOOKED_DAILY_MS = 30 * DAY_MS;
const LOOKED_AFTER_MS = 400 * DAY_MS;

/** When one asks next whether it did: rarer and rarer, daily, then weekly; `null` when nobody needs to any more. */
export function sentBackLookAt(since: Date, nowMs: number): Date | null {
  const ageMs = nowMs - since.getTime();
  if (ageMs > LOOKED_AFTER_MS) return null;
  const pauseMs = ageMs > LOOKED_DAILY_MS ? 7 * DAY_MS : Math.max(HOUR_MS, Math.min(ageMs, DAY_MS));
  return new Date(nowMs + pauseMs);
}

/** What decides about a refund. */
export interface RefundFacts {
  readonly asset: Asset;
  readonly paidAt: Date | null;
  readonly unspentUnits: bigint;
  readonly returned: Returned;
  /** Whether whoever took the money can give it back. */
  readonly canGiveBack: boolean;
  /** Whether it was paid while the site was tried out, with a provider that it has nothing to do with any more. */
  readonly isPlayMoney: boolean;
  /** Whether a dispute, or a refund made at the provider, is not decided. */
  readonly isDisputed: boolean;
  /** Whether another refund of this order is on its way. */
  readonly isUnderWay: boolean;
}

/** A check with the refusal that it becomes. */
export interface RefundCheck {
  readonly check: Check;
  readonly kind: RefusalKind;
  readonly data: RefusalData;
}

/**
 * Whether what is unspent of a purchase can go back: the checks of the page, in the order in which they refuse.
 * @param selfServiceDays `null` for support, which has no such limit
 * @param byHand whether somebody may pay it back by hand where the provider cannot
 */
export function refundChecks(
  facts: RefundFacts,
  about: { readonly nowMs: number; readonly selfServiceDays: number | null; readonly byHand: boolean },
): RefundCheck[] {
  const { asset, paidAt, unspentUnits } = facts;
  const ware = asset === 'COIN' ? 'Coins' : 'Diamonds';
  const passesRoad = facts.canGiveBack || (about.byHand && !facts.isPlayMoney);
  const until = paidAt === null ? null : new Date(paidAt.getTime() + (about.selfServiceDays ?? 0) * DAY_MS);
  const check = (
    kind: RefusalKind,
    passed: boolean,
    says: Pick<Check, 'rule' | 'have' | 'need' | 'whoCanChange'>,
    data: RefusalData = {},
  ): RefundCheck => ({
    check: {
      code: kind.code,
      passed,
      ...says,
      remedy: passed ? null : new Refusal(kind, data).remedy,
      earliest: null,
    },
    kind,
    data,
  });
  const checks = [
    check(ORDER_NOT_PAID, paidAt !== null, {
      rule: 'Only what was paid can go back',
      have: paidAt === null ? 'Not paid' : 'Paid',
      need: 'Paid',
      whoCanChange: 'you',
    }),
    check(ORDER_IS_DISPUTED, !facts.isDisputed, {
      rule: 'The payment is not disputed with the bank',
      have: facts.isDisputed ? 'Disputed' : 'Not disputed',
      need: 'Not disputed',
      whoCanChange: 'time',
    }),
    check(REFUND_UNDER_WAY, !facts.isUnderWay, {
      rule: 'One refund at a time',
      have: facts.isUnderWay ? 'One is on its way' : 'None is on its way',
      need: 'None on its way',
      whoCanChange: 'time',
    }),
    check(
      NOTHING_UNSPENT,
      unspentUnits > 0n && amountBack(facts.returned, unspentUnits) > 0n,
      {
        rule: `Some of the ${ware} you bought here are unspent`,
        have: displayAmount({ asset, units: unspentUnits }),
        need: `More than none`,
        whoCanChange: 'you',
      },
      { ware },
    ),
    check(facts.isPlayMoney ? REFUND_OF_PLAY_MONEY : REFUND_NEEDS_A_HAND, passesRoad, {
      rule: 'Whoever took the money can send it back the same way',
      have: facts.canGiveBack ? 'It can' : 'It cannot',
      need: 'It can',
      whoCanChange: 'support',
    }),
  ];
  if (about.selfServiceDays === null) return checks;
  const isInTime = until !== null && about.nowMs < until.getTime();
  return [
    ...checks,
    check(
      REFUND_TOO_LATE,
      isInTime,
      {
        rule: `Within ${about.selfServiceDays} days of paying you can do it yourself`,
        have: until === null ? null : `Until ${until.toISOString().slice(0, 10)}`,
        need: `Within ${about.selfServiceDays} days`,
        whoCanChange: 'support',
      },
      { days: about.selfServiceDays },
    ),
  ];
}

/** The first check that fails, as a refusal; `null` when it can go back. */
export function refusalOf(checks: readonly RefundCheck[]): Refusal | null {
  const failed = checks.find(({ check }) => !check.passed);
  return failed === undefined ? null : new Refusal(failed.kind, failed.data);
}

/** How the amount was made, for whoever reads it. */
export function howBack(asset: Asset, order: Returned, units: bigint) {
  const cents = amountBack(order, units);
  return [
    {
      label: `${displayAmount({ asset, units })} of ${displayAmount({ asset, units: order.units })}`,
      value: displayUsd(cents),
      note: `Their part of the ${displayUsd(order.priceCents)} you paid, rounded up to a cent`,
    },
    {
      label: 'Fee',
      value: displayUsd(0n),
      note: 'What the provider kept when you paid is the platform’s to bear',
    },
  ];
}

/** What of an order a recall takes, given what others took of it. `own` is what it counts already. */
export function recallShare(
  order: Returned,
  own: { readonly units: bigint; readonly cents: bigint },
  cents: bigint,
): { readonly units: bigint; readonly cents: bigint; readonly beyondCents: bigint } {
  const roomUnits = order.units - (order.returnedUnits - own.units);
  const roomCents = order.priceCents - (order.returnedCents - own.cents);
  const taken = smaller(cents, roomCents);
  const part = (order.units * taken) / order.priceCents;
  const units = taken === roomCents ? roomUnits : smaller(part, roomUnits);
  return { units, cents: taken, beyondCents: cents - taken };
}

/** A part of a lot that was spent on a gift or an answer that could still be taken back. */
export interface SpentOn {
  readonly earningId: string;
  readonly units: bigint;
}

/** The newest of them, until they make up `needUnits`; the last one perhaps in part. */
export function newestUpTo<One extends SpentOn>(spent: readonly One[], needUnits: bigint): One[] {
  const chosen: One[] = [];
  let left = needUnits;
  for (const one of spent) {
    if (left <= 0n) break;
    const units = smaller(one.units, left);
    chosen.push({ ...one, units });
    left -= units;
  }
  return chosen;
}

/** The Diamonds that a gift loses with so many of its Coins: rounded down, for its creator. */
export function diamondsLost(
  gift: { readonly coins: bigint; readonly diamondUnits: bigint; readonly reversedUnits: bigint },
  coins: bigint,
): bigint {
  const lost = (gift.diamondUnits * coins) / gift.coins;
  const left = gift.diamondUnits - gift.reversedUnits;
  return smaller(lost, left);
}

/**
 * Who bears the money of a lost recall. What the fan's unspent units and the reversed gifts stand for, the house no longer
 * owes to anybody; the rest is its own loss: out of the reserve as far as that goes.
 */
export function whoPays(lost: {
  readonly cents: bigint;
  readonly units: bigint;
  readonly beyondCents: bigint;
  readonly fanUnits: bigint;
  readonly giftUnits: bigint;
  readonly reserveCents: bigint;
}): { readonly fan: bigint; readonly creators: bigint; readonly reserve: bigint; readonly house: bigint } {
  const part = (units: bigint) => (lost.units === 0n ? 0n : (lost.cents * units) / lost.units);
  const fan = part(lost.fanUnits);
  const creators = part(lost.giftUnits);
  const own = lost.cents + lost.beyondCents - fan - creators;
  const reserve = smaller(own, lost.reserveCents);
  return { fan, creators, reserve, house: own - reserve };
}
