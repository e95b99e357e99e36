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
import { type DueGift, dueGifts, MATURITY_ROWS, markSwept, maturityMark } from './store.ts';

/** Gifts read in one question: reading more would hold up the process. */
const LOOK_MAX = 4_000;
/** Gifts put together by creator before they are posted: the more, the fewer transfers. */
const GATHERED = 40_000;
/** Gifts that one transfer may mature: their rows commit with it, and others wait meanwhile. */
const PER_TRANSFER_MAX = 1_000;
/** Gifts, and transfers, that are posted together: what somebody who gives at this moment may have to wait for. */
const PARCEL_GIFTS_MAX = 250;
const PARCEL_TRANSFERS_MAX = 200;
/** Parcels that are under way: while one commits, the next is made. */
const PARCELS_AT_ONCE = 2;
/** The first stretch of due dates that is looked at; the next ones are longer or shorter by how much was in it. */
const FIRST_STRETCH_MS = HOUR_MS;
/** Looked at again each time: a gift whose commit was late may be due before the mark. */
const OVERLAP_MS = HOUR_MS;

/** What one run did. */
export interface MaturityRun {
  readonly gifts: number;
  readonly diamondUnits: bigint;
}

/**
 * Moves the Diamonds of everything that is due (gifts, and what the view `earnings` has besides) from pending to
 * available: one transfer per creator (and thousand gifts) of a stretch of due dates, which lists its gifts. Catches up with
 * whatever was missed, stretch by stretch, and keeps how far it has come. Running it twice, or in two processes at
 * once, matures each gift once: the transfer's id comes from the first gift it lists, and a gift's row in
 * `gift_maturities` can exist once.
 */
export async function matureGifts(house: House): Promise<MaturityRun> {
  const now = new Date(house.clock.now());
  let mark = await maturityMark(house.db);
  // A clock that ran ahead for a while left the mark in the future; what came due since then is behind it.
  let from = new Date(Math.min(mark.sweptTo.getTime(), now.getTime()) - OVERLAP_MS);
  let stretchMs = FIRST_STRETCH_MS;
  let gifts = 0;
  let diamondUnits = 0n;
  while (from < now) {
    const gathered = await gather(house, from, now, stretchMs);
    const matured = await matureAll(house, parcels(bundles(gathered.due)), now);
    gifts += matured.gifts;
    diamondUnits += matured.diamondUnits;
    // What somebody else matured or held meanwhile is looked at by the next run.
    if (matured.gifts < gathered.due.length) break;
    if (await markSwept(house.db, mark, gathered.until)) mark = { ...mark, sweptTo: gathered.until };
    ({ until: from, stretchMs } = gathered);
  }
  return { gifts, diamondUnits };
}

/**
 * What is due from an instant on, stretch by stretch, until it is enough to post; in the order of creator and commit.
 * `until`: everything due before and at it is in it.
 */
async function gather(
  house: House,
  from: Date,
  now: Date,
  firstStretchMs: number,
): Promise<{ readonly due: readonly DueGift[]; readonly until: Date; readonly stretchMs: number }> {
  const byCreator = new Map<Uuid, DueGift[]>();
  let stretchMs = firstStretchMs;
  let gathered = 0;
  let until = from;
  while (until < now && gathered < GATHERED) {
    const end = new Date(Math.min(until.getTime() + stretchMs, now.getTime()));
    const due = await dueGifts(house.db, until, end, LOOK_MAX);
    if (due.length === LOOK_MAX && stretchMs > 1) {
      stretchMs = Math.floor(stretchMs / 2);
      continue;
    }
    for (const gift of due) {
      const own = byCreator.get(gift.creatorId);
      if (own === undefined) byCreator.set(gift.creatorId, [gift]);
      else own.push(gift);
    }
    gathered += due.length;
    // More of them at one instant than are read at once: they are posted, and the instant is read again.
    if (due.length === LOOK_MAX) break;
    until = end;
    if (due.length < LOOK_MAX / 4) stretchMs *= 2;
  }
  return { due: [...byCreator.values()].flat(), until, stretchMs };
}

/** Posts parcels, a few at once. What of them this run matured. */
async function matureAll(
  house: House,
  all: readonly (readonly MaturityBundle[])[],
  now: Date,
): Promise<MaturityRun> {
  const waiting = all.values();
  let gifts = 0;
  let diamondUnits = 0n;
  const carry = async () => {
    for (const parcel of waiting) {
      for (const bundle of await matureParcel(house, parcel, now)) {
        gifts += bundle.gifts.length;
        diamondUnits += bundle.diamondUnits;
      }
    }
  };
  await Promise.all(Array.from({ length: PARCELS_AT_ONCE }, carry));
  return { gifts, diamondUnits };
}

/** The bundles of the parcel that this run matured: all at once, or, where one of them cannot be, one by one. */
async function matureParcel(
  house: House,
  parcel: readonly MaturityBundle[],
  now: Date,
): Promise<readonly MaturityBundle[]> {
  if (await post(house, parcel, now)) return parcel;
  const matured: MaturityBundle[] = [];
  if (parcel.length > 1) {
    for (const bundle of parcel) if (await post(house, [bundle], now)) matured.push(bundle);
  }
  return matured;
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

/** Puts bundles together that commit as one. */
export function parcels(
  all: readonly MaturityBundle[],
  giftsMax: number = PARCEL_GIFTS_MAX,
  transfersMax: number = PARCEL_TRANSFERS_MAX,
): MaturityBundle[][] {
  const made: MaturityBundle[][] = [];
  let gifts = 0;
  for (const bundle of all) {
    const open = made.at(-1);
    gifts += bundle.gifts.length;
    if (open !== undefined && open.length < transfersMax && gifts <= giftsMax) {
      open.push(bundle);
    } else {
      made.push([bundle]);
      gifts = bundle.gifts.length;
    }
  }
  return made;
}

/** Whether it was this run that matured these bundles, all or none. */
async function post(house: House, parcel: readonly MaturityBundle[], now: Date): Promise<boolean> {
  const transfers = parcel.map(maturityTransfer);
  try {
    const posted = await house.ledger.post({
      transfers,
      rows: parcel.flatMap(({ gifts }, index) =>
        gifts.map((gift) => ({ table: MATURITY_ROWS, values: [gift.id, transfers[index]?.id, now] })),
      ),
      statements: [stillFree(parcel.flatMap(({ gifts }) => gifts))],
    });
    if (posted.kind !== 'refused') return posted.kind === 'posted';
    // In a parcel another process's transfer stands in the way of its neighbours.
    if (posted.result.startsWith('exists') || parcel.length > 1) return false;
    throw new Error(`the ledger refused maturity ${transfers[0]?.id}: ${posted.result}`);
  } catch (error) {
    // Another process listed one of these gifts first, or one was held or reversed since they were looked up.
    if (error instanceof LedgerConflict && (error.code === '23505' || error.code === 'CL002')) return false;
    throw error;
  }
}

/** One creator’s due gifts, from pending to available. */
export function maturityTransfer({ creatorId, gifts, diamondUnits }: MaturityBundle): TransferEvent {
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
