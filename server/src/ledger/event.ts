import type { Uuid } from '../core/ids.ts';
import type { Asset } from '../core/money.ts';
import { UNITS_MAX } from '../core/money.ts';
import { ASSET_LEDGERS, type TransferCodeName, TransferCodes } from './chart.ts';
import { NIL_ID, type TransferEvent, TransferFlags } from './transfer.ts';

export interface TransferParts {
  /** The idempotency key, for ever. Time-ordered ids (`newId`, `legId`) are cheap, others are looked up. */
  readonly id: Uuid;
  /** The account that is debited. */
  readonly from: Uuid;
  /** The account that is credited. */
  readonly to: Uuid;
  readonly asset: Asset;
  /** Units, ≥ 0. */
  readonly units: bigint;
  readonly code: TransferCodeName;
  /** What it is for: the gift, the order. Kept in `user_data_128`. */
  readonly reference?: Uuid;
}

/** A transfer that happens at once. */
export function transferEvent(parts: TransferParts): TransferEvent {
  return event(parts, 0, 0);
}

/** A transfer that is only reserved, until it is posted or voided, or until `timeoutSeconds` are over (0 = never). */
export function pendingEvent(parts: TransferParts, timeoutSeconds = 0): TransferEvent {
  return event(parts, TransferFlags.pending, timeoutSeconds);
}

/** Posts a pending transfer: all of it, or `units` of it, and the rest is released. */
export function postEvent(id: Uuid, pendingId: Uuid, units: bigint = UNITS_MAX): TransferEvent {
  return resolving(id, pendingId, units, TransferFlags.postPendingTransfer);
}

/** Voids a pending transfer: all that it reserved is released. */
export function voidEvent(id: Uuid, pendingId: Uuid): TransferEvent {
  return resolving(id, pendingId, 0n, TransferFlags.voidPendingTransfer);
}

/** Posts every transfer of a pending chain. `idOf` gives the id of each posting. */
export function postChain(pendingIds: readonly Uuid[], idOf: (index: number) => Uuid): TransferEvent[] {
  return pendingIds.map((pendingId, index) => postEvent(idOf(index), pendingId));
}

/** Voids every transfer of a pending chain. `idOf` gives the id of each void. */
export function voidChain(pendingIds: readonly Uuid[], idOf: (index: number) => Uuid): TransferEvent[] {
  return pendingIds.map((pendingId, index) => voidEvent(idOf(index), pendingId));
}

/**
 * The id of one leg of a thing, always the same for the same thing and leg: the thing's UUIDv7 with the twelve
 * bits behind the version mixed with `leg` (1 to 4,095). Keeps the time order, costs no hash.
 */
export function legId(thingId: Uuid, leg: number): Uuid {
  if (!Number.isInteger(leg) || leg < 1 || leg > 0xfff) throw new RangeError(`not a leg: ${leg}`);
  const mixed = Number.parseInt(thingId.slice(15, 18), 16) ^ leg;
  return `${thingId.slice(0, 15)}${mixed.toString(16).padStart(3, '0')}${thingId.slice(18)}`;
}

function event(parts: TransferParts, flags: number, timeout: number): TransferEvent {
  return {
    id: parts.id,
    debitAccountId: parts.from,
    creditAccountId: parts.to,
    amount: parts.units,
    pendingId: NIL_ID,
    userData128: parts.reference ?? NIL_ID,
    userData64: 0n,
    userData32: 0,
    timeout,
    ledger: ASSET_LEDGERS[parts.asset],
    code: TransferCodes[parts.code],
    flags,
  };
}

/** What is left zero is the pending transfer's. */
function resolving(id: Uuid, pendingId: Uuid, amount: bigint, flags: number): TransferEvent {
  return {
    id,
    debitAccountId: NIL_ID,
    creditAccountId: NIL_ID,
    amount,
    pendingId,
    userData128: NIL_ID,
    userData64: 0n,
    userData32: 0,
    timeout: 0,
    ledger: 0,
    code: 0,
    flags,
  };
}
