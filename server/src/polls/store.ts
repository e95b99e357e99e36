import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { OptionGift, Poll, PollEnd, PollKind, PollNow, PollOption } from './poll.ts';

const POLL = `p.id, p.stage_id as "stageId", p.session_id as "sessionId", p.creator_id as "creatorId", p.kind, p.title,
  p.hidden, p.options, p.started_at as "startedAt", p.ends_at as "endsAt", p.from_committed as "fromCommitted",
  p.request_hash as "requestHash"`;
const NOW = `${POLL},
  case when e.poll_id is not null then 'ended' when o.ended_how is not null then 'closing' else 'running' end as state,
  coalesce(e.ended_at, o.ended_at) as "endedAt", coalesce(e.ended_how, o.ended_how) as "endedHow",
  coalesce(e.to_committed, o.to_committed) as "toCommitted",
  coalesce(e.votes, (
    select array_agg(case when p.kind = 'poll'
             then (select count(*) from poll_votes v where v.poll_id = p.id and v.place = place.no)
             else coalesce((select c.coins from poll_coins c where c.poll_id = p.id and c.place = place.no), 0) end
           order by place.no)
      from generate_series(1, jsonb_array_length(p.options)) as place (no))) as votes`;
const NOW_FROM = `polls p left join open_polls o on o.poll_id = p.id left join poll_endings e on e.poll_id = p.id`;

type Row<Of> = Omit<Of, 'options'> & {
  readonly options: readonly {
    readonly text: string;
    readonly gift: (Omit<OptionGift, 'coins'> & { coins: string }) | null;
  }[];
};

// --- Polls ----------------------------------------------------------------------------------------------------

export async function pollById(db: Queryable, id: Uuid): Promise<PollNow | undefined> {
  const [row] = await db.query<Row<PollNow>>(`select ${NOW} from ${NOW_FROM} where p.id = $1`, [id]);
  return row === undefined ? undefined : read(row);
}

/** The one that runs on a stage. */
export async function runningOn(db: Queryable, stageId: Uuid): Promise<PollNow | undefined> {
  const [row] = await db.query<Row<PollNow>>(
    `select ${NOW} from ${NOW_FROM} where p.id = (select poll_id from open_polls where stage_id = $1)`,
    [stageId],
  );
  return row === undefined ? undefined : read(row);
}

/** Those of a live that have ended, newest first. */
export async function endedIn(db: Queryable, sessionId: Uuid, limit: number): Promise<PollNow[]> {
  const rows = await db.query<Row<PollNow>>(
    `select ${NOW} from ${NOW_FROM} where p.session_id = $1 and e.poll_id is not null
      order by p.started_at desc, p.id desc limit $2`,
    [sessionId, limit],
  );
  return rows.map(read);
}

/** A creator's polls, newest first, of all lives or of one. */
export async function pollsOf(
  db: Queryable,
  asked: {
    readonly creatorId: Uuid;
    readonly sessionId: Uuid | null;
    readonly before: { readonly startedAt: Date; readonly id: Uuid } | null;
    readonly limit: number;
  },
): Promise<PollNow[]> {
  const rows = await db.query<Row<PollNow>>(
    `select ${NOW} from ${NOW_FROM}
      where p.creator_id = $1 and ($2::uuid is null or p.session_id = $2)
        and ($3::timestamptz is null or (p.started_at, p.id) < ($3, $4::uuid))
      order by p.started_at desc, p.id desc limit $5`,
    [
      asked.creatorId,
      asked.sessionId,
      asked.before?.startedAt ?? null,
      asked.before?.id ?? null,
      asked.limit,
    ],
  );
  return rows.map(read);
}

