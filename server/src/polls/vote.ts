import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { explainGate } from '../identity/index.ts';
import { requireWelcomeOn } from '../live/index.ts';
import type { Polling } from './polling.ts';
import {
  OWN_POLL,
  POLL_OPTION_UNKNOWN,
  POLL_OVER,
  POLL_TAKES_GIFTS,
  POLLS_CLOSED_TO_YOU,
} from './refusals.ts';
import { pollById, putVote } from './store.ts';

/**
 * Counts somebody's one vote for an option, in place of the one before. Who is muted may vote: a vote says no word.
 * Refuses with `not_found`, `polls_closed_to_you`, `banned_from_stage`, `own_poll`, `poll_takes_gifts`,
 * `poll_option_unknown` or `poll_over`.
 */
export async function vote(polling: Polling, voterId: Uuid, pollId: Uuid, optionId: string): Promise<void> {
  const { house } = polling;
  const poll = await pollById(house.db, pollId);
  if (poll === undefined) throw new Refusal(NOT_FOUND);
  const checks = await explainGate(house, 'send', voterId);
  const frozen = checks.find((check) => check.code === 'account_frozen' && !check.passed);
  if (frozen !== undefined) throw new Refusal(POLLS_CLOSED_TO_YOU, { reason: frozen.have });
  await requireWelcomeOn(house, poll.stageId, voterId);
  if (poll.creatorId === voterId) throw new Refusal(OWN_POLL);
  if (poll.kind === 'giftVote') throw new Refusal(POLL_TAKES_GIFTS);
  const place = /^[1-5]$/.test(optionId) ? Number(optionId) : 0;
  if (place === 0 || place > poll.options.length) {
    throw new Refusal(POLL_OPTION_UNKNOWN, { option: optionId }, '/optionId');
  }
  const at = new Date(house.clock.now());
  const counted = await putVote(house.db, { pollId, voterId, place, at });
  if (!counted) throw new Refusal(POLL_OVER);
}
