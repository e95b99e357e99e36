import type { Slice } from '../house.ts';
import { walletRoutes } from './routes.ts';

export { csvStream } from './csv.ts';
export {
  type Describer,
  describeTransfers,
  type EntryDescription,
  type EntryLink,
  type EntryStatus,
} from './describe.ts';
export { displayCentsPer, type Prices, priceOf, pricesAt } from './prices.ts';

/** What a person has, and every movement that made it so. */
export const wallet: Slice = { name: 'wallet', routes: walletRoutes };
