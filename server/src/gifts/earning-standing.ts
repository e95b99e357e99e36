import type { Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import type { Queryable } from '../db/database.ts';
import { delayJson, delaysOfEarnings, type EarningDelay } from './clearing-dates.ts';
import {
  type EarningHold,
  type EarningReversal,
  holdsOfEarnings,
  reversalsOfEarnings,
} from './earning-holds.ts';
import { type Maturity, maturitiesOf } from './store.ts';

/** Where the Diamonds of a gift or an answer are. A part may have been taken back of what is not `reversed`. */
export type EarningStatus = 'pending' | 'held' | 'available' | 'reversed';

/** What is known of many earnings. */
export interface EarningFacts {
  readonly maturities: ReadonlyMap<Uuid, Maturity>;
  readonly delays: ReadonlyMap<Uuid, EarningDelay>;
  /** The one that lasts longest first. */
  readonly holds: readonly EarningHold[];
  /** The oldest first. */
  readonly reversals: readonly EarningReversal[];
}

/** Reads what is known of these. */
export async function earningFacts(db: Queryable, ids: readonly Uuid[]): Promise<EarningFacts> {
  const [maturities, delays, holds, reversals] = await Promise.all([
    maturitiesOf(db, ids),
    delaysOfEarnings(db, ids),
    holdsOfEarnings(db, ids),
    reversalsOfEarnings(db, ids),
  ]);
  return {
    maturities: new Map(maturities.map((maturity) => [maturity.giftId, maturity])),
    delays,
    holds,
    reversals,
  };
}

/** The word for it on an entry of the creator's wallet. */
export const ENTRY_STATUS = {
  pending: 'pending',
  held: 'pending',
  available: 'settled',
  reversed: 'reversed',
} as const satisfies Record<EarningStatus, string>;

/** Where one earning stands, and why, as it is shown. A delay is told until the Diamonds are there or taken back. */
export function earningStanding(
  { id, diamondUnits }: { readonly id: Uuid; readonly diamondUnits: bigint },
  facts: EarningFacts,
) {
  const hold = facts.holds.find(({ earningId }) => earningId === id);
  const reversals = facts.reversals.filter(({ earningId }) => earningId === id);
  const reversedUnits = reversals.reduce((sum, reversal) => sum + reversal.diamondUnits, 0n);
  const last = reversals.at(-1);
  const delay = facts.delays.get(id);
  const status = statusOf({
    isGone: last !== undefined && reversedUnits === diamondUnits,
    hasMatured: facts.maturities.has(id),
    isHeld: hold !== undefined,
  });
  const isAhead = status === 'pending' || status === 'held';
  return {
    status,
    delay: delay === undefined || !isAhead ? null : delayJson(delay),
    held:
      hold === undefined
        ? null
        : { reason: hold.reason, decidedBy: hold.decidedBy, until: hold.until.toISOString() },
    reversed:
      last === undefined
        ? null
        : {
            amount: amountJson('DIAMOND', reversedUnits),
            reason: last.reason,
            at: last.at.toISOString(),
          },
  };
}

function statusOf({
  isGone,
  hasMatured,
  isHeld,
}: Readonly<Record<'isGone' | 'hasMatured' | 'isHeld', boolean>>): EarningStatus {
  if (isGone) return 'reversed';
  if (hasMatured) return 'available';
  return isHeld ? 'held' : 'pending';
}
