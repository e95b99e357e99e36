import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { requireNotFrozen } from './ask-question.ts';
import type { Asking } from './asking.ts';
import { OWN_QUESTION, QUESTION_DECIDED } from './refusals.ts';
import { addVotes, deleteVote, insertVote, questionById } from './store.ts';

/**
 * Counts somebody's vote for an open question, once, or takes it back. How many votes it has then.
 * Refuses with `not_found`, `own_question`, `questions_closed_to_you` or `question_decided`.
 */
export async function voteQuestion(
  asking: Asking,
  voterId: Uuid,
  questionId: Uuid,
  wanted: boolean,
): Promise<number> {
  const { db, clock } = asking.house;
  const question = await questionById(db, questionId);
  if (question === undefined) throw new Refusal(NOT_FOUND);
  if (question.askerId === voterId) throw new Refusal(OWN_QUESTION, { action: 'vote for your own question' });
  await requireNotFrozen(asking.house, voterId);
  const { status } = question;
  if (status === 'answered' || status === 'returned') throw new Refusal(QUESTION_DECIDED, { status });
  const votes = await db.transaction(async (tx) => {
    const changed = wanted
      ? await insertVote(tx, questionId, voterId, new Date(clock.now()))
      : await deleteVote(tx, questionId, voterId);
    return changed ? addVotes(tx, questionId, wanted ? 1 : -1) : null;
  });
  if (votes === null) return question.votes;
  asking.votes.changed(question.stageId, questionId, votes);
  return votes;
}
