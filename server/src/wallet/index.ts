import type { Slice } from '../house.ts';
import { walletRoutes } from './routes.ts';

export { answerCsv, CSV_CHUNK, type CsvColumns } from '../http/csv.ts';
export { rangeOf } from '../http/instant.ts';
export {
  type Bought,
  type Describer,
  describeAll,
  describeTransfers,
  type EntryDescription,
  type EntryGroup,
  type EntryLink,
  type EntryStatus,
  kindOf,
  type PaidOut,
  type Spent,
  type TakenPart,
  type Versions,
} from './describe.ts';
export { assetOf, titleOf } from './entries.ts';
export { displayCentsPer, type Prices, priceOf, pricesAt } from './prices.ts';
export type { WalletAccount } from './schema.ts';
export { type StatementRange, WalletStatement, walletAccountId } from './statement.ts';

/** What a person has, and every movement that made it so. */
export const wallet: Slice = { name: 'wallet', routes: walletRoutes };
