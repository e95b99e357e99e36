import { hash } from 'node:crypto';
import { SECOND_MS } from '../core/clock.ts';
import { split } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import { cleanText } from '../identity/index.ts';
import type { OptionGift, PollKind, PollNow, PollOption } from './poll.ts';
import { POLL_GIFT_UNKNOWN, POLL_INVALID } from './refusals.ts';

/** Graphemes. */
export const TITLE_LENGTH_MAX = 80;
export const OPTION_LENGTH_MAX = 40;
export const OPTIONS_MIN = 2;
export const OPTIONS_MAX = 5;
export const SECONDS_MIN = 15;
export const SECONDS_MAX = 1_800;
/** A gift pressed in the last moment is committed and shown within this time: a gift vote takes it. */
export const LATE_GIFTS_MS = SECOND_MS;

/** What a creator asks for. */
export interface PollWish {
  readonly kind: PollKind;
  readonly title: string;
  readonly options: readonly { readonly text: string; readonly giftId: string | null }[];
  readonly seconds: number;
  readonly hidden: boolean;
}

/** What is put to the vote, in clean texts; or `poll_invalid` or `poll_gift_unknown`, with the field. */
export function readPoll(
  wish: PollWish,
  giftById: (id: string) => OptionGift | undefined,
): { readonly title: string; readonly options: readonly PollOption[] } | Refusal {
  const title = cleanText(wish.title, { lengthMin: 1, lengthMax: TITLE_LENGTH_MAX });
  if ('rule' in title) return invalid('question', title.rule, '/title');
  if (wish.options.length < OPTIONS_MIN || wish.options.length > OPTIONS_MAX) {
    return invalid('list of options', `needs ${OPTIONS_MIN} to ${OPTIONS_MAX} of them`, '/options');
  }
  if (wish.seconds < SECONDS_MIN || wish.seconds > SECONDS_MAX) {
    return invalid('time', `must be ${SECONDS_MIN} to ${SECONDS_MAX} seconds`, '/seconds');
  }
  const options: PollOption[] = [];
  for (const [index, wished] of wish.options.entries()) {
    const text = cleanText(wished.text, { lengthMin: 1, lengthMax: OPTION_LENGTH_MAX });
    if ('rule' in text) return invalid('option', text.rule, `/options/${index}/text`);
    if (options.some((before) => before.text.toLowerCase() === text.text.toLowerCase())) {
      return invalid('option', 'stands there twice', `/options/${index}/text`);
    }
    const field = `/options/${index}/giftId`;
    if ((wished.giftId === null) !== (wish.kind === 'poll')) {
      const rule = wish.kind === 'poll' ? 'has a gift, and this vote is free' : 'needs a gift';
      return invalid('option', rule, field);
    }
    const gift = wished.giftId === null ? null : giftById(wished.giftId);
    if (gift === undefined) return new Refusal(POLL_GIFT_UNKNOWN, { gift: wished.giftId }, field);
    if (gift !== null && options.some((before) => before.gift?.id === gift.id)) {
      return invalid('option', 'has the gift of another one', field);
    }
    options.push({ text: text.text, gift });
  }
  return { title: title.text, options };
}

function invalid(what: string, rule: string, field: string): Refusal {
  return new Refusal(POLL_INVALID, { what, rule }, field);
}

/** What was asked for, as a number that is kept with the poll and compared on a retry: 60 bits. */
export function requestHash(wish: PollWish): bigint {
  const text = JSON.stringify([wish.kind, wish.title, wish.options, wish.seconds, wish.hidden]);
  return BigInt(`0x${hash('sha256', text, 'hex').slice(0, 15)}`);
}

/** Whole hundredths of all votes, which add up to 100, or to 0 where nobody voted. */
export function percentsOf(votes: readonly bigint[]): number[] {
  const all = votes.reduce((sum, some) => sum + some, 0n);
  return all === 0n ? votes.map(() => 0) : split(100n, votes).map(Number);
}

/** The places, from 1, with the most votes: several when they are even, none where nobody voted. */
export function winnersOf(votes: readonly bigint[]): number[] {
  const [most = 0n] = [...votes].sort((a, b) => (a < b ? 1 : -1));
  return most === 0n ? [] : votes.flatMap((some, index) => (some === most ? [index + 1] : []));
}

/** Whether its time is over. A gift vote waits a moment for gifts that are on their way. */
export function isOver(poll: { readonly kind: PollKind; readonly endsAt: Date }, nowMs: number): boolean {
  return nowMs >= poll.endsAt.getTime() + (poll.kind === 'giftVote' ? LATE_GIFTS_MS : 0);
}

/** Whether everybody may see how the votes stand. What was canceled has no result. */
export function showsVotes(poll: Pick<PollNow, 'state' | 'hidden' | 'endedHow'>): boolean {
  if (poll.endedHow === 'canceled') return false;
  return poll.state === 'ended' || !poll.hidden;
}

/** The state as people and tools read it. */
export function shownState({ state, endedHow }: Pick<PollNow, 'state' | 'endedHow'>) {
  if (state !== 'ended') return 'running' as const;
  return endedHow === 'canceled' ? ('canceled' as const) : ('ended' as const);
}
