import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { explainGate } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import type { Living } from './living.ts';
import { type RoomOrder, type Standing, standingOf } from './moderation.ts';
import { shownLine } from './moderation-store.ts';
import {
  BANNED_FROM_STAGE,
  CHAT_CLOSED,
  CHAT_FILTERED,
  CHAT_INVALID,
  CHAT_KEY_REUSED,
  CHAT_MUTED,
  CHAT_REPLY_GONE,
  CHAT_SLOW,
  CHAT_TOO_FAST,
} from './refusals.ts';
import { mayChat, readChat } from './rules.ts';
import { type ChatRow, insertLines, lineByKey, type StageRow } from './store.ts';

/**
 * Says something in a running live: kept first, then shown. The same key again is the same line.
 * Refuses with `room_not_found`, `stage_not_live`, `chat_invalid`, `chat_closed_to_you`, `banned_from_stage`,
 * `chat_muted`, `chat_filtered`, `chat_reply_gone`, `chat_slow`, `chat_too_fast` or `chat_key_reused`.
 */
export async function say(
  living: Living,
  userId: Uuid,
  asked: {
    readonly stage: string;
    readonly key: string;
    readonly text: string;
    /** The line that this one answers. */
    readonly replyTo: Uuid | null;
  },
): Promise<{ readonly lineId: Uuid }> {
  const { house, press, speakers, slowMode } = living;
  const nowMs = house.clock.now();
  const { stage, session } = await living.stages.live(asked.stage);
  const order = await living.moderation.of(stage);
  const { chat } = await currentPolicy(house.db, nowMs);
  const read = readChat(asked.text, chat);
  if ('rule' in read) throw new Refusal(CHAT_INVALID, { rule: read.rule }, '/text');
  await requireNotFrozen(house, userId);
  const { role } = requireVoice(stage, order, { userId, text: read.value, nowMs });
  const answers =
    asked.replyTo === null ? null : await lineToAnswer(house, session.id, stage.id, asked.replyTo);
  const isSlow = role === null && order.slowSeconds > 0;
  if (isSlow) {
    const { slowSeconds } = order;
    const waitMs = await slowMode.take({ sessionId: session.id, userId, key: asked.key, slowSeconds, nowMs });
    if (waitMs > 0) {
      throw new Refusal(CHAT_SLOW, { everySeconds: slowSeconds, seconds: Math.ceil(waitMs / 1_000) });
    }
  }
  if (!press.mayPass(userId, asked.key, nowMs, chat.intervalMs)) {
    if (isSlow) slowMode.giveBack(session.id, userId);
    throw new Refusal(CHAT_TOO_FAST, { seconds: chat.intervalMs / 1_000 });
  }
  const row = {
    id: newId(),
    sessionId: session.id,
    userId,
    text: read.value,
    saidAt: new Date(nowMs),
    answers,
  };
  if (await press.keep({ ...row, key: asked.key })) {
    const place = { creatorId: stage.creatorId, moderators: order.moderators };
    for (const { line, rank } of await speakers.lines([row], () => place)) {
      house.hub.chat(stage.id, line, rank);
      living.others.tell(stage.id, { id: row.id, line, rank });
    }
    return { lineId: row.id };
  }
  const first = await lineByKey(house.db, userId, asked.key);
  if (first === undefined || first.text !== row.text || first.sessionId !== row.sessionId) {
    throw new Refusal(CHAT_KEY_REUSED, {}, '/key');
  }
  return { lineId: first.id };
}

/**
 * What the speaker is here, if they may say this now.
 * Refuses with `banned_from_stage`, `chat_muted` or `chat_filtered`.
 */
export function requireVoice(
  stage: StageRow,
  order: RoomOrder,
  { userId, text, nowMs }: { readonly userId: Uuid; readonly text: string; readonly nowMs: number },
): Standing {
  const standing = standingOf(stage, order, userId, nowMs);
  if (standing.banned) {
    throw new Refusal(BANNED_FROM_STAGE, { host: stage.displayName, stage: stage.handle });
  }
  if (standing.mutedUntilMs !== null) {
    throw new Refusal(CHAT_MUTED, { until: new Date(standing.mutedUntilMs).toISOString() });
  }
  if (standing.role === null && order.hides(text)) {
    throw new Refusal(CHAT_FILTERED, { host: stage.displayName }, '/text');
  }
  return standing;
}

/** The line that is answered, of the same live. Refuses with `chat_reply_gone`. */
async function lineToAnswer(
  house: House,
  sessionId: Uuid,
  stageId: Uuid,
  lineId: Uuid,
): Promise<NonNullable<ChatRow['answers']>> {
  const line = await shownLine(house.db, stageId, lineId);
  if (line === undefined || line.sessionId !== sessionId) throw new Refusal(CHAT_REPLY_GONE, {}, '/replyTo');
  return { lineId, userId: line.userId, text: line.text };
}

async function requireNotFrozen(house: House, userId: Uuid): Promise<void> {
  const checks = await explainGate(house, 'send', userId);
  const frozen = checks.find((check) => check.code === 'account_frozen' && !check.passed);
  if (frozen !== undefined) throw new Refusal(CHAT_CLOSED, { reason: frozen.have });
}

type NewLine = ChatRow & { readonly key: string };

/** Lines in one statement at most. */
const BATCH_MAX = 500;
const SPOKE_MAX = 50_000;
/** How long a line printed here is remembered, so that it is not shown again as news of another process. */
const PRINTED_MS = 30_000;

/** Keeps chat lines, many in one statement: those that come while one is being written go together in the next. */
export class ChatPress {
  readonly #house: House;
  readonly #spoke = new Map<Uuid, { readonly atMs: number; readonly key: string }>();
  readonly #printed = new Map<Uuid, number>();
  #waiting: {
    readonly line: NewLine;
    readonly done: (kept: boolean) => void;
    readonly failed: (error: unknown) => void;
  }[] = [];
  #printing = false;

  constructor(house: House) {
    this.#house = house;
  }

  /** Whether a person may say something now; if so, it counts. A retry of their last line passes. */
  mayPass(userId: Uuid, key: string, nowMs: number, intervalMs: number): boolean {
    const last = this.#spoke.get(userId);
    if (last?.key === key) return true;
    if (!mayChat(last?.atMs, nowMs, intervalMs)) return false;
    if (this.#spoke.size >= SPOKE_MAX) this.#spoke.clear();
    this.#spoke.set(userId, { atMs: nowMs, key });
    return true;
  }

  /** Keeps a line; false when the sender used the key before. */
  keep(line: NewLine): Promise<boolean> {
    this.markShown(line.id);
    return new Promise((done, failed) => {
      this.#waiting.push({ line, done, failed });
      if (!this.#printing) void this.#print();
    });
  }

  /** Marks a line as shown by this process; false when it was already. */
  markShown(lineId: Uuid): boolean {
    const nowMs = performance.now();
    if (this.#printed.has(lineId)) return false;
    this.#printed.set(lineId, nowMs);
    for (const [id, atMs] of this.#printed) {
      if (nowMs - atMs < PRINTED_MS) break;
      this.#printed.delete(id);
    }
    return true;
  }

  async #print(): Promise<void> {
    this.#printing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      try {
        const kept = await insertLines(
          this.#house.db,
          batch.map(({ line }) => line),
        );
        for (const { line, done } of batch) done(kept.has(line.id));
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#printing = false;
  }
}
