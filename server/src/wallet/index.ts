import type { Slice } from '../house.ts';
import { walletRoutes } from './routes.ts';

export { answerCsv, CSV_CHUNK, type CsvColumns } from '../http/csv.ts';
export { rangeOf } from '../http/instant.ts';
export {
  type Describer,
  describeTransfers,
  type EntryDescription,
  type EntryGroup,
  type EntryLink,
  type EntryStatus,
} from './describe.ts';
export { displayCentsPer, type Prices, priceOf, pricesAt } from './prices.ts';
export { type StatementRange, WalletStatement } from './statement.ts';

/** What a person has, and every movement that made it so. */
export const wallet: Slice = { name: 'wallet', routes: walletRoutes };
