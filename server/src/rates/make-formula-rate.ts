import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { accountId, balanceAt } from '../ledger/index.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { currentRate, rateOf, refreshRates } from './current-rate.ts';
import { type FormulaInputs, keptRatio, type Rate, recompute, sameRatio } from './rules.ts';
import { formulaRan, insertFormulaDay, insertRate, lockRates, rateInForce } from './store.ts';

/** The day is closed when no commit of before midnight can be on its way any more. */
const CLOSED_AFTER_MS = 2 * MINUTE_MS;
const NS_PER_MS = 1_000_000n;

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
  const holdings = await holdingsOf(db, midnightMs, policy.rates.formula.windowDays);
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

/** What the ledger held before a midnight, and moved in the days before it. */
interface Holdings {
  readonly purchasedCents: bigint;
  readonly withdrawnUnits: bigint;
  readonly outstandingUnits: bigint;
  readonly heldCents: bigint;
}

/** Reads the ledger as it was; the same instant always gives the same. */
async function holdingsOf(db: Queryable, midnightMs: number, windowDays: number): Promise<Holdings> {
  const end = BigInt(midnightMs) * NS_PER_MS - 1n;
  const begin = BigInt(midnightMs - windowDays * DAY_MS) * NS_PER_MS - 1n;
  const cash = accountId('platform', 'cash', 'USD');
  const redeemed = accountId('platform', 'diamonds_redeemed', 'DIAMOND');
  const [cashBefore, cashNow, redeemedBefore, redeemedNow, reserve, ...diamonds] = await Promise.all([
    balanceAt(db, cash, begin),
    balanceAt(db, cash, end),
    balanceAt(db, redeemed, begin),
    balanceAt(db, redeemed, end),
    balanceAt(db, accountId('platform', 'reserve', 'USD'), end),
    ...houseDiamonds().map((account) => balanceAt(db, account, end)),
  ]);
  const withdrawn =
    redeemedNow.creditsPosted -
    redeemedNow.debitsPosted -
    (redeemedBefore.creditsPosted - redeemedBefore.debitsPosted);
  // Credits equal debits over all accounts, so what the house's accounts are short of is what people have.
  const outstanding = [redeemedNow, ...diamonds].reduce(
    (sum, account) => sum + account.debitsPosted - account.creditsPosted,
    0n,
  );
  return {
    purchasedCents: cashNow.creditsPosted - cashBefore.creditsPosted,
    withdrawnUnits: withdrawn > 0n ? withdrawn : 0n,
    outstandingUnits: outstanding > 0n ? outstanding : 0n,
    heldCents: cashNow.creditsPosted - cashNow.debitsPosted + reserve.creditsPosted - reserve.debitsPosted,
  };
}

/** The house's own accounts in Diamonds, besides what was redeemed. */
function houseDiamonds(): Uuid[] {
  return (['diamonds_issued', 'diamond_revenue', 'reserve', 'fund_diamonds'] as const).map((purpose) =>
    accountId('platform', purpose, 'DIAMOND'),
  );
}

function inputsOf(
  policy: Policy,
  { day, previous, holdings }: { day: string; previous: Rate; holdings: Holdings },
): FormulaInputs {
  const { formula } = policy.rates;
  return {
    method: 'formula',
    day,
    policyVersion: policy.version,
    windowDays: formula.windowDays,
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
