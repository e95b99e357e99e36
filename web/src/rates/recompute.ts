import type { RatioJson } from '../api/policy.ts';
import type { FormulaInputs, RateInputs, RateStep } from '../api/rates.ts';
import { groupDigits } from '../ui/amounts.ts';

/** A rate worked out here, from nothing but its inputs. */
export interface Recomputed {
  readonly rate: RatioJson;
  readonly steps: readonly RateStep[];
}

/**
 * The published formula, written a second time: what the server says is checked with it in the browser of whoever asks.
 * Whole numbers only; demand, supply, market and pressure are millionths, cut toward zero; rates are billionths of a cent
 * for a thousandth of a Diamond. The same cases check both.
 */
export function recomputeRate(inputs: RateInputs): Recomputed {
  if (inputs.method === 'formula') return byFormula(inputs);
  const { numerator, denominator } = inputs.centsPerUnit;
  return {
    rate: inputs.centsPerUnit,
    steps: [
      {
        name: 'rate',
        formula:
          inputs.method === 'policy'
            ? `as policy version ${inputs.policyVersion} says`
            : 'as one operator drafted it and another approved',
        value: `${numerator}/${denominator} cents for a unit`,
      },
    ],
  };
}

/** Whether two ratios are the same number. */
export function sameRatio(one: RatioJson, other: RatioJson): boolean {
  return (
    BigInt(one.numerator) * BigInt(other.denominator) === BigInt(other.numerator) * BigInt(one.denominator)
  );
}

const BILLION = 1_000_000_000n;
const MILLION = 1_000_000n;

function byFormula(inputs: FormulaInputs): Recomputed {
  const base = big(inputs.base);
  const before = big(inputs.previous);
  const [bought, held] = [BigInt(inputs.purchasedCents), BigInt(inputs.heldCents)];
  const [neutral, coverage] = [inputs.neutralWithdrawnPercent, inputs.coveragePercent];
  const [band, cap] = [inputs.bandBasisPoints, inputs.dayCapBasisPoints];
  const steps: RateStep[] = [];
  const say = (name: string, formula: string, value: string) => steps.push({ name, formula, value });

  const withdrawn = (BigInt(inputs.withdrawnUnits) * base.n) / base.d;
  say(
    'withdrawn',
    `${many(inputs.withdrawnUnits)} units × ${text(base)} cents, rounded down`,
    cents(withdrawn),
  );
  const owed = (BigInt(inputs.outstandingUnits) * base.n) / base.d;
  say('owed', `${many(inputs.outstandingUnits)} units × ${text(base)} cents, rounded down`, cents(owed));

  const weigh = (name: string, one: bigint, by: number, other: bigint, otherBy: number): bigint => {
    const [left, right] = [one * BigInt(by), other * BigInt(otherBy)];
    const pull = left + right === 0n ? 0n : ((left - right) * MILLION) / (left + right);
    const [first, second] = [`${many(one)} × ${by}`, `${many(other)} × ${otherBy}`];
    say(name, `(${first} − ${second}) ÷ (${first} + ${second})`, decimal(pull));
    return pull;
  };
  const demand = weigh('demand', bought, neutral, withdrawn, 100);
  const supply = weigh('supply', held, 100, owed, coverage);

  let market: bigint | null = null;
  if (inputs.market === null) {
    say('market', 'there is no market: left out', 'none');
  } else {
    const traded = big(inputs.market);
    const off = ((traded.n * base.d - base.n * traded.d) * MILLION) / (base.n * traded.d);
    market = off > MILLION ? MILLION : off < -MILLION ? -MILLION : off;
    say('market', `(${text(traded)} − ${text(base)}) ÷ ${text(base)}`, decimal(market));
  }

  const { weights } = inputs;
  const weight = weights.demand + weights.supply + (market === null ? 0 : weights.market);
  const sum =
    demand * BigInt(weights.demand) +
    supply * BigInt(weights.supply) +
    (market ?? 0n) * BigInt(weights.market);
  const pressure = weight === 0 ? 0n : sum / BigInt(weight);
  const marketPart = market === null ? '' : ` + ${decimal(market)} × ${weights.market}`;
  say(
    'pressure',
    weight === 0
      ? 'nothing has a weight'
      : `(${decimal(demand)} × ${weights.demand} + ${decimal(supply)} × ${weights.supply}${marketPart}) ÷ ${weight}`,
    decimal(pressure),
  );

  const target =
    (base.n * (10_000n * MILLION + BigInt(band) * pressure) * BILLION) / (base.d * 10_000n * MILLION);
  say('target', `${text(base)} × (1 + ${band}/10,000 × ${decimal(pressure)})`, groupDigits(target));
  const [low, high] = around(base, band);
  const inBand = between(target, low, high);
  say(
    'band',
    `${text(base)} ± ${band}/10,000: ${groupDigits(low)} to ${groupDigits(high)}`,
    groupDigits(inBand),
  );
  const [least, most] = around(before, cap);
  const result = between(inBand, least, most);
  say(
    'daily cap',
    `${text(before)} ± ${cap}/10,000: ${groupDigits(least)} to ${groupDigits(most)}`,
    groupDigits(result),
  );

  const away = (inBand * before.d - before.n * BILLION) * (result * before.d - before.n * BILLION) < 0n;
  const stays = low > high || least > most || result <= 0n || away;
  const rate = stays ? before : { n: result, d: BILLION };
  say(
    'rate',
    stays
      ? 'no whole number lies on the way: the rate stays'
      : `${groupDigits(result)} ÷ ${groupDigits(BILLION)}`,
    `${text(rate)} cents for a unit`,
  );
  return { rate: { numerator: rate.n.toString(), denominator: rate.d.toString() }, steps };
}

interface Big {
  readonly n: bigint;
  readonly d: bigint;
}

function big({ numerator, denominator }: RatioJson): Big {
  return { n: BigInt(numerator), d: BigInt(denominator) };
}

/** The billionths within so many ten-thousandths of a ratio, rounded inward. */
function around({ n, d }: Big, basisPoints: number): [bigint, bigint] {
  const points = BigInt(basisPoints);
  const under = n * (10_000n - points) * BILLION;
  const whole = d * 10_000n;
  return [(under + whole - 1n) / whole, (n * (10_000n + points) * BILLION) / whole];
}

function between(value: bigint, least: bigint, most: bigint): bigint {
  const raised = value < least ? least : value;
  return raised > most ? most : raised;
}

function text({ n, d }: Big): string {
  return `${groupDigits(n)}/${groupDigits(d)}`;
}

function many(value: string | bigint): string {
  return groupDigits(BigInt(value));
}

function cents(value: bigint): string {
  return `${groupDigits(value)} cents`;
}

function decimal(value: bigint): string {
  const abs = value < 0n ? -value : value;
  return `${value < 0n ? '−' : ''}${abs / MILLION}.${(abs % MILLION).toString().padStart(6, '0')}`;
}
