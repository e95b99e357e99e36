import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { defineCompanionTable } from '../ledger/index.ts';
import type { Question, QuestionNow, QuestionSettings, QuestionStatus } from './question.ts';

// --- Rows that commit with their transfers --------------------------------------------------------------------

export const QUESTION_ROWS = defineCompanionTable({
  name: 'questions',
  columns: {
    id: 'uuid',
    committed: 'ledger_timestamp',
    asked_at: 'timestamptz',
    stage_id: 'uuid',
    session_id: 'uuid',
    asker_id: 'uuid',
    creator_id: 'uuid',
    text: 'text',
    coins: 'int8',
    diamond_units: 'int8',
    policy_version: 'int4',
    rate_version: 'int4',
    request_hash: 'int8',
  },
});

export const OPEN_ROWS = defineCompanionTable({
  name: 'open_questions',
  columns: {
    question_id: 'uuid',
    committed: 'ledger_timestamp',
    asked_at: 'timestamptz',
    session_id: 'uuid',
    asker_id: 'uuid',
    coins: 'int8',
  },
});

export const ANSWER_ROWS = defineCompanionTable({
  name: 'question_answers',
  columns: {
    question_id: 'uuid',
    committed: 'ledger_timestamp',
    session_id: 'uuid',
    answering_since: 'timestamptz',
    answered_at: 'timestamptz',
  },
});

export const EARNING_ROWS = defineCompanionTable({
  name: 'question_earnings',
  columns: {
    question_id: 'uuid',
    committed: 'ledger_timestamp',
    earned_at: 'timestamptz',
    matures_at: 'timestamptz',
    asker_id: 'uuid',
    creator_id: 'uuid',
    coins: 'int8',
    diamond_units: 'int8',
  },
});

export const RETURN_ROWS = defineCompanionTable({
  name: 'question_returns',
  columns: {
    question_id: 'uuid',
    committed: 'ledger_timestamp',
    returned_at: 'timestamptz',
    reason: 'text',
    by_id: 'uuid',
  },
});

export const NEWS_ROWS = defineCompanionTable({
  name: 'question_news',
  columns: { committed: 'ledger_timestamp', question_id: 'uuid', status: 'text' },
});

/** The one free question of a person in a live, and the one question that is answered at a time. */
export const ONE_FREE = 'open_questions_one_free';
export const ONE_ANSWERING = 'open_questions_one_answering';

// --- Questions ------------------------------------------------------------------------------------------------

const NOW = `q.id, q.committed, q.asked_at as "askedAt", q.stage_id as "stageId", q.session_id as "sessionId",
  q.asker_id as "askerId", q.creator_id as "creatorId", q.text, q.coins, q.diamond_units as "diamondUnits",
  q.policy_version as "policyVersion", q.rate_version as "rateVersion", q.request_hash as "requestHash",
  case when a.question_id is not null then 'answered' when r.question_id is not null then 'returned'
       when o.answering_since is not null then 'answering' else 'waiting' end as status,
  coalesce(o.answering_since, a.answering_since) as "answeringSince", a.answered_at as "answeredAt",
  e.matures_at as "maturesAt", r.returned_at as "returnedAt", r.reason as "returnReason",
  coalesce(v.votes, 0) as votes`;
const NOW_JOINS = `left join question_answers a on a.question_id = q.id
  left join question_earnings e on e.question_id = q.id
  left join question_returns r on r.question_id = q.id
  left join question_vote_counts v on v.question_id = q.id`;
const NOW_FROM = `questions q left join open_questions o on o.question_id = q.id ${NOW_JOINS}`;

export async function questionById(db: Queryable, id: Uuid): Promise<QuestionNow | undefined> {
  const [question] = await db.query<QuestionNow>(`select ${NOW} from ${NOW_FROM} where q.id = $1`, [id]);
  return question;
}

export async function questionsByIds(db: Queryable, ids: readonly Uuid[]): Promise<QuestionNow[]> {
  return db.query<QuestionNow>(`select ${NOW} from ${NOW_FROM} where q.id = any($1::uuid[])`, [ids]);
}

/** A question as a companion row, in the order of `QUESTION_ROWS`. The ledger gives `committed`. */
export function questionValues(question: Question): unknown[] {
  return [
    question.id,
    null,
    question.askedAt,
    question.stageId,
    question.sessionId,
    question.askerId,
    question.creatorId,
    question.text,
    question.coins,
    question.diamondUnits,
    question.policyVersion,
    question.rateVersion,
    question.requestHash,
  ];
}

/** How the queue is sorted. */
export type QueueOrder = 'price' | 'votes' | 'time';

/** A place in the queue: the rank by which it is sorted (0 by time), then the commit. */
export interface QueuePlace {
  readonly rank: bigint;
  readonly committed: bigint;
}

