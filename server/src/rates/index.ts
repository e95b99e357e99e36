import type { Slice } from '../house.ts';
import { rateRoutes } from './routes.ts';

export { currentRate, rateAt } from './current-rate.ts';
export { rateJson } from './routes.ts';
export { diamondsToCents, type Rate } from './rules.ts';
export { rateSchema } from './schema.ts';

/** What a Diamond is worth: every version with its inputs. */
export const rates: Slice = { name: 'rates', routes: rateRoutes };
