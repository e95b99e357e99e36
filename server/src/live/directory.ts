import { parsePublicId, publicId } from '../core/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { Principal } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_SIGNED_IN } from '../http/refusals.ts';
import { followedBy } from '../identity/index.ts';
import type { Living } from './living.ts';
import { readHashtags, searchPattern } from './rules.ts';
import { listScheduled } from './schedule.ts';
import { stillToCome } from './schedule-rules.ts';
import { nextOf } from './schedule-store.ts';
import type { StageCard } from './schema.ts';
import { cardOf } from './show-stage.ts';
import { must } from './start-live.ts';
import { type DirectoryPlace, directoryPage } from './store.ts';

/**
 * One page of the stages: live ones first, newest first; or of what is announced, the next one first. The first page
 * fixes an instant, and the cursor carries it on: lives that start or end meanwhile neither skip nor repeat a stage.
 * Refuses with `not_signed_in` (filter `following`), `invalid_request` (cursor) or `stage_text_invalid` (tag).
 */
export async function listStages(
  living: Living,
  asker: Principal,
  asked: {
    filter: 'all' | 'following' | 'scheduled';
    q?: string;
    tag?: string;
    cursor?: string;
    limit: number;
  },
): Promise<Page<StageCard>> {
  const { db, clock } = living.house;
  if (asked.filter === 'scheduled') return listScheduled(living, asker, asked);
  if (asked.filter === 'following' && asker.kind !== 'user') throw new Refusal(NOT_SIGNED_IN);
  const after = asked.cursor === undefined ? null : readCursor(asked.cursor);
  const creatorIds =
    asked.filter === 'following' && asker.kind === 'user' ? await followedBy(db, asker.userId) : null;
  const stages = await directoryPage(db, {
    asOf: after?.asOf ?? new Date(clock.now()),
    after,
    pattern: asked.q === undefined || asked.q.trim() === '' ? null : searchPattern(asked.q),
    tag: asked.tag === undefined ? null : readTag(asked.tag),
    creatorIds,
    limit: asked.limit + 1,
  });
  const shown = stages.slice(0, asked.limit);
  const last = shown.at(-1);
  const next = await nextOf(
    db,
    shown.map(({ id }) => id),
    stillToCome(clock.now()),
    asker.kind === 'user' ? asker.userId : null,
  );
  return {
    items: shown.map((stage) => cardOf(living, stage, next.get(stage.id) ?? null)),
    nextCursor: stages.length > asked.limit && last !== undefined ? writeCursor(last.place) : null,
  };
}

function readTag(raw: string): string {
  const [tag = ''] = must(readHashtags([raw]), 'hashtag', '/tag');
  return tag;
}

function writeCursor({ asOf, live, startedAt, stageId }: DirectoryPlace): string {
  return encodeCursor([asOf.getTime(), live ? 1 : 0, startedAt.getTime(), publicId('stage', stageId)]);
}

function readCursor(cursor: string): DirectoryPlace {
  const [asOf, live, startedAt, id] = decodeCursor(cursor, 4) ?? [];
  const stageId = typeof id === 'string' ? parsePublicId('stage', id) : null;
  if (!isInstant(asOf) || !isInstant(startedAt) || (live !== 0 && live !== 1) || stageId === null) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave' },
      '/cursor',
    );
  }
  return { asOf: new Date(asOf), live: live === 1, startedAt: new Date(startedAt), stageId };
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= 8_640_000_000_000;
}