const RANKS = { price: 'o.coins', votes: 'coalesce(v.votes, 0)::bigint', time: '0::bigint' } as const;

/** The questions of a live that wait, in an order; among equals the one that was asked first. */
export async function queuePage(
  db: Queryable,
  asked: {
    readonly sessionId: Uuid;
    readonly order: QueueOrder;
    readonly after: QueuePlace | null;
    readonly limit: number;
  },
): Promise<(QuestionNow & { readonly rank: bigint })[]> {
  const rank = RANKS[asked.order];
  return db.query<QuestionNow & { rank: bigint }>(
    `select ${NOW}, ${rank} as rank
       from open_questions o join questions q on q.id = o.question_id ${NOW_JOINS}
      where o.session_id = $1 and o.answering_since is null
        and ($2::bigint is null or ${rank} < $2 or (${rank} = $2 and o.committed > $3))
      order by ${rank} desc, o.committed limit $4`,
    [asked.sessionId, asked.after?.rank ?? null, asked.after?.committed ?? null, asked.limit],
  );
}

/** The answered questions of a live, newest answer first; `rank` is the commit of the answer. */
export async function answeredPage(
  db: Queryable,
  asked: { readonly sessionId: Uuid; readonly before: bigint | null; readonly limit: number },
): Promise<(QuestionNow & { readonly rank: bigint })[]> {
  return db.query<QuestionNow & { rank: bigint }>(
    `select ${NOW}, a.committed as rank
       from question_answers a join questions q on q.id = a.question_id
       left join open_questions o on o.question_id = q.id
       left join question_earnings e on e.question_id = q.id
       left join question_returns r on r.question_id = q.id
       left join question_vote_counts v on v.question_id = q.id
      where a.session_id = $1 and ($2::bigint is null or a.committed < $2)
      order by a.committed desc limit $3`,
    [asked.sessionId, asked.before, asked.limit],
  );
}

/** Somebody's own questions, newest first. */
export async function ownQuestionsPage(
  db: Queryable,
  asked: { readonly askerId: Uuid; readonly before: bigint | null; readonly limit: number },
): Promise<QuestionNow[]> {
  return db.query<QuestionNow>(
    `select ${NOW} from ${NOW_FROM}
      where q.asker_id = $1 and ($2::bigint is null or q.committed < $2)
      order by q.committed desc limit $3`,
    [asked.askerId, asked.before, asked.limit],
  );
}

/** The question that is answered in a live now. */
export async function answeringIn(db: Queryable, sessionId: Uuid): Promise<QuestionNow | undefined> {
  const [question] = await db.query<QuestionNow>(
    `select ${NOW} from open_questions o join questions q on q.id = o.question_id ${NOW_JOINS}
      where o.session_id = $1 and o.answering_since is not null`,
    [sessionId],
  );
  return question;
}

/** How many questions of a live wait. */
export async function waitingIn(db: Queryable, sessionId: Uuid): Promise<number> {
  const [row] = await db.query<{ waiting: bigint }>(
    'select count(*) as waiting from open_questions where session_id = $1 and answering_since is null',
    [sessionId],
  );
  return Number(row?.waiting ?? 0n);
}

/** How many questions a person has open in a live. */
export async function openOf(
  db: Queryable,
  sessionId: Uuid,
  askerId: Uuid,
): Promise<{ readonly free: number; readonly paid: number }> {
  const [row] = await db.query<{ free: bigint; paid: bigint }>(
    `select count(*) filter (where coins = 0) as free, count(*) filter (where coins > 0) as paid
       from open_questions where session_id = $1 and asker_id = $2`,
    [sessionId, askerId],
  );
  return { free: Number(row?.free ?? 0n), paid: Number(row?.paid ?? 0n) };
}

/**
 * Open questions that nobody will answer: their live is over, or they were asked under a version of the policy and not
 * after the instant that is given for it. Oldest first.
 */
export async function leftOver(
  db: Queryable,
  askedBy: readonly { readonly policyVersion: number; readonly at: Date }[],
  limit: number,
): Promise<(QuestionNow & { readonly liveEnded: boolean })[]> {
  return db.query<QuestionNow & { liveEnded: boolean }>(
    `select ${NOW}, s.ended_at is not null as "liveEnded"
       from open_questions o join questions q on q.id = o.question_id ${NOW_JOINS}
       join stage_sessions s on s.id = o.session_id
       left join unnest($1::int[], $2::timestamptz[]) as w (version, asked_by) on w.version = q.policy_version
      where s.ended_at is not null or o.asked_at <= w.asked_by
      order by o.committed limit $3`,
    [askedBy.map(({ policyVersion }) => policyVersion), askedBy.map(({ at }) => at), limit],
  );
}

