import { convertDown, displayUsd, groupDigits, type Ratio, UNITS_PER_DIAMOND } from '../core/money.ts';
import type { HowLine } from '../http/schemas.ts';
import type { Policy } from '../policy/index.ts';
import { type FormulaFacts, type FormulaNumbers, type FormulaStep, formulaRate } from './formula.ts';

/** A ratio as it is kept: digits, because a JSON number would be a float. */
export interface KeptRatio {
  readonly numerator: string;
  readonly denominator: string;
}

/** The rate that the policy itself says. */
export interface PolicyInputs {
  readonly method: 'policy';
  readonly policyVersion: number;
  readonly preset: string;
  /** The policy's own ratio, as whole numbers. */
  readonly centsPerUnit: KeptRatio;
}

/** The rate that the formula came to on one day. */
export interface FormulaInputs extends FormulaNumbers {
  readonly method: 'formula';
  /** `YYYY-MM-DD`, UTC: the inputs are of before it began. */
  readonly day: string;
  readonly policyVersion: number;
  readonly windowDays: number;
  /** So many days before `day` the window ended; versions of before this counted have none: theirs ended at `day`. */
  readonly settledDays?: number;
  readonly base: KeptRatio;
  readonly previousVersion: number;
  readonly previous: KeptRatio;
  readonly purchasedCents: string;
  readonly withdrawnUnits: string;
  readonly outstandingUnits: string;
  readonly heldCents: string;
  readonly market: KeptRatio | null;
}

/** The rate that one operator drafted and another approved. */
export interface ManualInputs {
  readonly method: 'manual';
  readonly draftId: string;
  readonly centsPerUnit: KeptRatio;
}

/** Everything a version was made from; whoever has it can make the number again. */
export type RateInputs = PolicyInputs | FormulaInputs | ManualInputs;

/** What a Diamond is worth in money, in one version. */
export interface Rate {
  readonly version: number;
  /** Cents for one Diamond unit (a thousandth of a Diamond). */
  readonly centsPerUnit: Ratio;
  /** When it was told. */
  readonly announcedAt: Date;
  readonly effectiveFrom: Date;
  readonly inputs: RateInputs;
  readonly reason: string;
}

/** A version that is about to be written: all but its number. */
export type NewRate = Omit<Rate, 'version'> & {
  /** What makes it; the same twice makes one. */
  readonly origin: string;
};

/** The Diamonds by which a rate is told: 1,000 Diamonds, so that the price is a round number of cents. */
export const SHOWN_DIAMONDS = 1_000n;

/** Diamond units → cents, rounded down: nobody is shown a cent that they would not get. */
export function diamondsToCents(rate: Pick<Rate, 'centsPerUnit'>, units: bigint): bigint {
  return convertDown(units, rate.centsPerUnit);
}

/** Cents for `SHOWN_DIAMONDS`. */
export function shownCents(rate: Pick<Rate, 'centsPerUnit'>): bigint {
  return diamondsToCents(rate, SHOWN_DIAMONDS * UNITS_PER_DIAMOND);
}

/** The version in force at an instant, of versions in the order of their starts; `undefined` before the first. */
export function inForce<Version extends { readonly effectiveFrom: Date }>(
  versions: readonly Version[],
  atMs: number,
): Version | undefined {
  for (let index = versions.length - 1; index >= 0; index -= 1) {
    const version = versions[index];
    if (version !== undefined && version.effectiveFrom.getTime() <= atMs) return version;
  }
  return undefined;
}

/**
 * Whether a policy says itself what a Diamond is worth: the first one does; a later one where the formula is off, and it
 * was on before or the number is another. One that changes other numbers leaves a rate that operators set alone.
 */
export function setsRate(policy: Policy, before: Policy | undefined): boolean {
  if (before === undefined) return true;
  if (policy.rates.formula.isOn) return false;
  return before.rates.formula.isOn || !sameRatio(before.diamonds.centsPerUnit, policy.diamonds.centsPerUnit);
}

