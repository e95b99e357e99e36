import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { lockRelay } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { matchOf } from './answer-match.ts';
import type { Match, WhyEnded } from './match.ts';
import { show, type Told, tellMatch } from './match-event.ts';
import { MATCH_NOT_RUNNING } from './refusals.ts';
import { larger, winnerOf } from './rules.ts';
import { coinsBetween, insertEnd, lastCommitted, lockMatch, matchById } from './store.ts';

/**
 * Stops a match before its time: it ends with the scores so far and has no winner. Refuses with `not_found` and
 * `match_not_running`; one that is over stays as it is.
 */
export async function stopMatch(house: House, userId: Uuid, matchId: Uuid): Promise<void> {
  const match = await matchOf(house.db, userId, matchId);
  if (match.startedAt === null && match.canceledAt === null) throw new Refusal(MATCH_NOT_RUNNING);
  await endMatch(house, matchId, 'stopped', userId);
}

/**
 * Ends a match that runs, once, whoever asks for it and however often; whether this did it. The scores are counted from
 * the gifts themselves: most of them before anything is locked, the last ones while the relay stands still, so gifts wait
 * for it no longer than for one of the relay's own turns.
 */
export async function endMatch(
  house: House,
  matchId: Uuid,
  why: WhyEnded,
  byId: Uuid | null,
): Promise<boolean> {
  const { db, clock } = house;
  const known = await matchById(db, matchId);
  if (known === undefined || known.fromCommitted === null || known.endedAt !== null) return false;
  const from = known.fromCommitted;
  const userIds = known.sides.map((side) => side.userId);
  const middle = await lastCommitted(db);
  const first = await coinsBetween(db, userIds, from, middle);
  const told = await db.transaction(async (tx): Promise<Told | null> => {
    await lockRelay(tx);
    if (!(await lockMatch(tx, matchId))) return null;
    const nowMs = clock.now();
    const to = await lastCommitted(tx);
    const rest = await coinsBetween(tx, userIds, middle, to);
    const coins = new Map(
      userIds.map((userId) => [userId, (first.get(userId) ?? 0n) + (rest.get(userId) ?? 0n)]),
    );
    await insertEnd(
      tx,
      {
        id: matchId,
        at: new Date(nowMs),
        toCommitted: larger(to, from),
        why,
        byId,
        winnerId: winnerOf(scored(known, coins), why),
      },
      coins,
    );
    return tellMatch(tx, matchId, nowMs);
  });
  if (told !== null) show(house, told);
  return told !== null;
}

function scored({ sides }: Match, coins: ReadonlyMap<Uuid, bigint>) {
  return sides.map(({ userId }) => ({ userId, coins: coins.get(userId) ?? 0n }));
}
