import './question-message.ts';
import type { Slice } from '../house.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { useTestEvents } from '../live/index.ts';
import { askingOf } from './asking.ts';
import { auditQuestions } from './audit-questions.ts';
import { startReturning } from './jobs.ts';
import { questionRoutes } from './routes.ts';
import { testQuestion } from './test-question.ts';

export { QUESTION_ART } from './describe-questions.ts';
export type { QuestionNow } from './question.ts';
export { questionIdOfTransfer } from './question-ids.ts';
export { answeringIn, questionsByIds } from './store.ts';

useTestEvents('question', testQuestion);
registerAuditCheck({ name: 'questions agree with their escrow', run: auditQuestions });

/** Questions on a live stage, free and paid: asked, answered or returned. */
export const questions: Slice = {
  name: 'questions',
  routes: questionRoutes,
  start(house) {
    const asking = askingOf(house);
    asking.teller.start();
    const returning = startReturning(asking);
    house.hub.observe((_roomId, events) => {
      if (events.some((event) => event.type === 'stage' && event.live === false)) returning.wake();
    });
    return async () => {
      await returning.stop();
      await asking.teller.stop();
      await asking.votes.stop();
    };
  },
};
