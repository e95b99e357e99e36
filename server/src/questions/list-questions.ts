import type { Static } from 'typebox';
import type { Uuid } from '../core/ids.ts';
import { amountJson, convertUp } from '../core/money.ts';
import { decodeCursor, encodeCursor, type Page } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { Principal } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { liveSession, stageNamed } from '../live/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { readHead } from '../realtime/room-events.ts';
import type { Asking } from './asking.ts';
import { QUESTIONS_CLOSED, type QuestionNow, type QuestionSettings } from './question.ts';
import { diamondUnitsFor } from './rules.ts';
import type { QuestionReceipt, queueSchema, settingsSchema } from './schema.ts';
import { receiptsOf, shownTo } from './show-question.ts';
import {
  answeredPage,
  answeringIn,
  ownQuestionsPage,
  type QueueOrder,
  queuePage,
  settingsOf,
  waitingIn,
} from './store.ts';

export type QueueJson = Static<typeof queueSchema>;

/**
 * The questions of a stage's live, or of its last one: what is answered now, and a page of those that wait or of those
 * that were answered. Refuses with `not_found`, and a cursor that no page gave with `invalid_request`.
 */
export async function listQuestions(
  asking: Asking,
  handle: string,
  asker: Principal,
  asked: {
    readonly show: 'waiting' | 'answered';
    readonly sort: QueueOrder;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<QueueJson> {
  const { house } = asking;
  const stage = await stageNamed(house, handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const place = asked.cursor === undefined ? null : placeOf(asked.cursor);
  // Read before the list: what happens meanwhile is told again rather than missed.
  const seq = await readHead(house.db, stage.id);
  const session = stage.session;
  if (session === null) {
    return {
      live: false,
      settings: await settingsJson(asking, QUESTIONS_CLOSED),
      answering: null,
      waiting: 0,
      seq,
      items: [],
      nextCursor: null,
    };
  }
  const limit = asked.limit + 1;
  const [settings, answering, waiting, rows] = await Promise.all([
    settingsOf(house.db, session.id),
    answeringIn(house.db, session.id),
    waitingIn(house.db, session.id),
    asked.show === 'answered'
      ? answeredPage(house.db, { sessionId: session.id, before: place?.rank ?? null, limit })
      : queuePage(house.db, { sessionId: session.id, order: asked.sort, after: place, limit }),
  ]);
  const page = rows.slice(0, asked.limit);
  const last = page.at(-1);
  const all = answering === undefined ? page : [answering, ...page];
  const shown = await shownTo(asking, asker, all);
  const isLive = liveSession(stage) !== null;
  const inForce = isLive ? (settings ?? QUESTIONS_CLOSED) : QUESTIONS_CLOSED;
  return {
    live: isLive,
    settings: await settingsJson(asking, inForce),
    answering: answering === undefined ? null : (shown[0] ?? null),
    waiting,
    seq,
    items: answering === undefined ? shown : shown.slice(1),
    nextCursor:
      rows.length > asked.limit && last !== undefined
        ? encodeCursor([last.rank.toString(), last.committed.toString()])
        : null,
  };
}

/** One page of somebody's own questions, newest first, each with where its Coins are. */
export async function ownQuestions(
  asking: Asking,
  userId: Uuid,
  asked: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<QuestionReceipt>> {
  const place = asked.cursor === undefined ? null : placeOf(asked.cursor);
  const rows: QuestionNow[] = await ownQuestionsPage(asking.house.db, {
    askerId: userId,
    before: place?.committed ?? null,
    limit: asked.limit + 1,
  });
  const page = rows.slice(0, asked.limit);
  const last = page.at(-1);
  return {
    items: await receiptsOf(asking, userId, page),
    nextCursor:
      rows.length > asked.limit && last !== undefined ? encodeCursor(['0', last.committed.toString()]) : null,
  };
}

/** What a question costs and brings under the policy in force. */
export async function settingsJson(
  { house }: Asking,
  { isOn, coins }: QuestionSettings,
): Promise<Static<typeof settingsSchema>> {
  const policy = await currentPolicy(house.db, house.clock.now());
  return {
    on: isOn,
    coins: amountJson('COIN', coins),
    money: amountJson('USD', convertUp(coins, policy.coins.centsPerCoin)),
    creatorGets: amountJson('DIAMOND', diamondUnitsFor(coins, policy.gifts.diamondUnitsPerCoin)),
    lengthMax: policy.questions.lengthMax,
    coinsMin: Number(policy.questions.coinsMin),
    coinsMax: Number(policy.questions.coinsMax),
  };
}

function placeOf(cursor: string): { readonly rank: bigint; readonly committed: bigint } {
  const [rank, committed] = decodeCursor(cursor, 2) ?? [];
  if (isDigits(rank) && isDigits(committed)) return { rank: BigInt(rank), committed: BigInt(committed) };
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}

function isDigits(part: unknown): part is string {
  return typeof part === 'string' && /^[0-9]{1,18}$|^[1-8][0-9]{18}$/.test(part);
}
