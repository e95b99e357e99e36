import { convertDown, displayDiamonds, groupDigits, type Ratio } from '../core/money.ts';
import type { HowLine } from '../http/schemas.ts';
import type { Tier } from '../tiers/index.ts';

/** What the money of a gift is divided from. */
export interface GiftMoney {
  readonly coins: bigint;
  readonly quantity: number;
  readonly diamondUnits: bigint;
  /** Cents for one Coin under the gift's policy. */
  readonly centsPerCoin: Ratio;
  /** Cents for one Diamond unit under the gift's rate. */
  readonly centsPerUnit: Ratio;
  /** Diamond units for one Coin under the gift's policy. */
  readonly diamondUnitsPerCoin: Ratio;
  /** What the providers of payments kept of every cent that fans paid so far. */
  readonly feePerCent: Ratio;
}

/**
 * The money of a gift in thousandths of a cent: a Coin costs little more than a cent, so whole cents would tell
 * nothing about a rose. `paid = fee + creator + platform`, exactly: the creator's share and the fee are rounded
 * down, and what that leaves is in the platform's.
 */
export interface GiftShares {
  readonly paid: bigint;
  readonly fee: bigint;
  readonly creator: bigint;
  readonly platform: bigint;
}

const PARTS_PER_CENT = 1_000n;

export function sharesOf(money: GiftMoney): GiftShares {
  const paid = parts(money.coins, money.centsPerCoin);
  const creator = parts(money.diamondUnits, money.centsPerUnit);
  // With a yield as high as the price allows, nothing is left for the fee: the house pays it from elsewhere.
  const fee = convertDown(paid, money.feePerCent);
  return { paid, fee, creator, platform: paid - fee - creator };
}

/** How the numbers of a gift were made, line by line. */
export function howGift(
  money: GiftMoney,
  names: {
    readonly gift: string;
    readonly policyVersion: number;
    readonly rateVersion: number;
    /** The receiver's tier, where it made a difference. */
    readonly tier?: Tier | null;
  },
): HowLine[] {
  const { paid, fee, creator, platform } = sharesOf(money);
  const tier = names.tier ?? null;
  const price = money.coins / BigInt(money.quantity);
  return [
    {
      label: 'Price',
      value: `${groupDigits(money.coins)} ${money.coins === 1n ? 'Coin' : 'Coins'}`,
      note: `${names.gift}: ${groupDigits(price)} × ${groupDigits(BigInt(money.quantity))}`,
    },
    {
      label: 'The fan paid',
      value: displayParts(paid),
      note: `${groupDigits(money.coins)} × ${displayRatio(money.centsPerCoin)}¢ a Coin, policy version ${names.policyVersion}`,
    },
    {
      label: 'Payment provider',
      value: displayParts(fee),
      note: 'The share that providers kept of all purchases so far',
    },
    {
      label: 'Platform',
      value: displayParts(platform),
      note: 'What is left, with every rounding',
    },
    {
      label: 'Creator',
      value: displayParts(creator),
      note: `${displayDiamonds(money.diamondUnits)} Diamonds × ${displayRatio(thousandfold(money.centsPerUnit))}¢, rate version ${names.rateVersion}`,
    },
    {
      label: 'Diamonds',
      value: displayDiamonds(money.diamondUnits),
      note: `${groupDigits(money.coins)} Coins × ${displayRatio(perDiamond(money.diamondUnitsPerCoin))}${
        tier === null ? '' : ` × ${displayRatio(yieldRatio(tier))}`
      }, rounded down per gift to a thousandth`,
    },
    ...(tier === null
      ? []
      : [
          {
            label: 'Tier of the creator',
            value: `${tier.name ?? 'None'}, × ${displayRatio(yieldRatio(tier))}`,
            note: `In force since ${tier.effectiveFrom.toISOString().slice(0, 10)}, from what was before ${tier.day}`,
          },
        ]),
  ];
}

function parts(units: bigint, centsPerUnit: Ratio): bigint {
  return convertDown(units * PARTS_PER_CENT, centsPerUnit);
}

/** Thousandths of a cent as dollars: `1350n` → `$0.0135`; at least two decimals. */
export function displayParts(amount: bigint): string {
  const sign = amount < 0n ? '−' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(6, '0');
  const fraction = digits.slice(-5).replace(/0{1,3}$/, '');
  return `${sign}$${groupDigits(BigInt(digits.slice(0, -5)))}.${fraction}`;
}

/** A ratio as a decimal of at most six places: `135/100` → `1.35`. */
function displayRatio({ numerator, denominator }: Ratio): string {
  const millionths = ((numerator * 1_000_000n) / denominator).toString().padStart(7, '0');
  const fraction = millionths.slice(-6).replace(/0+$/, '');
  return `${groupDigits(BigInt(millionths.slice(0, -6)))}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Per unit → per Diamond. */
function thousandfold({ numerator, denominator }: Ratio): Ratio {
  return { numerator: numerator * 1_000n, denominator };
}

function yieldRatio({ yieldBasisPoints }: Tier): Ratio {
  return { numerator: BigInt(yieldBasisPoints), denominator: 10_000n };
}

/** Units → Diamonds. */
function perDiamond({ numerator, denominator }: Ratio): Ratio {
  return { numerator, denominator: denominator * 1_000n };
}
