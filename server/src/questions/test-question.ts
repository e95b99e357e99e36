import { newId, type Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { TestStep } from '../live/index.ts';
import { policyNow } from '../policy/index.ts';
import type { QuestionNow } from './question.ts';
import { questionEvent, type ShownPerson } from './question-event.ts';
import { diamondUnitsFor } from './rules.ts';

const COINS = 50n;
const ANSWERED_AFTER_MS = 8_000;

/** What a stage would be told of a question that is answered and done some seconds later. Nothing is asked or paid. */
export function testQuestion(
  house: House,
  { fan }: { readonly fan: ShownPerson },
  { comment = 'Which song was the hardest to learn?' }: { readonly comment?: string },
): readonly TestStep[] {
  const nowMs = house.clock.now();
  const policy = policyNow(house.db, nowMs);
  const id: Uuid = newId();
  const at = (status: QuestionNow['status']) => {
    const question = {
      id,
      status,
      text: comment,
      coins: COINS,
      diamondUnits: diamondUnitsFor(COINS, policy.gifts.diamondUnitsPerCoin),
      askedAt: new Date(nowMs),
      returnReason: null,
    } satisfies Partial<QuestionNow>;
    return questionEvent(question, fan, policy.coins.centsPerCoin, nowMs);
  };
  return [
    { afterMs: 0, event: at('answering') },
    { afterMs: ANSWERED_AFTER_MS, event: at('answered') },
  ];
}
