import type { Slice } from '../house.ts';
import { startFiat } from './fiat/jobs.ts';
import { fiatRoutes } from './fiat/routes.ts';
import { rateRoutes } from './routes.ts';

export { currentRate, rateAt } from './current-rate.ts';
export { fiatRateAt } from './fiat/fiat-rate.ts';
export { centsToCurrency, type FiatRate } from './fiat/rules.ts';
export { rateJson } from './routes.ts';
export { diamondsToCents, type Rate } from './rules.ts';
export { rateSchema } from './schema.ts';

/** What a Diamond is worth, and a dollar in other currencies: every version with its inputs. */
export const rates: Slice = {
  name: 'rates',
  routes(app, house) {
    rateRoutes(app, house);
    fiatRoutes(app, house);
  },
  start(house) {
    const fiat = startFiat(house);
    return async () => {
      await fiat?.stop();
    };
  },
};
