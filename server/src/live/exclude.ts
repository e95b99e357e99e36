import { MINUTE_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { keepOrder, NOTHING_DONE, personToModerate, readReason } from './keep-order.ts';
import type { Living } from './living.ts';
import {
  deleteExclusion,
  deleteModerator,
  type Exclusion,
  putExclusion,
  readRoom,
  removeLinesOf,
  sweepExclusions,
} from './moderation-store.ts';
import { ROOM_LIST_FULL } from './refusals.ts';
import { linesGoneEvent } from './stage-events.ts';

const BANS_MAX = 5_000;

/** Silences a person on this stage for some minutes, from now. Refuses as `keepOrder` and `personToModerate` do. */
export function mute(
  living: Living,
  byUser: Uuid,
  asked: {
    readonly stage: string;
    readonly user: string;
    readonly minutes: number;
    readonly reason?: string;
  },
): Promise<void> {
  const reason = readReason(asked.reason);
  return keepOrder(living, byUser, asked.stage, async (ordering) => {
    const { tx, stage, at } = ordering;
    const person = await personToModerate(ordering, asked.user);
    const until = new Date(at.getTime() + asked.minutes * MINUTE_MS);
    await sweepExclusions(tx, stage.id, at);
    await putExclusion(tx, stage.id, { userId: person.id, kind: 'mute', at, until });
    return { acts: [{ act: 'mute', userId: person.id, until, reason }], events: [] };
  });
}

/**
 * Bans a person from this stage until it is lifted: they cannot join it signed in, write or send gifts, and what they
 * said in this live is taken down. Refuses as `keepOrder` and `personToModerate` do, and with `room_list_full`.
 */
export function ban(
  living: Living,
  byUser: Uuid,
  asked: { readonly stage: string; readonly user: string; readonly reason?: string },
): Promise<void> {
  const reason = readReason(asked.reason);
  return keepOrder(living, byUser, asked.stage, async (ordering) => {
    const { tx, stage, at } = ordering;
    const person = await personToModerate(ordering, asked.user);
    const bans = (await readRoom(tx, stage.id)).exclusions.filter(({ kind }) => kind === 'ban');
    if (bans.some(({ userId }) => userId === person.id)) return NOTHING_DONE;
    if (bans.length >= BANS_MAX) throw new Refusal(ROOM_LIST_FULL, { most: BANS_MAX, what: 'bans' });
    await putExclusion(tx, stage.id, { userId: person.id, kind: 'ban', at, until: null });
    // A creator may ban somebody whom they had trusted.
    await deleteModerator(tx, stage.id, person.id);
    if (stage.session !== null) await removeLinesOf(tx, stage.session.id, person.id, at);
    return {
      acts: [{ act: 'ban', userId: person.id, reason }],
      events: [linesGoneEvent(stage, { lineIds: [], ofUser: person.id }, at.getTime())],
    };
  });
}

/** Lets a person write, or come, again. It is no refusal when they may. Refuses as `keepOrder` does. */
export function letBack(
  living: Living,
  byUser: Uuid,
  asked: { readonly stage: string; readonly user: string; readonly kind: Exclusion['kind'] },
): Promise<void> {
  return keepOrder(living, byUser, asked.stage, async (ordering) => {
    const person = await personToModerate(ordering, asked.user);
    const was = await deleteExclusion(ordering.tx, ordering.stage.id, person.id, asked.kind);
    if (!was) return NOTHING_DONE;
    return { acts: [{ act: asked.kind === 'ban' ? 'unban' : 'unmute', userId: person.id }], events: [] };
  });
}
