import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import type { Gift } from './gift.ts';

/** What a room is told because of gifts. */
export interface RoomNews {
  readonly stageId: Uuid;
  readonly events: readonly NewRoomEvent[];
}

/** Something that counts gifts while it runs, such as a vote or a match. */
export interface GiftTally {
  readonly name: string;
  /** An SQL expression, true while something of it runs. It is asked once a turn, so it must be cheap. */
  readonly isOpen: string;
  /**
   * Counts the gifts of one turn, each exactly once and in the order of their commits, in the transaction that shows
   * them; the answer is numbered after the gifts' own events. A turn that throws here is shown without it: whoever
   * closes a count adds up the gifts of its range once more.
   */
  run(
    tx: Queryable,
    turn: { readonly gifts: readonly Gift[]; readonly now: Date },
  ): Promise<readonly RoomNews[]>;
}

const tallies = new Map<string, GiftTally>();

/** Lets a slice below count gifts as they are shown. Called when the slice is loaded. */
export function tallyGifts(tally: GiftTally): void {
  tallies.set(tally.name, tally);
}

/**
 * The tallies of which something runs. To be asked after the relay's row is locked: whoever opens a count holds that
 * row too, so a statement that begins after the lock sees it.
 */
export async function openTallies(tx: Queryable): Promise<GiftTally[]> {
  const all = [...tallies.values()];
  if (all.length === 0) return [];
  const columns = all.map(({ isOpen }, place) => `(${isOpen}) as t${place}`);
  const [open] = await tx.query<Record<string, boolean>>(`select ${columns.join(', ')}`);
  return all.filter((_tally, place) => open?.[`t${place}`] === true);
}
