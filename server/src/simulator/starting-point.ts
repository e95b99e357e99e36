import { smaller } from '../core/bigints.ts';
import { DAY_MS } from '../core/clock.ts';
import { convertDown, convertUp, type Ratio } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import { readCatalogue } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { accountId, balanceAt } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { paidWithin } from '../purchases/index.ts';
import { holdingsBefore } from '../rates/index.ts';
import { creatorsByYield } from '../tiers/index.ts';
import type { StartingPoint } from './inputs.ts';
import { SIMULATION_WITHOUT_SALES } from './refusals.ts';

/** What a run begins with is counted over so many days. */
const WINDOW_DAYS = 30;
const NS_PER_MS = 1_000_000n;

/** The house as it is now: what it holds and owes, and what moved in thirty days. Refuses with `simulation_without_sales`. */
export async function startFromSite({ db, clock }: House): Promise<StartingPoint> {
  const nowMs = clock.now();
  const at = new Date(nowMs);
  const instant = BigInt(nowMs) * NS_PER_MS - 1n;
  const [held, paid, prices, tiers, reserve, ...coinAccounts] = await Promise.all([
    holdingsBefore(db, nowMs, WINDOW_DAYS),
    paidWithin(db, new Date(nowMs - WINDOW_DAYS * DAY_MS), at),
    giftPrices(db, nowMs),
    creatorsByYield(db, at),
    balanceAt(db, accountId('platform', 'reserve', 'USD'), instant),
    ...(['coins_issued', 'coins_spent', 'reserve'] as const).map((purpose) =>
      balanceAt(db, accountId('platform', purpose, 'COIN'), instant),
    ),
  ]);
  if (held.purchasedCents === 0n) throw new Refusal(SIMULATION_WITHOUT_SALES);
  // What the house's accounts are short of is what people have.
  const coins = coinAccounts.reduce(
    (sum, { creditsPosted, debitsPosted }) => sum + debitsPosted - creditsPosted,
    0n,
  );
  return {
    from: 'site',
    at: at.toISOString(),
    heldCents: atLeastNone(held.heldCents).toString(),
    reserveCents: smaller(
      atLeastNone(held.heldCents),
      atLeastNone(reserve.creditsPosted - reserve.debitsPosted),
    ).toString(),
    outstandingUnits: held.outstandingUnits.toString(),
    coins: atLeastNone(coins).toString(),
    purchasedCents: held.purchasedCents.toString(),
    withdrawnUnits: held.withdrawnUnits.toString(),
    earnedUnits: held.earnedUnits.toString(),
    feeBasisPoints: paid.paidCents === 0n ? 0 : Number((paid.feeCents * 10_000n) / paid.paidCents),
    giftPrices: prices,
    tiers,
  };
}

/** What an invented viewer spends in a month. */
export const EXAMPLE_CENTS_EACH = 800n;
/** What providers keep in an invented town, in hundredths of a percent. */
const EXAMPLE_FEE = 400;

/**
 * A town that nobody lives in: each viewer buys for $8 a month, fans have three days' Coins, creators a month's Diamonds, and
 * the house holds one and a half times what those are worth.
 */
export async function startFromExample(
  { db, clock }: House,
  { policy, rate, viewers }: { readonly policy: Policy; readonly rate: Ratio; readonly viewers: number },
): Promise<StartingPoint> {
  const nowMs = clock.now();
  const purchasedCents = EXAMPLE_CENTS_EACH * BigInt(viewers);
  const { numerator, denominator } = policy.coins.centsPerCoin;
  const coinsOfMonth = convertDown(purchasedCents, { numerator: denominator, denominator: numerator });
  const earnedUnits = convertDown(coinsOfMonth, policy.gifts.diamondUnitsPerCoin);
  return {
    from: 'example',
    at: new Date(nowMs).toISOString(),
    heldCents: ((convertUp(earnedUnits, rate) * 3n) / 2n).toString(),
    reserveCents: '0',
    outstandingUnits: earnedUnits.toString(),
    coins: (coinsOfMonth / 10n).toString(),
    purchasedCents: purchasedCents.toString(),
    withdrawnUnits: '0',
    earnedUnits: earnedUnits.toString(),
    feeBasisPoints: EXAMPLE_FEE,
    giftPrices: await giftPrices(db, nowMs),
    tiers: [],
  };
}

/** What the gifts on the tray cost, each price once, rising. */
async function giftPrices(db: House['db'], nowMs: number): Promise<string[]> {
  const { gifts } = await readCatalogue(db);
  const offered = gifts.filter(
    ({ validFromMs, validUntilMs }) =>
      validFromMs <= nowMs && (validUntilMs === null || nowMs < validUntilMs),
  );
  return [...new Set(offered.map(({ priceCoins }) => priceCoins))]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((price) => price.toString());
}

function atLeastNone(units: bigint): bigint {
  return units > 0n ? units : 0n;
}
