export type { Account, Balances } from './account.ts';
export { AccountFlags } from './account.ts';
export * from './chart.ts';
export {
  type CompanionColumnType,
  type CompanionRow,
  type CompanionStatement,
  type CompanionTable,
  defineCompanionTable,
  LEDGER_TIMESTAMP,
} from './companion.ts';
export {
  keyedId,
  legId,
  pendingEvent,
  postChain,
  postEvent,
  type TransferParts,
  transferEvent,
  voidChain,
  voidEvent,
} from './event.ts';
export { type Ledger, type LedgerLimits, type LedgerOptions, openLedger } from './post.ts';
export { LedgerConflict } from './refusals.ts';
export type { TransferResultName } from './results.ts';
export { NIL_ID, type Transfer, type TransferEvent, TransferFlags } from './transfer.ts';
export type { Posted, Posting } from './work.ts';