export async function insertPoll(tx: Queryable, poll: Poll): Promise<void> {
  await tx.query(
    `insert into polls (id, stage_id, session_id, creator_id, kind, title, hidden, options, started_at, ends_at,
                        from_committed, request_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      poll.id,
      poll.stageId,
      poll.sessionId,
      poll.creatorId,
      poll.kind,
      poll.title,
      poll.hidden,
      JSON.stringify(
        poll.options.map(({ text, gift }) => ({
          text,
          gift: gift === null ? null : { ...gift, coins: gift.coins.toString() },
        })),
      ),
      poll.startedAt,
      poll.endsAt,
      poll.fromCommitted,
      poll.requestHash,
    ],
  );
  await tx.query(
    'insert into open_polls (poll_id, stage_id, session_id, kind, ends_at) values ($1, $2, $3, $4, $5)',
    [poll.id, poll.stageId, poll.sessionId, poll.kind, poll.endsAt],
  );
  await tx.query(`insert into poll_tellings (poll_id, told, told_at) values ($1, '', $2)`, [
    poll.id,
    poll.startedAt,
  ]);
  if (poll.kind === 'poll') return;
  await tx.query(
    `insert into poll_coins (poll_id, place, session_id, gift_id)
     select $1, place, $2, gift_id from unnest($3::text[]) with ordinality as option (gift_id, place)`,
    [poll.id, poll.sessionId, poll.options.map(({ gift }) => gift?.id)],
  );
}

// --- Votes ----------------------------------------------------------------------------------------------------

/**
 * Counts somebody's free vote for the option at a place, in place of the one before; false when it is over. Whoever
 * stops the poll waits for this statement, and a statement that waited for the stop counts nothing.
 */
export async function putVote(
  db: Queryable,
  vote: { readonly pollId: Uuid; readonly voterId: Uuid; readonly place: number; readonly at: Date },
): Promise<boolean> {
  const rows = await db.query(
    `with open as (
       select poll_id from open_polls where poll_id = $1 and ended_how is null and ends_at > $4 for share)
     insert into poll_votes (poll_id, voter_id, place, voted_at) select poll_id, $2, $3, $4 from open
     on conflict (poll_id, voter_id) do update set place = excluded.place, voted_at = excluded.voted_at
     returning poll_id`,
    [vote.pollId, vote.voterId, vote.place, vote.at],
  );
  return rows.length > 0;
}

/** The places that a person voted for, by poll. */
export async function votedIn(
  db: Queryable,
  voterId: Uuid,
  pollIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, number>> {
  const rows = await db.query<{ id: Uuid; place: number }>(
    'select poll_id as id, place from poll_votes where voter_id = $1 and poll_id = any($2::uuid[])',
    [voterId, pollIds],
  );
  return new Map(rows.map(({ id, place }) => [id, place]));
}

/** Gift votes that count gifts now. */
export const GIFT_VOTES_RUN = `exists (select from open_polls where kind = 'giftVote' and to_committed is null)`;

/** Adds Coins to the options of running gift votes, in one statement. */
export async function addCoins(
  tx: Queryable,
  given: readonly { readonly sessionId: Uuid; readonly giftId: string; readonly coins: bigint }[],
): Promise<void> {
  await tx.query(
    `update poll_coins c set coins = c.coins + g.coins
       from unnest($1::uuid[], $2::text[], $3::bigint[]) as g (session_id, gift_id, coins), open_polls o
      where c.session_id = g.session_id and c.gift_id = g.gift_id
        and o.poll_id = c.poll_id and o.to_committed is null`,
    [
      given.map(({ sessionId }) => sessionId),
      given.map(({ giftId }) => giftId),
      given.map(({ coins }) => coins),
    ],
  );
}

// --- Running and ending ---------------------------------------------------------------------------------------

export interface OpenPoll {
  readonly id: Uuid;
  readonly kind: PollKind;
  readonly endsAt: Date;
  readonly endedHow: PollEnd | null;
  readonly liveEnded: boolean;
}

/** All that run or are being counted. */
export async function openPolls(db: Queryable): Promise<OpenPoll[]> {
  return db.query<OpenPoll>(
    `select o.poll_id as id, o.kind, o.ends_at as "endsAt", o.ended_how as "endedHow",
            s.ended_at is not null as "liveEnded"
       from open_polls o join stage_sessions s on s.id = o.session_id order by o.poll_id`,
  );
}

/** Holds a running poll until `tx` ends; `undefined` when it has ended. */
export async function lockOpen(tx: Queryable, pollId: Uuid): Promise<OpenPoll | undefined> {
  const [open] = await tx.query<OpenPoll>(
    `select o.poll_id as id, o.kind, o.ends_at as "endsAt", o.ended_how as "endedHow",
            (select ended_at is not null from stage_sessions s where s.id = o.session_id) as "liveEnded"
       from open_polls o where o.poll_id = $1 for update`,
    [pollId],
  );
  return open;
}

/** From here on it takes no more votes. */
export async function markEnded(
  tx: Queryable,
  pollId: Uuid,
  ended: { readonly how: PollEnd; readonly at: Date; readonly toCommitted: bigint | null },
): Promise<void> {
  await tx.query(
    'update open_polls set ended_how = $2, ended_at = $3, to_committed = $4 where poll_id = $1',
    [pollId, ended.how, ended.at, ended.toCommitted],
  );
}

/** Keeps the result for ever and what it took to count it no longer. Whoever tells of it meanwhile is waited for. */
export async function keepEnding(tx: Queryable, pollId: Uuid, votes: readonly bigint[]): Promise<void> {
  await tx.query('delete from poll_tellings where poll_id = $1', [pollId]);
  await tx.query(
    `insert into poll_endings (poll_id, ended_at, ended_how, to_committed, votes)
     select poll_id, ended_at, ended_how, to_committed, $2::bigint[] from open_polls where poll_id = $1`,
    [pollId, votes],
  );
  await tx.query('delete from poll_coins where poll_id = $1', [pollId]);
  await tx.query('delete from open_polls where poll_id = $1', [pollId]);
}

// --- Telling --------------------------------------------------------------------------------------------------

/** What the rooms of running polls were told last, where that was before `toldBy`. */
export async function toldBefore(db: Queryable, toldBy: Date): Promise<ReadonlyMap<Uuid, string>> {
  const rows = await db.query<{ id: Uuid; told: string }>(
    'select poll_id as id, told from poll_tellings where told_at <= $1',
    [toldBy],
  );
  return new Map(rows.map(({ id, told }) => [id, told]));
}

/** Takes the telling of a poll on itself; `undefined` when somebody else does, did, or it has ended. */
export async function takeTelling(tx: Queryable, pollId: Uuid, toldBy: Date): Promise<string | undefined> {
  const [row] = await tx.query<{ told: string }>(
    'select told from poll_tellings where poll_id = $1 and told_at <= $2 for update skip locked',
    [pollId, toldBy],
  );
  return row?.told;
}

export async function markTold(tx: Queryable, pollId: Uuid, told: string, at: Date): Promise<void> {
  await tx.query('update poll_tellings set told = $2, told_at = $3 where poll_id = $1', [pollId, told, at]);
}

function read<Of extends Row<Poll>>(
  row: Of,
): Omit<Of, 'options'> & { readonly options: readonly PollOption[] } {
  return {
    ...row,
    options: row.options.map(({ text, gift }) => ({
      text,
      gift: gift === null ? null : { ...gift, coins: BigInt(gift.coins) },
    })),
  };
}
