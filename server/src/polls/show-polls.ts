import type { Static } from 'typebox';
import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { amountJson, displayAmount, groupDigits } from '../core/money.ts';
import { decodeCursor, encodeCursor, type Page } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { Principal } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { liveSession, stageNamed } from '../live/index.ts';
import { readHead } from '../realtime/room-events.ts';
import { recount } from './end-poll.ts';
import type { PollNow } from './poll.ts';
import type { Polling } from './polling.ts';
import {
  OPTION_LENGTH_MAX,
  OPTIONS_MAX,
  OPTIONS_MIN,
  percentsOf,
  SECONDS_MAX,
  SECONDS_MIN,
  shownState,
  showsVotes,
  TITLE_LENGTH_MAX,
  winnersOf,
} from './rules.ts';
import type { PollJson, ProofJson, stagePollsAnswer } from './schema.ts';
import { endedIn, pollById, pollsOf, runningOn, votedIn } from './store.ts';

const PAST_SHOWN = 20;

/** What is put to the vote on a stage now, and the results of its live. Refuses with `not_found`. */
export async function showStagePolls(
  { house }: Polling,
  handle: string,
  asker: Principal,
): Promise<Static<typeof stagePollsAnswer>> {
  const stage = await stageNamed(house, handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  // Read before the rest: what happens meanwhile is told again rather than missed.
  const seq = await readHead(house.db, stage.id);
  const [running, past] = await Promise.all([
    runningOn(house.db, stage.id),
    stage.session === null ? [] : endedIn(house.db, stage.session.id, PAST_SHOWN),
  ]);
  const viewerId = asker.kind === 'user' ? asker.userId : null;
  const all = running === undefined ? past : [running, ...past];
  const shown = await shownTo({ house }, viewerId, all);
  return {
    live: liveSession(stage) !== null,
    running: running === undefined ? null : (shown[0] ?? null),
    past: running === undefined ? shown : shown.slice(1),
    seq,
    bounds: {
      titleLengthMax: TITLE_LENGTH_MAX,
      optionLengthMax: OPTION_LENGTH_MAX,
      optionsMin: OPTIONS_MIN,
      optionsMax: OPTIONS_MAX,
      secondsMin: SECONDS_MIN,
      secondsMax: SECONDS_MAX,
    },
  };
}

/** One page of a creator's votes, newest first. Refuses a cursor that no page gave with `invalid_request`. */
export async function listOwnPolls(
  polling: Polling,
  creatorId: Uuid,
  asked: { readonly cursor?: string; readonly limit: number; readonly live?: string },
): Promise<Page<PollJson>> {
  const sessionId = asked.live === undefined ? null : parsePublicId('live', asked.live);
  if (asked.live !== undefined && sessionId === null) return { items: [], nextCursor: null };
  const before = asked.cursor === undefined ? null : readCursor(asked.cursor);
  const rows = await pollsOf(polling.house.db, { creatorId, sessionId, before, limit: asked.limit + 1 });
  const page = rows.slice(0, asked.limit);
  const last = page.at(-1);
  return {
    items: await shownTo(polling, creatorId, page),
    nextCursor:
      rows.length > asked.limit && last !== undefined
        ? encodeCursor([last.startedAt.getTime(), publicId('poll', last.id)])
        : null,
  };
}

/** A vote of one's own. Refuses with `not_found`. */
export async function ownPoll(
  { house }: Pick<Polling, 'house'>,
  creatorId: Uuid,
  id: Uuid | null,
): Promise<PollNow> {
  const poll = id === null ? undefined : await pollById(house.db, id);
  if (poll === undefined || poll.creatorId !== creatorId) throw new Refusal(NOT_FOUND);
  return poll;
}

/** A creator's vote with its result added up anew. Refuses with `not_found`. */
export async function provePoll(polling: Polling, creatorId: Uuid, id: Uuid | null): Promise<ProofJson> {
  const poll = await ownPoll(polling, creatorId, id);
  const isCounted = poll.kind === 'poll' || poll.toCommitted !== null;
  const counted = isCounted ? await recount(polling.house.db, poll) : [...poll.votes];
  return {
    poll: await shownAs(polling, creatorId, poll),
    proof: {
      fromCommitted: poll.fromCommitted?.toString() ?? null,
      toCommitted: poll.toCommitted?.toString() ?? null,
      counted: counted.map(String),
      agrees: counted.join() === poll.votes.join(),
      how: howCounted(poll, counted),
    },
  };
}

function howCounted(poll: PollNow, counted: readonly bigint[]): ProofJson['proof']['how'] {
  return poll.options.map(({ text, gift }, index) => {
    const votes = counted[index] ?? 0n;
    if (gift === null) {
      return {
        label: text,
        value: `${groupDigits(votes)} ${votes === 1n ? 'person' : 'people'}`,
        note: 'One vote a person: their last one before the end.',
      };
    }
    return {
      label: text,
      value: displayAmount({ asset: 'COIN', units: votes }),
      note: `Every ${gift.name} of this live (${displayAmount({ asset: 'COIN', units: gift.coins })} each) between the two marks in the ledger.`,
    };
  });
}

/** One vote as this person sees it. */
export async function shownAs(
  { house }: Pick<Polling, 'house'>,
  viewerId: Uuid | null,
  poll: PollNow,
): Promise<PollJson> {
  const voted = viewerId === null ? undefined : (await votedIn(house.db, viewerId, [poll.id])).get(poll.id);
  return pollJson(poll, voted);
}

async function shownTo(
  { house }: Pick<Polling, 'house'>,
  viewerId: Uuid | null,
  polls: readonly PollNow[],
): Promise<PollJson[]> {
  const ids = polls.map(({ id }) => id);
  const voted = viewerId === null || ids.length === 0 ? null : await votedIn(house.db, viewerId, ids);
  return polls.map((poll) => pollJson(poll, voted?.get(poll.id)));
}

function pollJson(poll: PollNow, voted: number | undefined): PollJson {
  const isShown = showsVotes(poll);
  const percents = percentsOf(poll.votes);
  const winners = poll.state === 'ended' && isShown ? winnersOf(poll.votes) : [];
  return {
    id: publicId('poll', poll.id),
    liveId: publicId('live', poll.sessionId),
    kind: poll.kind,
    state: shownState(poll),
    title: poll.title,
    results: poll.hidden ? 'end' : 'live',
    options: poll.options.map(({ text, gift }, index) => ({
      id: String(index + 1),
      text,
      gift:
        gift === null
          ? null
          : { id: gift.id, name: gift.name, art: gift.art, price: amountJson('COIN', gift.coins) },
      votes: isShown ? String(poll.votes[index] ?? 0n) : null,
      percent: isShown ? (percents[index] ?? 0) : null,
      winner: winners.includes(index + 1),
    })),
    votes: poll.votes.reduce((sum, some) => sum + some, 0n).toString(),
    myVote: voted === undefined ? null : String(voted),
    startedAt: poll.startedAt.toISOString(),
    endsAt: poll.endsAt.toISOString(),
    endedAt: poll.state === 'ended' ? (poll.endedAt?.toISOString() ?? null) : null,
    endedBy: poll.state === 'ended' ? poll.endedHow : null,
  };
}

function readCursor(cursor: string): { readonly startedAt: Date; readonly id: Uuid } {
  const [at, id] = decodeCursor(cursor, 2) ?? [];
  const uuid = typeof id === 'string' ? parsePublicId('poll', id) : null;
  if (typeof at === 'number' && Number.isSafeInteger(at) && Math.abs(at) < 8e15 && uuid !== null) {
    return { startedAt: new Date(at), id: uuid };
  }
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
