import { convertDown, groupDigits, type Ratio } from '../core/money.ts';

/** The numbers of the policy that the formula uses; hundredths of a percent, percent, and weights. */
export interface FormulaNumbers {
  readonly bandBasisPoints: number;
  readonly dayCapBasisPoints: number;
  readonly neutralWithdrawnPercent: number;
  readonly coveragePercent: number;
  readonly weights: { readonly demand: number; readonly supply: number; readonly market: number };
}

/** What the formula is made from: the numbers of the policy, and what the ledger held before an instant. */
export interface FormulaFacts extends FormulaNumbers {
  /** Cents for one Diamond unit, as the policy says: the middle of the band. */
  readonly base: Ratio;
  /** Cents for one Diamond unit in the version before this one. */
  readonly previous: Ratio;
  /** Cents that were paid over the window, less what was refunded or lost to payers’ banks of it. */
  readonly purchasedCents: bigint;
  /** Diamond units that were withdrawn or exchanged over the window, less those that came back. */
  readonly withdrawnUnits: bigint;
  /** Diamond units that people have, without those bought after the window. */
  readonly outstandingUnits: bigint;
  /** Cents in the house's cash and reserve, without those that fans may still take back. */
  readonly heldCents: bigint;
  /** What a unit costs where it is traded; `null` while it is not. */
  readonly market: Ratio | null;
}

/** One line of the arithmetic, in words and in numbers. */
export interface FormulaStep {
  readonly name: string;
  readonly formula: string;
  readonly value: string;
}

/** A whole number of billionths of a cent for one Diamond unit: the formula's results are counted in these. */
export const SCALE = 1_000_000_000n;
const MILLION = 1_000_000n;
const BASIS = 10_000n;

/** The formula as it is published. A test compares it with what is computed, step by step. */
export const FORMULA_TEXT = [
  'demand = (purchased × neutral − withdrawn × 100) ÷ (purchased × neutral + withdrawn × 100)',
  'supply = (held × 100 − owed × coverage) ÷ (held × 100 + owed × coverage)',
  'market = (market price − base) ÷ base, at most 1 either way; left out while there is no market',
  'pressure = the average of demand, supply and market by their weights',
  'target = base × (1 + band × pressure)',
  'rate = target, within the band around base, at most the daily cap away from the rate before',
].join('\n');

/**
 * The rate that the facts ask for, with every step. Whole numbers only: demand, supply, market and pressure are
 * millionths cut toward zero; the rate is a whole number of `SCALE`ths of a cent per unit, rounded down. The band and the
 * cap are rounded inward, so neither is ever passed. Where the rate before is outside the band (the policy moved it), the
 * cap counts first and the rate comes back day by day. Where they leave no whole number on the way, the rate stays.
 */
