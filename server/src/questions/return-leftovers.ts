import { policyVersions } from '../policy/index.ts';
import type { Asking } from './asking.ts';
import { returnQuestion } from './move-question.ts';
import { leftOver } from './store.ts';

/** Questions returned in one round: they share a few commits. */
const ROUND_MAX = 200;

/**
 * Returns the questions that nobody will answer any more: their live ended, or they waited for as long as the policy
 * under which they were asked lets them, before the ledger's own end of their escrow. It looks at how things are, not at what it did before, so it catches up with whatever was missed, and any number of processes may do
 * it at once. Answers how many it returned.
 */
export async function returnLeftovers(asking: Asking): Promise<number> {
  const { db, clock } = asking.house;
  const nowMs = clock.now();
  const askedBy = policyVersions(db).map(({ version, questions: { waitMs } }) => ({
    policyVersion: version,
    at: new Date(nowMs - waitMs),
  }));
  const questions = await leftOver(db, askedBy, ROUND_MAX);
  const returned = await Promise.all(
    questions.map((question) =>
      returnQuestion(asking, question, question.liveEnded ? 'live_ended' : 'waited_too_long', null),
    ),
  );
  return returned.filter(Boolean).length;
}
