import { convertDown, displayUsd, type Ratio, UNITS_PER_DIAMOND } from '../core/money.ts';
import type { HowLine } from '../http/schemas.ts';
import type { Policy } from '../policy/index.ts';

/** Everything a version was made from; whoever has it can make the number again. */
export interface RateInputs {
  readonly method: 'policy';
  readonly policyVersion: number;
  readonly preset: string;
  /** The policy's own ratio, as whole numbers. */
  readonly centsPerUnit: { readonly numerator: string; readonly denominator: string };
}

/** What a Diamond is worth in money, in one version. */
export interface Rate {
  readonly version: number;
  /** Cents for one Diamond unit (a thousandth of a Diamond). */
  readonly centsPerUnit: Ratio;
  readonly effectiveFrom: Date;
  readonly inputs: RateInputs;
  readonly reason: string;
}

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

/**
 * The version that the policy in force asks for after `newest`, or `null` when the newest already says the same.
 * The first one counts from now, every other from when its policy does.
 */
export function rateAfter(newest: Rate | null, policy: Policy, nowMs: number): Rate | null {
  const { numerator, denominator } = policy.diamonds.centsPerUnit;
  if (newest !== null && sameRatio(newest.centsPerUnit, policy.diamonds.centsPerUnit)) return null;
  return {
    version: (newest?.version ?? 0) + 1,
    centsPerUnit: { numerator, denominator },
    effectiveFrom: newest === null ? new Date(nowMs) : policy.effectiveFrom,
    inputs: {
      method: 'policy',
      policyVersion: policy.version,
      preset: policy.preset,
      centsPerUnit: { numerator: numerator.toString(), denominator: denominator.toString() },
    },
    reason:
      newest === null
        ? `The first rate, set by policy version ${policy.version} (${policy.preset}).`
        : `Policy version ${policy.version} (${policy.preset}) changed it.`,
  };
}

/** Makes the number again from a version's inputs. Equal to the version's own ratio, or the version is wrong. */
export function recompute(inputs: RateInputs): Ratio {
  return {
    numerator: BigInt(inputs.centsPerUnit.numerator),
    denominator: BigInt(inputs.centsPerUnit.denominator),
  };
}

export function sameRatio(a: Ratio, b: Ratio): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

/** How the number was made, line by line. */
export function rateHow(rate: Rate): HowLine[] {
  const { numerator, denominator } = recompute(rate.inputs);
  return [
    {
      label: 'Set by',
      value: `Policy version ${rate.inputs.policyVersion}`,
      note: `Preset ${rate.inputs.preset}`,
    },
    {
      label: '1 Diamond',
      value: '1,000 units',
      note: 'The ledger counts thousandths, so that a split is exact',
    },
    {
      label: '1,000 Diamonds',
      value: displayUsd(shownCents(rate)),
      note: `1,000,000 units × ${numerator}/${denominator} cents, rounded down to a cent`,
    },
  ];
}