// --- Settings -------------------------------------------------------------------------------------------------

export async function settingsOf(db: Queryable, sessionId: Uuid): Promise<QuestionSettings | undefined> {
  const [settings] = await db.query<QuestionSettings>(
    `select is_on as "isOn", coins from question_settings
      where session_id = $1 order by set_at desc, id desc limit 1`,
    [sessionId],
  );
  return settings;
}

export async function insertSettings(
  tx: Queryable,
  settings: QuestionSettings & { readonly id: Uuid; readonly sessionId: Uuid; readonly at: Date },
): Promise<void> {
  await tx.query(
    'insert into question_settings (id, session_id, is_on, coins, set_at) values ($1, $2, $3, $4, $5)',
    [settings.id, settings.sessionId, settings.isOn, settings.coins, settings.at],
  );
}

// --- Votes ----------------------------------------------------------------------------------------------------

/** Counts a vote once; whether it was new. */
export async function insertVote(tx: Queryable, questionId: Uuid, voterId: Uuid, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `insert into question_votes (question_id, voter_id, voted_at) values ($1, $2, $3)
     on conflict do nothing returning question_id`,
    [questionId, voterId, at],
  );
  return rows.length > 0;
}

/** Takes a vote back; whether there was one. */
export async function deleteVote(tx: Queryable, questionId: Uuid, voterId: Uuid): Promise<boolean> {
  const rows = await tx.query(
    'delete from question_votes where question_id = $1 and voter_id = $2 returning question_id',
    [questionId, voterId],
  );
  return rows.length > 0;
}

/** Adds to a question's votes and says how many it has then. */
export async function addVotes(tx: Queryable, questionId: Uuid, more: number): Promise<number> {
  const [row] = await tx.query<{ votes: number }>(
    `insert into question_vote_counts as c (question_id, votes) values ($1, greatest($2::integer, 0))
     on conflict (question_id) do update set votes = c.votes + $2 returning votes`,
    [questionId, more],
  );
  return row?.votes ?? 0;
}

/** Which of these questions a person voted for. */
export async function votedAmong(
  db: Queryable,
  voterId: Uuid,
  questionIds: readonly Uuid[],
): Promise<Set<Uuid>> {
  if (questionIds.length === 0) return new Set();
  const rows = await db.query<{ id: Uuid }>(
    'select question_id as id from question_votes where voter_id = $1 and question_id = any($2::uuid[])',
    [voterId, questionIds],
  );
  return new Set(rows.map(({ id }) => id));
}

// --- News -----------------------------------------------------------------------------------------------------

export interface QuestionNews {
  readonly questionId: Uuid;
  readonly status: QuestionStatus;
}

/** Takes the oldest news out of the queue, in the order of commits. Whoever takes at the same time waits. */
export async function takeNews(tx: Queryable, limit: number): Promise<QuestionNews[]> {
  return tx.query<QuestionNews>(
    `with taken as (
       delete from question_news n using (
         select committed, question_id, status from question_news order by committed limit $1 for update) as oldest
        where (n.committed, n.question_id, n.status) = (oldest.committed, oldest.question_id, oldest.status)
       returning n.committed, n.question_id, n.status)
     select question_id as "questionId", status from taken order by committed`,
    [limit],
  );
}

/** Whether there is anything to tell. */
export async function hasNews(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ news: boolean }>('select exists (select from question_news) as news');
  return row?.news === true;
}

// --- Refusals of the ledger -----------------------------------------------------------------------------------

/** A request that the ledger refused for good. */
export interface QuestionRefusal {
  readonly id: Uuid;
  readonly askerId: Uuid;
  readonly requestHash: bigint;
  readonly coinsNeeded: bigint;
  readonly coinsHad: bigint;
  readonly refusedAt: Date;
}

/** Keeps a refusal so that a retry is told the same. The first one stands. */
export async function keepRefusal(db: Queryable, refusal: QuestionRefusal): Promise<void> {
  await db.query(
    `insert into question_refusals (id, asker_id, request_hash, coins_needed, coins_had, refused_at)
     values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
    [
      refusal.id,
      refusal.askerId,
      refusal.requestHash,
      refusal.coinsNeeded,
      refusal.coinsHad,
      refusal.refusedAt,
    ],
  );
}

export async function keptRefusal(db: Queryable, id: Uuid): Promise<QuestionRefusal | undefined> {
  const [refusal] = await db.query<QuestionRefusal>(
    `select id, asker_id as "askerId", request_hash as "requestHash", coins_needed as "coinsNeeded",
            coins_had as "coinsHad", refused_at as "refusedAt"
       from question_refusals where id = $1`,
    [id],
  );
  return refusal;
}
