import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import type { House } from '../house.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { currentRate, rateOf, refreshRates } from './current-rate.ts';
import { type FormulaHoldings, formulaHoldings, settledDaysOf } from './formula-holdings.ts';
import { type FormulaInputs, keptRatio, type Rate, recompute, sameRatio } from './rules.ts';
import { formulaRan, insertFormulaDay, insertRate, lockRates, rateInForce } from './store.ts';

/** The day is closed when no commit of before midnight can be on its way any more. */
const CLOSED_AFTER_MS = 2 * MINUTE_MS;

/**
 * Runs the formula for today (UTC), once, however many processes ask and how often: keeps its inputs and result, and when
 * it moves the rate, tells the next version, which starts at the midnight after the days of notice. A day on which nobody
 * ran it is left out, because a rate may not be told after the fact. Answers whether it ran now.
 */
export async function makeFormulaRate({ db, clock }: Pick<House, 'db' | 'clock'>): Promise<boolean> {
  const nowMs = clock.now();
  const midnightMs = Math.floor((nowMs - CLOSED_AFTER_MS) / DAY_MS) * DAY_MS;
  const policy = await currentPolicy(db, nowMs);
  if (!policy.rates.formula.isOn) return false;
  const day = new Date(midnightMs).toISOString().slice(0, 10);
  if (await formulaRan(db, day)) return false;
  // The first version is the policy's own.
  await currentRate(db, nowMs);
  const holdings = await formulaHoldings(db, midnightMs, policy);
  const ran = await db.transaction(async (tx) => {
    await lockRates(tx);
    if (await formulaRan(tx, day)) return false;
    const start = new Date(midnightMs + (policy.rates.formula.noticeDays + 1) * DAY_MS);
    const before = await rateInForce(tx, start);
    if (before === null) return false;
    const previous = rateOf(before);
    const inputs = inputsOf(policy, { day, previous, holdings });
    const rate = recompute(inputs);
    const { numerator, denominator } = previous.centsPerUnit;
    const isHigher = rate.numerator * denominator > numerator * rate.denominator;
    const version = sameRatio(rate, previous.centsPerUnit)
      ? null
      : await insertRate(tx, {
          origin: `formula:${day}`,
          centsPerUnit: rate,
          announcedAt: new Date(nowMs),
          effectiveFrom: start,
          inputs,
          reason: reasonOf(isHigher, day),
        });
    await insertFormulaDay(tx, {
      day,
      inputs,
      centsNumerator: rate.numerator,
      unitsDenominator: rate.denominator,
      version,
      computedAt: new Date(nowMs),
    });
    return true;
  });
  if (ran) await refreshRates(db, nowMs);
  return ran;
}

function inputsOf(
  policy: Policy,
  { day, previous, holdings }: { day: string; previous: Rate; holdings: FormulaHoldings },
): FormulaInputs {
  const { formula } = policy.rates;
  return {
    method: 'formula',
    day,
    policyVersion: policy.version,
    windowDays: formula.windowDays,
    settledDays: settledDaysOf(policy),
    bandBasisPoints: formula.bandBasisPoints,
    dayCapBasisPoints: formula.dayCapBasisPoints,
    neutralWithdrawnPercent: formula.neutralWithdrawnPercent,
    coveragePercent: formula.coveragePercent,
    weights: { ...formula.weights },
    base: keptRatio(policy.diamonds.centsPerUnit),
    previousVersion: previous.version,
    previous: keptRatio(previous.centsPerUnit),
    purchasedCents: holdings.purchasedCents.toString(),
    withdrawnUnits: holdings.withdrawnUnits.toString(),
    outstandingUnits: holdings.outstandingUnits.toString(),
    heldCents: holdings.heldCents.toString(),
    // There is no market for Diamonds yet.
    market: null,
  };
}

function reasonOf(isHigher: boolean, day: string): string {
  return `The formula ${isHigher ? 'raised' : 'lowered'} it, from what the ledger held before ${day}.`;
}
