import { defineApprovalKind } from '../approvals/index.ts';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { goRounds } from '../core/rounds.ts';
import type { Slice } from '../house.ts';
import { currentRate, refreshRates } from './current-rate.ts';
import { decideDraft, RATE_DRAFT } from './drafts/draft-rate.ts';
import { draftRoutes } from './drafts/routes.ts';
import { startFiat } from './fiat/jobs.ts';
import { fiatRoutes } from './fiat/routes.ts';
import { makeFormulaRate } from './make-formula-rate.ts';
import { rateRoutes } from './routes.ts';

export { currentRate, rateAt, rateNow } from './current-rate.ts';
export { coverage, draftRefusal, earliestStart, ratioOfDollars } from './drafts/rules.ts';
export { draftById } from './drafts/store.ts';
export { fiatRateAt } from './fiat/fiat-rate.ts';
export { ageInDays, type FiatRate } from './fiat/rules.ts';
export { formulaRate } from './formula.ts';
export { refundableCents, settledDaysOf } from './formula-holdings.ts';
export { type Holdings, holdingsBefore } from './holdings.ts';
export { makeFormulaRate } from './make-formula-rate.ts';
export { FIAT_RATE_TOO_OLD, RATE_DRAFT_IS_OVER } from './refusals.ts';
export { rateJson } from './routes.ts';
export { diamondsToCents, keptRatio, type Rate, shownCents } from './rules.ts';
export { rateSchema } from './schema.ts';
export { rateOfVersion } from './store.ts';

/** A policy that sets the rate from some day on becomes an announced rate after so long. */
const LOOK_EVERY_MS = 5 * SECOND_MS;

defineApprovalKind({
  kind: RATE_DRAFT,
  title: 'A rate',
  page: () => '/console/rates',
  decide: (house, { subjectId }, decision) => decideDraft(house, decision.by, subjectId, decision),
});

/** What a Diamond is worth, and a dollar in other currencies: every version with its inputs. */
export const rates: Slice = {
  name: 'rates',
  routes(app, house) {
    rateRoutes(app, house);
    draftRoutes(app, house);
    fiatRoutes(app, house);
  },
  async start(house) {
    await currentRate(house.db, house.clock.now());
    const look = goRounds('rates', LOOK_EVERY_MS, house.log, () => refreshRates(house.db, house.clock.now()));
    const formula = goRounds('formula of the rate', MINUTE_MS, house.log, async () => {
      await makeFormulaRate(house);
    });
    const fiat = startFiat(house);
    return async () => {
      await Promise.all([look.stop(), formula.stop(), fiat?.stop()]);
    };
  },
};