/** The version that a policy asks for, from `effectiveFrom` on. */
export function rateOfPolicy(
  policy: Policy,
  { isFirst, announcedAt, effectiveFrom }: { isFirst: boolean; announcedAt: Date; effectiveFrom: Date },
): NewRate {
  return {
    origin: `policy:${policy.version}`,
    centsPerUnit: policy.diamonds.centsPerUnit,
    announcedAt,
    effectiveFrom,
    inputs: {
      method: 'policy',
      policyVersion: policy.version,
      preset: policy.preset,
      centsPerUnit: keptRatio(policy.diamonds.centsPerUnit),
    },
    reason: isFirst
      ? `The first rate, set by policy version ${policy.version} (${policy.preset}).`
      : `Policy version ${policy.version} (${policy.preset}) changed it.`,
  };
}

/** Makes the number again from a version's inputs. Equal to the version's own ratio, or the version is wrong. */
export function recompute(inputs: RateInputs): Ratio {
  return inputs.method === 'formula' ? formulaRate(factsOf(inputs)).rate : ratioOf(inputs.centsPerUnit);
}

/** The arithmetic of a version, line by line. */
export function stepsOf(inputs: RateInputs): readonly FormulaStep[] {
  if (inputs.method === 'formula') return formulaRate(factsOf(inputs)).steps;
  const { numerator, denominator } = inputs.centsPerUnit;
  return [
    {
      name: 'rate',
      formula:
        inputs.method === 'policy'
          ? `as policy version ${inputs.policyVersion} says`
          : 'as one operator drafted it and another approved',
      value: `${numerator}/${denominator} cents for a unit`,
    },
  ];
}

/** The inputs as they are kept, back as numbers. */
function factsOf(inputs: FormulaInputs): FormulaFacts {
  return {
    bandBasisPoints: inputs.bandBasisPoints,
    dayCapBasisPoints: inputs.dayCapBasisPoints,
    neutralWithdrawnPercent: inputs.neutralWithdrawnPercent,
    coveragePercent: inputs.coveragePercent,
    weights: inputs.weights,
    base: ratioOf(inputs.base),
    previous: ratioOf(inputs.previous),
    purchasedCents: BigInt(inputs.purchasedCents),
    withdrawnUnits: BigInt(inputs.withdrawnUnits),
    outstandingUnits: BigInt(inputs.outstandingUnits),
    heldCents: BigInt(inputs.heldCents),
    market: inputs.market === null ? null : ratioOf(inputs.market),
  };
}

export function keptRatio({ numerator, denominator }: Ratio): KeptRatio {
  return { numerator: numerator.toString(), denominator: denominator.toString() };
}

function ratioOf({ numerator, denominator }: KeptRatio): Ratio {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

export function sameRatio(a: Ratio, b: Ratio): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

/** How the number was made, line by line. */
export function rateHow(rate: Rate): HowLine[] {
  const { numerator, denominator } = rate.centsPerUnit;
  return [
    setBy(rate),
    {
      label: '1 Diamond',
      value: '1,000 units',
      note: 'The ledger counts thousandths, so that a split is exact',
    },
    {
      label: '1,000 Diamonds',
      value: displayUsd(shownCents(rate)),
      note: `1,000,000 units × ${groupDigits(numerator)}/${groupDigits(denominator)} cents, rounded down to a cent`,
    },
  ];
}

function setBy({ inputs, version }: Rate): HowLine {
  switch (inputs.method) {
    case 'policy':
      return {
        label: 'Set by',
        value: `Policy version ${inputs.policyVersion}`,
        note: `Preset ${inputs.preset}`,
      };
    case 'formula':
      return {
        label: 'Set by',
        value: 'The published formula',
        note: `From what the ledger held before ${inputs.day}, under policy version ${inputs.policyVersion}`,
      };
    case 'manual':
      return {
        label: 'Set by',
        value: 'Two operators',
        note: `One drafted version ${version}, another approved it`,
      };
  }
}
