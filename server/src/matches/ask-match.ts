import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { STAGE_NOT_LIVE } from '../gifts/index.ts';
import {
  ASK_AGAIN_MS,
  GUEST_NOT_LIVE,
  guestNamed,
  INVITED_TOO_SOON,
  lockLives,
  memberOf,
  requireRoom,
  secondsUntilAskAgain,
} from '../guests/index.ts';
import type { House } from '../house.ts';
import { bellOf } from '../notices/index.ts';
import { currentPolicy } from '../policy/index.ts';
import type { Match } from './match.ts';
import { show, tellMatch } from './match-event.ts';
import { MATCH_BUSY } from './refusals.ts';
import { ASK_MS } from './rules.ts';
import { askedInVain, insertMatch, matchById, openMatchOf } from './store.ts';

/**
 * Asks other creators for a match. Those who are not live together with the asker come with their yes. The same asked
 * again while it waits is the same match.
 *
 * Refuses with `not_found`, `own_invitation`, `guest_banned`, `stage_not_live`, `guest_not_live`, `guest_busy`,
 * `not_the_host`, `company_full`, `match_busy` and `invited_too_soon`.
 */
export async function askMatch(house: House, askerId: Uuid, handles: readonly string[]): Promise<Match> {
  const { db, clock } = house;
  const nowMs = clock.now();
  const policy = await currentPolicy(db, nowMs);
  const others = new Map<Uuid, string>();
  for (const handle of handles) {
    const stage = await guestNamed(house, askerId, handle);
    others.set(stage.creatorId, stage.displayName);
  }
  const asked = await db.transaction(async (tx) => {
    const lives = await lockLives(tx, [askerId, ...others.keys()]);
    const asker = lives.get(askerId);
    if (asker === undefined) throw new Refusal(STAGE_NOT_LIVE);
    const own = await memberOf(tx, askerId);
    for (const [userId, name] of others) {
      const live = lives.get(userId);
      if (live === undefined) throw new Refusal(GUEST_NOT_LIVE, { name }, '/with');
      const theirs = await memberOf(tx, userId);
      const isHere = own !== undefined && theirs?.companyId === own.companyId;
      if (!isHere) await requireRoom(tx, asker.stage, live.stage);
    }
    const before = await openMatchOf(tx, [askerId]);
    const open = before === undefined ? undefined : await matchById(tx, before);
    if (open !== undefined && isSame(open, askerId, [...others.keys()], nowMs)) {
      return { id: open.id, told: new Map() };
    }
    if (open !== undefined) throw new Refusal(MATCH_BUSY, { name: asker.stage.displayName });
    for (const [userId, name] of others) {
      if ((await openMatchOf(tx, [userId])) !== undefined) throw new Refusal(MATCH_BUSY, { name });
    }
    const since = new Date(nowMs - ASK_AGAIN_MS.declined);
    for (const vain of await askedInVain(tx, askerId, [...others.keys()], since)) {
      const seconds = secondsUntilAskAgain(vain, nowMs);
      const name = others.get(vain.userId) ?? '';
      if (seconds > 0) throw new Refusal(INVITED_TOO_SOON, { name, seconds }, '/with');
    }
    const at = new Date(nowMs);
    const id = newId();
    await insertMatch(
      tx,
      {
        id,
        askedBy: askerId,
        askedAt: at,
        expiresAt: new Date(nowMs + ASK_MS),
        seconds: policy.matches.seconds,
        policyVersion: policy.version,
      },
      [askerId, ...others.keys()].flatMap((userId) => {
        const live = lives.get(userId);
        if (live === undefined) return [];
        return [
          {
            userId,
            stageId: live.stage.id,
            sessionId: live.session.id,
            acceptedAt: userId === askerId ? at : null,
          },
        ];
      }),
    );
    const news = {
      topic: `match:${askerId}`,
      kind: 'match',
      title: `${asker.stage.displayName} asks you for a match`,
      text: 'You have two minutes to say yes.',
      link: '/studio/live',
      about: askerId,
      at,
    };
    await bellOf(house).tell(tx, news, [...others.keys()]);
    return { id, told: await tellMatch(tx, id, nowMs) };
  });
  show(house, asked.told);
  await bellOf(house).ring();
  const match = await matchById(db, asked.id);
  if (match === undefined) throw new Error(`a match has vanished: ${asked.id}`);
  return match;
}

/** Whether this is what was asked for already, and still waits. */
function isSame(open: Match, askerId: Uuid, others: readonly Uuid[], nowMs: number): boolean {
  const waits = open.startedAt === null && open.expiresAt.getTime() > nowMs;
  const players = new Set(open.sides.map(({ userId }) => userId));
  return (
    waits &&
    open.askedBy === askerId &&
    players.size === others.length + 1 &&
    others.every((userId) => players.has(userId))
  );
}
