import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { type Person, peopleByIds } from '../identity/index.ts';
import type { Living } from './living.ts';
import { actsOf, readRoom } from './moderation-store.ts';
import type { ActView, RoomView } from './schema.ts';
import type { StageRow } from './store.ts';

/** How a creator wants their room, and who is moderator, muted and banned there. Refuses with `not_found`. */
export async function showRoom(living: Living, creatorHandle: string): Promise<RoomView> {
  const { db, clock } = living.house;
  const stage = await ownStage(living, creatorHandle);
  const { rules, moderators, exclusions } = await readRoom(db, stage.id);
  const inForce = exclusions.filter(({ until }) => until === null || until.getTime() > clock.now());
  const people = await peopleByIds(db, [...moderators, ...inForce.map(({ userId }) => userId)]);
  const excluded = (kind: 'mute' | 'ban') =>
    inForce.flatMap((exclusion) => {
      const person = people.get(exclusion.userId);
      if (exclusion.kind !== kind || person === undefined) return [];
      return [
        {
          ...named(person),
          at: exclusion.at.toISOString(),
          until: exclusion.until?.toISOString() ?? null,
        },
      ];
    });
  return {
    slowSeconds: rules.slowSeconds,
    filterWords: [...rules.filterWords],
    moderators: moderators.flatMap((id) => {
      const person = people.get(id);
      return person === undefined ? [] : [named(person)];
    }),
    muted: excluded('mute'),
    banned: excluded('ban'),
  };
}

/** One page of what was done to keep order on a creator's stage, newest first. Refuses with `not_found` or `invalid_request`. */
export async function listActs(
  living: Living,
  creatorHandle: string,
  asked: { readonly cursor?: string; readonly limit: number },
): Promise<Page<ActView>> {
  const { db } = living.house;
  const stage = await ownStage(living, creatorHandle);
  const before = asked.cursor === undefined ? null : readCursor(asked.cursor);
  const rows = await actsOf(db, stage.id, before, asked.limit + 1);
  const shown = rows.slice(0, asked.limit);
  const people = await peopleByIds(
    db,
    shown.flatMap(({ byUser, userId }) => (userId === null ? [byUser] : [byUser, userId])),
  );
  const who = (id: Uuid | null) => {
    const person = id === null ? undefined : people.get(id);
    return person === undefined ? null : named(person);
  };
  const last = shown.at(-1);
  return {
    items: shown.map(
      (act): ActView => ({
        id: publicId('act', act.id),
        at: act.at.toISOString(),
        act: act.act,
        by: who(act.byUser),
        whom: who(act.userId),
        line:
          act.lineId === null || act.lineText === null
            ? null
            : { id: publicId('chat', act.lineId), text: act.lineText },
        reason: act.reason,
        until: act.until?.toISOString() ?? null,
        rules:
          act.rules === null
            ? null
            : { slowSeconds: act.rules.slowSeconds, filterWords: [...act.rules.filterWords] },
      }),
    ),
    nextCursor:
      rows.length > asked.limit && last !== undefined
        ? encodeCursor([last.keptAtMicros.toString(), publicId('act', last.id)])
        : null,
  };
}

async function ownStage(living: Living, handle: string): Promise<StageRow> {
  const stage = await living.stages.named(handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  return stage;
}

function named({ handle, displayName, avatar }: Person) {
  return { handle, displayName, avatar };
}

function readCursor(cursor: string): { keptAtMicros: bigint; id: Uuid } {
  const [micros, publicActId] = decodeCursor(cursor, 2) ?? [];
  const id = typeof publicActId === 'string' ? parsePublicId('act', publicActId) : null;
  if (typeof micros !== 'string' || !/^[0-9]{1,18}$/.test(micros) || id === null) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave' },
      '/cursor',
    );
  }
  return { keptAtMicros: BigInt(micros), id };
}
