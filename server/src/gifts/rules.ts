import { convertDown, groupDigits } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Policy } from '../policy/index.ts';
import type { CatalogueGift } from './catalogue.ts';
import { STREAK_COUNT_MAX } from './gift-ids.ts';
import {
  GIFT_EXPIRED,
  GIFT_NOT_STREAKABLE,
  GIFT_NOT_YET,
  GIFT_UNKNOWN,
  GIFTS_OFF,
  OWN_STAGE,
  QUANTITY_OUT_OF_RANGE,
  RECEIVER_NOT_HERE,
  STAGE_NOT_LIVE,
  STREAK_CLOSED,
  STREAK_KEY_MISMATCH,
} from './refusals.ts';
import type { GiftRequest } from './send-gift.ts';
import type { StageNow } from './stages.ts';

/** The numbers of the policy that decide about gifts. */
export type GiftPolicy = Policy['gifts'];

/** What a request is decided on. */
export interface GiftFacts {
  readonly request: GiftRequest;
  readonly senderId: string;
  /** `undefined` when no gift has this id. */
  readonly gift: CatalogueGift | undefined;
  readonly stage: StageNow;
  /** The receiver's own stage: the same one, or a guest's; `undefined` when whom it is for is not there now. */
  readonly receiver: StageNow | undefined;
  /** What of the streak has been confirmed; `null` for a gift on its own. */
  readonly streak: StreakSoFar | null;
  readonly policy: GiftPolicy;
  /** What the receiver's tier makes of the yield, in hundredths of a percent; 10,000 unless told. */
  readonly yieldBasisPoints?: number | undefined;
  readonly nowMs: number;
}

export interface StreakSoFar {
  /** The absolute count confirmed so far; 0 for a new streak. */
  readonly count: number;
  /** When its last gift was sent; `null` for a new streak. */
  readonly lastAtMs: number | null;
}

/** What a granted request costs and brings. */
export interface GiftDecision {
  readonly gift: CatalogueGift;
  /** How many are sent now. */
  readonly quantity: number;
  readonly coins: bigint;
  /** Diamond units for the creator. */
  readonly diamondUnits: bigint;
}

/** Whether a gift streaks: small ones do. */
export function isStreakable(gift: CatalogueGift, policy: GiftPolicy): boolean {
  return gift.priceCoins <= policy.streakPriceMaxCoins;
}

/** Whether a gift asks for a second look and can be undone before it is sent. */
export function isDear(gift: CatalogueGift, policy: GiftPolicy): boolean {
  return gift.priceCoins >= policy.dearFromCoins;
}

/**
 * What the creator gets for one of this gift, in Diamond units, rounded down once, with the tier of the creator (in
 * hundredths of a percent of the policy's yield). The fraction of a unit that is lost
 * stays with the house. It is taken per gift, so ten taps bring the same whether they were sent as one or as ten.
 */
export function diamondUnitsOf(
  gift: Pick<CatalogueGift, 'priceCoins'>,
  { diamondUnitsPerCoin }: GiftPolicy,
  yieldBasisPoints: number = PLAIN_YIELD,
): bigint {
  if (yieldBasisPoints === PLAIN_YIELD) return convertDown(gift.priceCoins, diamondUnitsPerCoin);
  return convertDown(gift.priceCoins, {
    numerator: diamondUnitsPerCoin.numerator * BigInt(yieldBasisPoints),
    denominator: diamondUnitsPerCoin.denominator * BigInt(PLAIN_YIELD),
  });
}

/** What the policy says, neither more nor less, in hundredths of a percent. */
const PLAIN_YIELD = 10_000;

/**
 * Decides a request, except for what only the ledger knows: whether there are enough Coins.
 * Refusals come in the order of `refusals.ts`.
 */
export function decideGift(facts: GiftFacts): GiftDecision | Refusal {
  const { request, gift, stage, receiver, streak, policy, nowMs } = facts;
  if (gift === undefined) return new Refusal(GIFT_UNKNOWN, { giftId: request.catalogueId }, '/giftId');
  const outside = windowRefusal(gift, nowMs);
  if (outside !== null) return outside;
  const quantity = streak === null ? request.quantity : (request.count ?? 0) - streak.count;
  const tooMany = quantityRefusal(quantity, request, policy);
  if (tooMany !== null) return tooMany;
  if (streak !== null) {
    if (!isStreakable(gift, policy)) {
      const maxCoins = groupDigits(policy.streakPriceMaxCoins);
      return new Refusal(GIFT_NOT_STREAKABLE, { name: gift.name, maxCoins }, '/streakId');
    }
    const expected = streakKey(request);
    if (request.key !== expected) return new Refusal(STREAK_KEY_MISMATCH, { expected });
  }
  if (!stage.live || stage.sessionId === null) return new Refusal(STAGE_NOT_LIVE);
  if (receiver === undefined || !receiver.live || receiver.sessionId === null) {
    return new Refusal(RECEIVER_NOT_HERE, {}, '/to');
  }
  for (const { giftsOn, giftsOffReason } of [stage, receiver]) {
    if (!giftsOn) return new Refusal(GIFTS_OFF, { reason: giftsOffReason ?? 'the creator turned them off.' });
  }
  if (receiver.creatorId === facts.senderId) return new Refusal(OWN_STAGE);
  if (streak !== null && !acceptsMore(streak, policy, nowMs)) {
    return new Refusal(STREAK_CLOSED, { count: streak.count });
  }
  return {
    gift,
    quantity,
    coins: gift.priceCoins * BigInt(quantity),
    diamondUnits: diamondUnitsOf(gift, policy, facts.yieldBasisPoints) * BigInt(quantity),
  };
}

/** The key of a streak request: a client that lost the answer finds it again without having stored one. */
export function streakKey(request: Pick<GiftRequest, 'streakId' | 'count'>): string {
  return `${request.streakId}:${request.count}`;
}

/** A streak takes presses until it is due to close. */
export function acceptsMore(streak: StreakSoFar, policy: GiftPolicy, nowMs: number): boolean {
  return streak.lastAtMs === null || nowMs - streak.lastAtMs <= policy.streakCloseMs;
}

function windowRefusal(gift: CatalogueGift, nowMs: number): Refusal | null {
  const { name, validFromMs, validUntilMs } = gift;
  if (nowMs < validFromMs) {
    return new Refusal(GIFT_NOT_YET, { name, from: new Date(validFromMs).toISOString() }, '/giftId');
  }
  if (validUntilMs !== null && nowMs >= validUntilMs) {
    return new Refusal(GIFT_EXPIRED, { name, until: new Date(validUntilMs).toISOString() }, '/giftId');
  }
  return null;
}

function quantityRefusal(quantity: number, request: GiftRequest, policy: GiftPolicy): Refusal | null {
  const fits = Number.isSafeInteger(quantity) && quantity >= 1 && quantity <= policy.quantityMax;
  if (fits && (request.count ?? 0) <= STREAK_COUNT_MAX) return null;
  const field = request.streakId === null ? '/quantity' : '/count';
  return new Refusal(QUANTITY_OUT_OF_RANGE, { max: policy.quantityMax, quantity }, field);
}
