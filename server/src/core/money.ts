/**
 * Money is a whole number of the smallest unit of one asset, held in a `bigint`. Never a float.
 *
 * - COIN: 1 unit = 1 Coin.
 * - DIAMOND: 1,000 units = 1 Diamond, so that a split of one Diamond is exact to a thousandth.
 * - USD: 1 unit = 1 cent.
 */
export type Asset = 'COIN' | 'DIAMOND' | 'USD';

/** A whole number of units of one asset. */
export interface Amount {
  readonly asset: Asset;
  readonly units: bigint;
}

/** A rate as a ratio of whole numbers: `numerator` units of the target for `denominator` units of the source. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const UNITS_PER_DIAMOND = 1_000n;

/** The largest amount the ledger can hold in one account (a signed 64-bit integer). */
export const UNITS_MAX = 9_223_372_036_854_775_807n;

/** `units × ratio`, rounded down (toward zero). Amounts are never negative here. */
export function convertDown(units: bigint, ratio: Ratio): bigint {
  assertConvertible(units, ratio);
  return (units * ratio.numerator) / ratio.denominator;
}

/** `units × ratio`, rounded up. Used for prices: the payer pays the last fraction of a cent. */
export function convertUp(units: bigint, ratio: Ratio): bigint {
  assertConvertible(units, ratio);
  return (units * ratio.numerator + ratio.denominator - 1n) / ratio.denominator;
}

function assertConvertible(units: bigint, ratio: Ratio): void {
  if (units < 0n) throw new RangeError(`cannot convert a negative amount: ${units}`);
  if (ratio.numerator < 0n || ratio.denominator <= 0n) {
    throw new RangeError(`not a ratio: ${ratio.numerator}/${ratio.denominator}`);
  }
}

/**
 * Splits `total` by weight so that the parts sum exactly to `total` (largest remainder).
 * Each part is the rounded-down share; the units left over go, one each, to the largest remainders,
 * and between equal remainders to the earlier party.
 */
export function split(total: bigint, weights: readonly bigint[]): bigint[] {
  if (total < 0n) throw new RangeError(`cannot split a negative amount: ${total}`);
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (weights.some((w) => w < 0n) || sum <= 0n) throw new RangeError('weights must be positive in sum');
  const shares = weights.map((weight, index) => ({
    index,
    part: (total * weight) / sum,
    remainder: (total * weight) % sum,
  }));
  let left = total - shares.reduce((a, s) => a + s.part, 0n);
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const share of byRemainder) {
    if (left === 0n) break;
    share.part += 1n;
    left -= 1n;
  }
  return shares.map((s) => s.part);
}

/** `2480` → `"2,480"`; `-3` → `"−3"` (U+2212). */
export function groupDigits(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return units < 0n ? `−${digits}` : digits;
}

/** What a person reads: `2,480 Coins`, `2.5 Diamonds`, `$2.96`. */
export function displayAmount({ asset, units }: Amount): string {
  switch (asset) {
    case 'COIN':
      return `${groupDigits(units)} ${units === 1n || units === -1n ? 'Coin' : 'Coins'}`;
    case 'DIAMOND':
      return `${displayDiamonds(units)} ${units === 1000n || units === -1000n ? 'Diamond' : 'Diamonds'}`;
    case 'USD':
      return displayUsd(units);
  }
}

/** Diamonds without the word: `2500n` units → `"2.5"`. Trailing zeros of the fraction are dropped. */
export function displayDiamonds(units: bigint): string {
  const sign = units < 0n ? '−' : '';
  const abs = units < 0n ? -units : units;
  const fraction = (abs % UNITS_PER_DIAMOND).toString().padStart(3, '0').replace(/0+$/, '');
  return `${sign}${groupDigits(abs / UNITS_PER_DIAMOND)}${fraction ? `.${fraction}` : ''}`;
}

/** Cents as dollars: `296n` → `"$2.96"`. */
export function displayUsd(cents: bigint): string {
  const sign = cents < 0n ? '−' : '';
  const abs = cents < 0n ? -cents : cents;
  return `${sign}$${groupDigits(abs / 100n)}.${(abs % 100n).toString().padStart(2, '0')}`;
}

/** Millionths of a dollar as a person reads them: at least two decimals, at most six, `$0.0135`, `−$1.20`. */
export function displayMicros(micros: bigint): string {
  const abs = micros < 0n ? -micros : micros;
  const fraction = (abs % 1_000_000n)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${micros < 0n ? '−' : ''}$${groupDigits(abs / 1_000_000n)}.${fraction}`;
}

/** An amount as the API writes it: digits in minor units with the asset, and a sentence beside them. */
export interface AmountJson {
  readonly asset: Asset;
  readonly units: string;
  readonly display: string;
}

export function amountJson(asset: Asset, units: bigint): AmountJson {
  return { asset, units: units.toString(), display: displayAmount({ asset, units }) };
}

/** Currencies without a smaller unit, and those of thousandths; all others that banks move have hundredths (ISO 4217). */
const WHOLE_CURRENCIES = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '),
);
const THOUSANDTH_CURRENCIES = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

/** Decimals of a currency's smallest unit: 2 for EUR, 0 for JPY, 3 for KWD. */
export function currencyDecimals(currency: string): 0 | 2 | 3 {
  if (WHOLE_CURRENCIES.has(currency)) return 0;
  return THOUSANDTH_CURRENCIES.has(currency) ? 3 : 2;
}

/** The same ratio in lowest terms. */
export function lowestTerms({ numerator, denominator }: Ratio): Ratio {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n
    ? { numerator: 0n, denominator: 1n }
    : { numerator: numerator / a, denominator: denominator / a };
}
