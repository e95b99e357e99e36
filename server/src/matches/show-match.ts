import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import { companyOnStage } from '../guests/index.ts';
import type { House } from '../house.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { nameInRanks, peopleByIds } from '../identity/index.ts';
import { stageNamed } from '../live/index.ts';
import { type Match, stateOf } from './match.ts';
import { nameOf, winnerName } from './match-event.ts';
import { larger, RESULT_MS, RULE, resultUntil } from './rules.ts';
import type { MatchJson } from './schema.ts';
import {
  countedGifts,
  endedMatchOf,
  lastCommitted,
  matchById,
  openMatchOf,
  runningMatches,
} from './store.ts';

/** The match that is on a stage, or ended a moment ago. Refuses with `not_found`. */
export async function matchOnStage(house: House, handle: string) {
  const stage = await stageNamed(house, handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const together = await companyOnStage(house.db, stage.id);
  // A guest's stage shows the match of those it is live together with.
  return shownMatch(house, [stage.creatorId, ...together.map(({ userId }) => userId)], stage.creatorId);
}

/** The match that a creator is asked to or plays in, or that ended a moment ago. */
export async function ownMatch(house: House, userId: Uuid) {
  return shownMatch(house, [userId], userId);
}

async function shownMatch(house: House, userIds: readonly Uuid[], first: Uuid) {
  const { db, clock } = house;
  const nowMs = clock.now();
  const id =
    (await openMatchOf(db, [first])) ??
    (await openMatchOf(db, userIds)) ??
    (await endedMatchOf(db, userIds, new Date(nowMs - RESULT_MS)));
  const match = id === undefined ? undefined : await matchById(db, id);
  return { match: match === undefined ? null : matchJson(match), now: new Date(nowMs).toISOString() };
}

const RUNNING_SHOWN_MAX = 50;

/** What is played now, the newest first. */
export async function matchesNow({ db, clock }: House) {
  const matches = await runningMatches(db, RUNNING_SHOWN_MAX);
  return { items: matches.map(matchJson), now: new Date(clock.now()).toISOString() };
}

/** A match with its rule and the range of the ledger that it counts. Refuses with `not_found`. */
export async function matchWithRule(house: House, matchId: Uuid) {
  const match = await known(house, matchId);
  const { fromCommitted, toCommitted } = match;
  return {
    match: matchJson(match),
    rule: RULE,
    range:
      fromCommitted === null
        ? null
        : { from: fromCommitted.toString(), to: toCommitted === null ? null : toCommitted.toString() },
  };
}

/** One page of the gifts that count, in the order of the ledger. Refuses with `not_found` and `invalid_request`. */
export async function giftsOfMatch(
  house: House,
  matchId: Uuid,
  place: { readonly cursor?: string; readonly limit: number },
) {
  const { db } = house;
  const match = await known(house, matchId);
  if (match.fromCommitted === null) return { items: [], nextCursor: null };
  const from = place.cursor === undefined ? match.fromCommitted : readCursor(place.cursor);
  const to = match.toCommitted ?? (await lastCommitted(db));
  const userIds = match.sides.map(({ userId }) => userId);
  const start = larger(from, match.fromCommitted);
  const gifts = await countedGifts(db, userIds, start, to, place.limit + 1);
  const shown = gifts.slice(0, place.limit);
  const people = await peopleByIds(
    db,
    shown.map(({ senderId }) => senderId),
  );
  const last = shown.at(-1);
  return {
    items: shown.map((gift) => ({
      id: publicId('gift', gift.id),
      committed: gift.committed.toString(),
      at: gift.sentAt.toISOString(),
      sender: nameInRanks(people.get(gift.senderId)),
      receiver: nameOf(match.sides, gift.creatorId) ?? '',
      givenOn: publicId('stage', gift.stageId),
      giftId: gift.catalogueId,
      quantity: gift.quantity,
      coins: amountJson('COIN', gift.coins),
    })),
    nextCursor:
      gifts.length > place.limit && last !== undefined ? encodeCursor([last.committed.toString()]) : null,
  };
}

export function matchJson(match: Match): MatchJson {
  return {
    id: publicId('match', match.id),
    state: stateOf(match),
    seconds: match.seconds,
    askedAt: match.askedAt.toISOString(),
    expiresAt: match.expiresAt.toISOString(),
    sides: match.sides.map((side) => ({
      id: publicId('user', side.userId),
      handle: side.handle,
      displayName: side.displayName,
      avatar: side.avatar,
      coins: amountJson('COIN', side.coins),
      accepted: side.acceptedAt !== null,
    })),
    startedAt: match.startedAt?.toISOString() ?? null,
    endsAt: match.endsAt?.toISOString() ?? null,
    endedAt: match.endedAt?.toISOString() ?? null,
    resultUntil: resultUntil(match)?.toISOString() ?? null,
    winner: winnerName(match),
    why: match.whyEnded ?? match.whyCanceled,
    by: nameOf(match.sides, match.byId),
  };
}

async function known({ db }: House, matchId: Uuid): Promise<Match> {
  const match = await matchById(db, matchId);
  if (match === undefined) throw new Refusal(NOT_FOUND);
  return match;
}

function readCursor(cursor: string): bigint {
  const [committed] = decodeCursor(cursor, 1) ?? [];
  if (typeof committed !== 'string' || !/^\d{1,19}$/.test(committed)) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave' },
      '/cursor',
    );
  }
  return BigInt(committed);
}
