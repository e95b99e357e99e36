import { publicId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { flat } from '../live/index.ts';
import type { NewRoomEvent, RoomEvent } from '../realtime/room-event.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import { type Match, type Side, stateOf } from './match.ts';
import { resultUntil } from './rules.ts';
import { matchById, stagesOfMatch } from './store.ts';

/** What rooms were told in a transaction, to be shown after its commit. */
export type Told = Map<Uuid, RoomEvent[]>;

export function show({ hub }: House, told: ReadonlyMap<Uuid, readonly RoomEvent[]>): void {
  for (const [roomId, events] of told) hub.publish(roomId, events, { now: true });
}

/** Tells every stage of a match how it is now. */
export async function tellMatch(tx: Queryable, matchId: Uuid, nowMs: number): Promise<Told> {
  return tellStages(tx, matchId, (match) => matchEvent(match, nowMs));
}

/** Tells every stage of a match its scores. */
export async function tellScores(tx: Queryable, matchId: Uuid, nowMs: number): Promise<Told> {
  return tellStages(tx, matchId, (match) => scoreEvent(match, nowMs));
}

async function tellStages(
  tx: Queryable,
  matchId: Uuid,
  eventOf: (match: Match) => NewRoomEvent,
): Promise<Told> {
  const match = await matchById(tx, matchId);
  if (match === undefined) throw new Error(`a match has vanished: ${matchId}`);
  const told: Told = new Map();
  // In the order of their ids: that is how the heads of rooms are locked.
  for (const stageId of await stagesOfMatch(tx, matchId)) {
    told.set(stageId, await appendRoomEvents(tx, stageId, [eventOf(match)]));
  }
  return told;
}

/** How a match is from now on. Times are milliseconds since 1970; `winner` is a handle, `draw`, or null. */
function matchEvent(match: Match, nowMs: number): NewRoomEvent {
  const until = resultUntil(match);
  return {
    type: 'match',
    createTime: String(nowMs),
    matchId: publicId('match', match.id),
    state: stateOf(match),
    startedAt: match.startedAt?.getTime() ?? null,
    endsAt: match.endsAt?.getTime() ?? null,
    endedAt: match.endedAt?.getTime() ?? null,
    resultUntil: until?.getTime() ?? null,
    sides: match.sides.map((side) => ({
      ...flat({ ...side, id: side.userId }),
      coins: side.coins.toString(),
      accepted: side.acceptedAt !== null,
    })),
    winner: winnerName(match),
    why: match.whyEnded ?? match.whyCanceled,
    by: nameOf(match.sides, match.byId),
  };
}

/** The scores of a match that runs. */
function scoreEvent(match: Match, nowMs: number): NewRoomEvent {
  return {
    type: 'matchScore',
    createTime: String(nowMs),
    matchId: publicId('match', match.id),
    sides: match.sides.map(({ handle, coins }) => ({ uniqueId: handle, coins: coins.toString() })),
  };
}

/** The winner's handle, `draw`, or `null`: it is not over, or it ended before its time. */
export function winnerName(match: Match): string | null {
  if (match.whyEnded !== 'time') return null;
  return nameOf(match.sides, match.winnerId) ?? 'draw';
}

export function nameOf(sides: readonly Side[], userId: Uuid | null): string | null {
  return sides.find((side) => side.userId === userId)?.handle ?? null;
}
