import type { Uuid } from '../core/ids.ts';
import { publicId } from '../core/ids.ts';
import { convertUp } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import { ANONYMOUS } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { peopleByIds } from '../identity/index.ts';
import type { WordFilter } from '../live/index.ts';
import { liveSession, type StageRow, stageNamed, stageShown } from '../live/index.ts';
import { policyNow } from '../policy/index.ts';
import { answeringIn } from '../questions/index.ts';
import type { Json } from '../realtime/room-event.ts';
import { readHead, readLastEvents, seqBefore } from '../realtime/room-events.ts';
import type { StreamMessage } from '../realtime/stream-batch.ts';
import { listSupporters } from '../supporters/index.ts';
import type { Overlays } from './overlays.ts';
import { ALERT_AGE_MAX_MS, type Source, shownPerson } from './rules.ts';
import type { AnySettings, SettingsOf } from './schema.ts';
import { matchShown, pictureOf, shaped } from './shape.ts';
import { playsSince } from './store.ts';

/** Events looked through for the last gifts of a stage, and for its match. */
const GIFTS_AMONG = 2_000;
const MATCH_AMONG = 20_000;
/** Gifts of a ticker before its settings choose among them. */
const GIFTS_KEPT = 40;
/** A little more than an alert may be old: clocks and commits differ. */
const WINDOW_MS = ALERT_AGE_MAX_MS + 5_000;
const PLAYS_MS = 10 * 60_000;

type Fields = Readonly<Record<string, Json>>;

/** The stage of a creator, who has one even before the first live. Refuses with `not_found`. */
export async function stageOfCreator({ house }: Overlays, creatorId: Uuid): Promise<StageRow> {
  const creator = (await peopleByIds(house.db, [creatorId])).get(creatorId);
  const stage = creator === undefined ? undefined : await stageNamed(house, creator.handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  return stage;
}

/**
 * How an overlay is now, and the number after which the stage's events go on from there.
 * @param asked what the overlay has seen; `keyId` null for a preview
 */
export async function showSource(
  overlays: Overlays,
  stage: StageRow,
  source: Source,
  asked: { readonly keyId: Uuid | null; readonly after: number | undefined },
  settings: AnySettings,
  hides: WordFilter,
): Promise<{ readonly after: number; readonly fields: Fields }> {
  const { house } = overlays;
  const { db, clock } = house;
  const common = {
    source,
    settings: settings as unknown as Json,
    nowMs: clock.now(),
    live: liveSession(stage) !== null,
  };
  // Read before the rest: what happens meanwhile is told again rather than missed.
  const head = await readHead(db, stage.id);
  switch (source) {
    case 'alerts': {
      const from = await seqBefore(db, stage.id, WINDOW_MS);
      const after = asked.after === undefined || asked.after > head ? from : Math.max(asked.after, from);
      const since = new Date(clock.now() - PLAYS_MS);
      const plays = asked.keyId === null ? [] : await playsSince(db, asked.keyId, since);
      const played = plays.map(({ alert, beganAt, done }) => ({ alert, beganMs: beganAt.getTime(), done }));
      return { after: Math.min(after, head), fields: { ...common, plays: played } };
    }
    case 'goal': {
      const { goal, seq } = await stageShown(house, stage.handle);
      const shown =
        goal === null ? null : { title: goal.title, units: goal.units, targetUnits: goal.targetUnits };
      return { after: seq, fields: { ...common, goal: shown } };
    }
    case 'leaderboard':
      return {
        after: head,
        fields: {
          ...common,
          leaders: await leadersNow(overlays, stage, settings as SettingsOf['leaderboard'], hides),
        },
      };
    case 'question':
      return { after: head, fields: { ...common, ...(await questionNow(overlays, stage, hides)) } };
    case 'ticker': {
      const gifts = await readLastEvents(db, stage.id, {
        upTo: head,
        types: ['gift'],
        finalOnly: true,
        among: GIFTS_AMONG,
        limit: GIFTS_KEPT,
      });
      const shown = gifts.map((event) => shaped('ticker', event as StreamMessage, hides) as unknown as Json);
      return { after: head, fields: { ...common, gifts: shown } };
    }
    case 'match': {
      const [last, score] = await matchEvents(overlays, stage, head);
      return {
        after: head,
        fields: {
          ...common,
          match: last === null ? null : (matchShown(last, hides) as unknown as Json),
          score: score as unknown as Json,
        },
      };
    }
  }
}

/** Who leads in the period that the creator chose. */
export async function leadersNow(
  { house }: Overlays,
  stage: StageRow,
  { period }: SettingsOf['leaderboard'],
  hides: WordFilter,
): Promise<readonly Json[]> {
  const { items } = await listSupporters(house, stage.handle, ANONYMOUS, { period, limit: 10 });
  return items.map(({ handle, displayName, avatar, coins }) => ({
    ...shownPerson(
      handle === null ? null : { nickname: displayName, picture: avatar === null ? null : pictureOf(avatar) },
      hides,
    ),
    id: handle,
    coins: coins.units,
  }));
}

async function questionNow({ house }: Overlays, stage: StageRow, hides: WordFilter): Promise<Fields> {
  const session = liveSession(stage);
  const question = session === null ? undefined : await answeringIn(house.db, session.id);
  if (question === undefined || hides(question.text)) return { question: null };
  const asker = (await peopleByIds(house.db, [question.askerId])).get(question.askerId);
  const policy = policyNow(house.db, house.clock.now());
  const event = {
    type: 'questionStatus',
    createTime: String(question.askedAt.getTime()),
    questionId: publicId('question', question.id),
    questionText: question.text,
    answerStatus: 'answering',
    nickname: asker?.displayName ?? 'Somebody',
    avatar: asker?.avatar ?? '',
    profilePictureUrl: asker === undefined ? '' : pictureOf(asker.avatar),
    coins: question.coins.toString(),
    valueMinor: convertUp(question.coins, policy.coins.centsPerCoin).toString(),
  };
  const shown = shaped('question', event, hides);
  return { id: shown?.id ?? '', question: shown?.question ?? null };
}

/** The last match that the stage was told of, and the score after it. */
async function matchEvents(
  { house }: Overlays,
  stage: StageRow,
  upTo: number,
): Promise<[StreamMessage | null, StreamMessage | null]> {
  const events = await readLastEvents(house.db, stage.id, {
    upTo,
    types: ['match', 'matchScore'],
    finalOnly: false,
    among: MATCH_AMONG,
    limit: 1_000,
  });
  const match = events.findLast(({ type }) => type === 'match');
  if (match === undefined) return [null, null];
  const score = events.findLast(({ type, seq, matchId }) => {
    return type === 'matchScore' && seq > match.seq && matchId === match.matchId;
  });
  return [match, score ?? null];
}
