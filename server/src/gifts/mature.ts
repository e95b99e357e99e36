import { hash } from 'node:crypto';
import { HOUR_MS } from '../core/clock.ts';
import { type Uuid, uuidFromHex } from '../core/ids.ts';
import type { House } from '../house.ts';
import {
  ASSET_LEDGERS,
  accountId,
  LedgerConflict,
  NIL_ID,
  TransferCodes,
  type TransferEvent,
} from '../ledger/index.ts';
import { stillFree } from './earning-holds.ts';
import { type DueGift, dueGifts, MATURITY_ROWS, markSwept, sweptTo } from './store.ts';

/** Gifts looked at in one question. */
const LOOK_MAX = 10_000;
/** Gifts that one transfer may mature: their rows commit with it, and others wait meanwhile. */
const PER_TRANSFER_MAX = 1_000;
/** Looked at again each time: a gift whose commit was late may be due before the mark. */
const OVERLAP_MS = HOUR_MS;

/** What one run did. */
export interface MaturityRun {
  readonly gifts: number;
  readonly diamondUnits: bigint;
}

/**
 * Moves the Diamonds of everything that is due (gifts, and what the view `earnings` has besides) from pending to
 * available: one transfer per creator (and thousand gifts), which lists its gifts. Catches up with whatever was missed. Running it twice, or in two processes at
 * once, matures each gift once: the transfer's id comes from the first gift it lists, and a gift's row in
 * `gift_maturities` can exist once.
 */
export async function matureGifts(house: House): Promise<MaturityRun> {
  const now = new Date(house.clock.now());
  // A clock that ran ahead for a while left the mark in the future; what came due since then is behind it.
  const mark = await sweptTo(house.db);
  const swept = Math.min(mark.getTime(), now.getTime());
  const from = new Date(swept - OVERLAP_MS);
  let gifts = 0;
  let diamondUnits = 0n;
  for (;;) {
    const due = await dueGifts(house.db, from, now, LOOK_MAX);
    let left = due.length;
    for (const bundle of bundles(due)) {
      if (!(await matureBundle(house, bundle, now))) continue;
      left -= bundle.gifts.length;
      gifts += bundle.gifts.length;
      diamondUnits += bundle.diamondUnits;
    }
    // What somebody else matured meanwhile is looked at by the next run.
    if (left > 0) break;
    if (due.length < LOOK_MAX) {
      await markSwept(house.db, mark, now);
      break;
    }
  }
  return { gifts, diamondUnits };
}

/** The gifts that one transfer matures: of one creator, in the order of their commits. */
export interface MaturityBundle {
  readonly creatorId: Uuid;
  readonly gifts: readonly DueGift[];
  readonly diamondUnits: bigint;
}

/** Puts due gifts (in the order of creator and commit) into bundles. */
export function bundles(due: readonly DueGift[], giftsMax: number = PER_TRANSFER_MAX): MaturityBundle[] {
  const made: { creatorId: Uuid; gifts: DueGift[]; diamondUnits: bigint }[] = [];
  for (const gift of due) {
    const open = made.at(-1);
    if (open?.creatorId === gift.creatorId && open.gifts.length < giftsMax) {
      open.gifts.push(gift);
      open.diamondUnits += gift.diamondUnits;
    } else {
      made.push({ creatorId: gift.creatorId, gifts: [gift], diamondUnits: gift.diamondUnits });
    }
  }
  return made;
}

/** Whether it was this run that matured the bundle. */
async function matureBundle(house: House, bundle: MaturityBundle, now: Date): Promise<boolean> {
  const transfer = maturityTransfer(bundle);
  try {
    const posted = await house.ledger.post({
      transfers: [transfer],
      rows: bundle.gifts.map((gift) => ({ table: MATURITY_ROWS, values: [gift.id, transfer.id, now] })),
      statements: [stillFree(bundle.gifts)],
    });
    if (posted.kind !== 'refused') return posted.kind === 'posted';
    if (posted.result.startsWith('exists_with_different')) return false;
    throw new Error(`the ledger refused maturity ${transfer.id}: ${posted.result}`);
  } catch (error) {
    // Another process listed one of these gifts first, or one was held or reversed since they were looked up.
    if (error instanceof LedgerConflict && (error.code === '23505' || error.code === 'CL002')) return false;
    throw error;
  }
}

function maturityTransfer({ creatorId, gifts, diamondUnits }: MaturityBundle): TransferEvent {
  const [first] = gifts;
  if (first === undefined) throw new RangeError('nothing to mature');
  return {
    id: maturityTransferId(first),
    debitAccountId: accountId(creatorId, 'diamonds_pending', 'DIAMOND'),
    creditAccountId: accountId(creatorId, 'diamonds_available', 'DIAMOND'),
    amount: diamondUnits,
    pendingId: NIL_ID,
    userData128: NIL_ID,
    userData64: 0n,
    userData32: gifts.length,
    timeout: 0,
    ledger: ASSET_LEDGERS.DIAMOND,
    code: TransferCodes.maturity,
    flags: 0,
  };
}

/** From the first gift, with its due date in front so that ids made together are neighbours. */
function maturityTransferId({ id, maturesAt }: DueGift): Uuid {
  const time = maturesAt.getTime().toString(16).padStart(12, '0');
  const hex = hash('sha256', `maturity ${id}`, 'hex');
  return uuidFromHex(`${time}8${hex.slice(0, 3)}8${hex.slice(4, 19)}`);
}
