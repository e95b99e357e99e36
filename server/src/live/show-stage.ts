import { publicId } from '../core/ids.ts';
import { amountJson, displayDiamonds } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { diamondsOf, topSupporters } from '../gifts/index.ts';
import type { Principal } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { followedAmong, nameInRanks, passesGate, peopleByIds } from '../identity/index.ts';
import { readHead } from '../realtime/room-events.ts';
import { standingView } from './keep-order.ts';
import type { Living } from './living.ts';
import { runningIn } from './on-stage.ts';
import { EFFECTS_CAP_MAX, GIFTS_TURNED_OFF, usualScene } from './rules.ts';
import { nextView, stillToCome } from './schedule-rules.ts';
import { type ScheduledLive, scheduledOf } from './schedule-store.ts';
import type { StageCard, StageView } from './schema.ts';
import { type Goal, goalOf, lastLines, liveSession, pinOf, type StageRow, stageById } from './store.ts';
import { isTogether } from './together.ts';

const CHAT_SHOWN = 50;
const SUPPORTERS_SHOWN = 3;

/** A stage as lists show it, with what its creator announced next. */
export function cardOf({ house }: Living, stage: StageRow, next: ScheduledLive | null): StageCard {
  const session = liveSession(stage);
  return {
    id: publicId('stage', stage.id),
    handle: stage.handle,
    displayName: stage.displayName,
    avatar: stage.avatar,
    title: stage.session?.title ?? '',
    hashtags: [...(stage.session?.hashtags ?? [])],
    category: stage.session?.category ?? null,
    live: session !== null,
    viewers: session === null ? 0 : house.hub.viewers(stage.id),
    startedAt: stage.session?.startedAt.toISOString() ?? null,
    scene: stage.session?.scene ?? usualScene(stage.creatorId),
    next: next === null ? null : nextView(next),
  };
}

/** A stage as its page shows it. Refuses with `not_found` when nobody by that name has one. */
export async function showStage(living: Living, handle: string, asker: Principal): Promise<StageView> {
  const { house, speakers } = living;
  const known = await living.stages.named(handle);
  if (known === undefined) throw new Refusal(NOT_FOUND);
  const facts = await house.db.transaction((tx) => readAtOnce(tx, known));
  const { stage, units, top, goal, pin, running, seq, chat } = facts;
  const people = await peopleByIds(house.db, [stage.creatorId, ...top.map(({ senderId }) => senderId)]);
  const creator = people.get(stage.creatorId);
  if (creator === undefined) throw new Refusal(NOT_FOUND);
  const followed =
    asker.kind === 'user' ? await followedAmong(house.db, asker.userId, [creator.id]) : new Set<string>();
  const asking = asker.kind === 'user' ? asker.userId : null;
  const [next] = await scheduledOf(house.db, stage.id, stillToCome(house.clock.now()), asking);
  const order = await living.moderation.of(stage);
  const place = { creatorId: stage.creatorId, moderators: order.moderators };
  const lines = await speakers.lines(chat, () => place);
  return {
    ...cardOf(living, stage, next ?? null),
    creator: {
      id: publicId('user', creator.id),
      handle: creator.handle,
      displayName: creator.displayName,
      avatar: creator.avatar,
      bio: creator.bio,
      followers: creator.followers,
      following: followed.has(creator.id),
    },
    together: await isTogether(house.db, stage.id),
    ...(await giftsAt(living, stage)),
    effectsCap: stage.session?.effectsCap ?? EFFECTS_CAP_MAX,
    goal: goal === undefined ? null : goalView(goal, units),
    running,
    seq,
    likes: stage.session === null ? 0 : living.likes.total(stage.session.id, stage.likes),
    chat: lines.map(({ line }) => ({ ...line, user: { ...line.user, badges: [...line.user.badges] } })),
    supporters: top.map(({ senderId, coins }, index) => ({
      rank: index + 1,
      ...nameInRanks(people.get(senderId)),
      coins: amountJson('COIN', coins),
    })),
    pinned:
      pin === undefined
        ? null
        : { ...pin, lineId: pin.lineId === null ? null : publicId('chat', pin.lineId) },
    slowSeconds: order.slowSeconds,
    you: asker.kind === 'user' ? await standingView(living, stage, asker.userId) : null,
    diamondsThisLive: amountJson('DIAMOND', units),
  };
}

/** All that must fit together, as of one instant: totals include exactly the events up to `seq`. */
async function readAtOnce(tx: Queryable, known: StageRow) {
  await tx.query('set transaction isolation level repeatable read, read only');
  const stage = (await stageById(tx, known.id)) ?? known;
  const seq = await readHead(tx, stage.id);
  const last = stage.session;
  if (last === null) {
    return { stage, seq, units: 0n, top: [], goal: undefined, pin: undefined, running: [], chat: [] };
  }
  return {
    stage,
    seq,
    units: await diamondsOf(tx, last.id),
    top: await topSupporters(tx, { sessionId: last.id, limit: SUPPORTERS_SHOWN }),
    goal: last.endedAt === null ? await goalOf(tx, last.id) : undefined,
    pin: last.endedAt === null ? await pinOf(tx, last.id) : undefined,
    running: await runningIn(tx, last.id),
    chat: await lastLines(tx, last.id, CHAT_SHOWN),
  };
}

async function giftsAt(
  { house }: Living,
  stage: StageRow,
): Promise<{ readonly giftsOn: boolean; readonly giftsOffReason: string | null }> {
  const session = liveSession(stage);
  if (session === null) {
    return { giftsOn: false, giftsOffReason: 'Gifts open when the creator is live.' };
  }
  if (!session.giftsOn) return { giftsOn: false, giftsOffReason: GIFTS_TURNED_OFF };
  if (await passesGate(house, 'earn', stage.creatorId)) return { giftsOn: true, giftsOffReason: null };
  return { giftsOn: false, giftsOffReason: 'The creator cannot receive gifts right now.' };
}

function goalView(goal: Goal, sessionUnits: bigint): NonNullable<StageView['goal']> {
  const units = sessionUnits - goal.fromUnits;
  return {
    title: goal.title,
    units: units.toString(),
    targetUnits: goal.targetUnits.toString(),
    display: `${displayDiamonds(units)} of ${displayDiamonds(goal.targetUnits)} Diamonds`,
  };
}