export function formulaRate(facts: FormulaFacts): {
  readonly rate: Ratio;
  readonly steps: readonly FormulaStep[];
} {
  const { base, previous, purchasedCents, heldCents, weights } = facts;
  const withdrawnCents = convertDown(facts.withdrawnUnits, base);
  const owedCents = convertDown(facts.outstandingUnits, base);
  const demand = balance(purchasedCents * BigInt(facts.neutralWithdrawnPercent), withdrawnCents * 100n);
  const supply = balance(heldCents * 100n, owedCents * BigInt(facts.coveragePercent));
  const market = facts.market === null ? null : marketPull(facts.market, base);

  const parts = [
    { pull: demand, weight: BigInt(weights.demand) },
    { pull: supply, weight: BigInt(weights.supply) },
    ...(market === null ? [] : [{ pull: market, weight: BigInt(weights.market) }]),
  ];
  const weight = parts.reduce((sum, part) => sum + part.weight, 0n);
  const pressure =
    weight === 0n ? 0n : parts.reduce((sum, part) => sum + part.pull * part.weight, 0n) / weight;

  const band = BigInt(facts.bandBasisPoints);
  const cap = BigInt(facts.dayCapBasisPoints);
  const target =
    (base.numerator * (BASIS * MILLION + band * pressure) * SCALE) / (base.denominator * BASIS * MILLION);
  const low = roundUp(base.numerator * (BASIS - band) * SCALE, base.denominator * BASIS);
  const high = (base.numerator * (BASIS + band) * SCALE) / (base.denominator * BASIS);
  const least = roundUp(previous.numerator * (BASIS - cap) * SCALE, previous.denominator * BASIS);
  const most = (previous.numerator * (BASIS + cap) * SCALE) / (previous.denominator * BASIS);
  const inBand = within(target, low, high);
  const result = within(inBand, least, most);
  // Rounding alone may not move it, least of all away from where it is to go.
  const wanted = inBand * previous.denominator - previous.numerator * SCALE;
  const moved = result * previous.denominator - previous.numerator * SCALE;
  const stays = low > high || least > most || result <= 0n || wanted * moved < 0n;
  const rate = stays ? previous : { numerator: result, denominator: SCALE };

  const steps: FormulaStep[] = [
    {
      name: 'withdrawn',
      formula: `${groupDigits(facts.withdrawnUnits)} units × ${textOf(base)} cents, rounded down`,
      value: `${groupDigits(withdrawnCents)} cents`,
    },
    {
      name: 'owed',
      formula: `${groupDigits(facts.outstandingUnits)} units × ${textOf(base)} cents, rounded down`,
      value: `${groupDigits(owedCents)} cents`,
    },
    {
      name: 'demand',
      formula: balanceText(
        `${groupDigits(purchasedCents)} × ${facts.neutralWithdrawnPercent}`,
        `${groupDigits(withdrawnCents)} × 100`,
      ),
      value: millionths(demand),
    },
    {
      name: 'supply',
      formula: balanceText(
        `${groupDigits(heldCents)} × 100`,
        `${groupDigits(owedCents)} × ${facts.coveragePercent}`,
      ),
      value: millionths(supply),
    },
    {
      name: 'market',
      formula:
        facts.market === null
          ? 'there is no market: left out'
          : `(${textOf(facts.market)} − ${textOf(base)}) ÷ ${textOf(base)}`,
      value: market === null ? 'none' : millionths(market),
    },
    {
      name: 'pressure',
      formula:
        weight === 0n
          ? 'nothing has a weight'
          : `(${millionths(demand)} × ${weights.demand} + ${millionths(supply)} × ${weights.supply}${
              market === null ? '' : ` + ${millionths(market)} × ${weights.market}`
            }) ÷ ${weight}`,
      value: millionths(pressure),
    },
    {
      name: 'target',
      formula: `${textOf(base)} × (1 + ${facts.bandBasisPoints}/10,000 × ${millionths(pressure)})`,
      value: groupDigits(target),
    },
    {
      name: 'band',
      formula: `${textOf(base)} ± ${facts.bandBasisPoints}/10,000: ${groupDigits(low)} to ${groupDigits(high)}`,
      value: groupDigits(inBand),
    },
    {
      name: 'daily cap',
      formula: `${textOf(previous)} ± ${facts.dayCapBasisPoints}/10,000: ${groupDigits(least)} to ${groupDigits(most)}`,
      value: groupDigits(result),
    },
    {
      name: 'rate',
      formula: stays
        ? 'no whole number lies on the way: the rate stays'
        : `${groupDigits(result)} ÷ ${groupDigits(SCALE)}`,
      value: `${textOf(rate)} cents for a unit`,
    },
  ];
  return { rate, steps };
}

/** (one − other) ÷ (one + other) in millionths, cut toward zero; 0 when both are nothing. */
function balance(one: bigint, other: bigint): bigint {
  return one + other === 0n ? 0n : ((one - other) * MILLION) / (one + other);
}

function balanceText(one: string, other: string): string {
  return `(${one} − ${other}) ÷ (${one} + ${other})`;
}

function marketPull(market: Ratio, base: Ratio): bigint {
  const one = market.numerator * base.denominator;
  const other = base.numerator * market.denominator;
  return within(((one - other) * MILLION) / other, -MILLION, MILLION);
}

function roundUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

function within(value: bigint, least: bigint, most: bigint): bigint {
  const raised = value < least ? least : value;
  return raised > most ? most : raised;
}

function textOf({ numerator, denominator }: Ratio): string {
  return `${groupDigits(numerator)}/${groupDigits(denominator)}`;
}

/** `-333333n` → `−0.333333`. */
function millionths(value: bigint): string {
  const abs = value < 0n ? -value : value;
  return `${value < 0n ? '−' : ''}${abs / MILLION}.${(abs % MILLION).toString().padStart(6, '0')}`;
}
