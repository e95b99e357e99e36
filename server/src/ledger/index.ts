/** The ledger as the rest of the house sees it. */
export type { Account } from './account.ts';
export { type AuditRule, brokenRules, registerAuditCheck } from './audit.ts';
export { debitRoom } from './balances.ts';
export {
  ASSET_LEDGERS,
  accountId,
  assetOfLedger,
  PlatformPurposes,
  platformAccounts,
  type TransferCodeName,
  TransferCodes,
  transferCodeName,
  UserPurposes,
  userAccount,
  userAccounts,
  WORLD_CODE,
  worldAccount,
} from './chart.ts';
export { type CompanionRow, type CompanionStatement, defineCompanionTable } from './companion.ts';
export { pendingEvent, postEvent, transferEvent, voidEvent } from './event.ts';
export {
  balanceAt,
  type EntrySum,
  entriesAfter,
  type HistoryEntry,
  historyLeadsToBalance,
  lastCommitted,
  postedAt,
  type StatementLine,
  statement,
  sumEntriesAfter,
  transfersByIds,
} from './history.ts';
export { type Ledger, openLedger } from './post.ts';
export { LEDGER_BUSY, LedgerConflict } from './refusals.ts';
export { type TransferRow, transferOf } from './store.ts';
export { NIL_ID, type Transfer, type TransferEvent, TransferFlags } from './transfer.ts';
export type { Posted, Posting } from './work.ts';
