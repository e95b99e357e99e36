import { displayDiamonds, displayMicros, groupDigits, type Ratio } from '../core/money.ts';
import type { HowLine } from '../http/schemas.ts';
import type { Tier } from '../tiers/index.ts';
import type { GiftMoney } from './gift-money.ts';

/** What a gift's numbers are made of. */
export interface GiftNumbers {
  readonly coins: bigint;
  readonly quantity: number;
  readonly diamondUnits: bigint;
  /** Cents for one Diamond unit under the gift's rate. */
  readonly centsPerUnit: Ratio;
  /** Diamond units for one Coin under the gift's policy. */
  readonly diamondUnitsPerCoin: Ratio;
  /** Where its money went; `null`: nobody says. */
  readonly money: GiftMoney | null;
}

/** How the numbers of a gift were made, line by line. */
export function howGift(
  numbers: GiftNumbers,
  names: {
    readonly gift: string;
    readonly rateVersion: number;
    /** The receiver's tier, where it made a difference. */
    readonly tier?: Tier | null;
  },
): HowLine[] {
  const { coins, diamondUnits, money } = numbers;
  const tier = names.tier ?? null;
  const price = coins / BigInt(numbers.quantity);
  return [
    {
      label: 'Price',
      value: `${groupDigits(coins)} ${coins === 1n ? 'Coin' : 'Coins'}`,
      note: `${names.gift}: ${groupDigits(price)} × ${groupDigits(BigInt(numbers.quantity))}`,
    },
    ...(money === null ? [] : moneyLines(numbers, money, names.rateVersion)),
    {
      label: 'Diamonds',
      value: displayDiamonds(diamondUnits),
      note: `${groupDigits(coins)} Coins × ${displayRatio(perDiamond(numbers.diamondUnitsPerCoin))}${
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

/** As on the statements of both, to a millionth of a dollar. */
function moneyLines(numbers: GiftNumbers, money: GiftMoney, rateVersion: number): HowLine[] {
  const { paidMicros, feeMicros, platformMicros, creatorMicros } = money;
  return [
    {
      label: 'The fan paid',
      value: displayMicros(paidMicros),
      note:
        paidMicros === 0n
          ? 'Nobody paid for these Coins'
          : 'What just these Coins had cost: those bought first are spent first',
    },
    {
      label: 'Payment provider',
      value: displayMicros(feeMicros),
      note: 'What was kept of the payments for these Coins',
    },
    {
      label: 'Platform',
      value: displayMicros(platformMicros),
      note: `What is left, with every rounding${platformMicros < 0n ? '; what is missing the house adds' : ''}`,
    },
    {
      label: 'Creator',
      value: displayMicros(creatorMicros),
      note: `${displayDiamonds(numbers.diamondUnits)} Diamonds × ${displayRatio(thousandfold(numbers.centsPerUnit))}¢, rate version ${rateVersion}`,
    },
  ];
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
