import { defineRefusal } from '../core/refusal.ts';

// In the order in which a request is told them.

export const QUESTION_INVALID = defineRefusal({
  code: 'question_invalid',
  status: 400,
  sentence: 'The question {rule}.',
  remedy: 'Change the question and ask it again.',
});

export const QUESTION_PRICE_OUT_OF_RANGE = defineRefusal({
  code: 'question_price_out_of_range',
  status: 422,
  sentence: 'A question is free or costs {min} to {max} Coins.',
  remedy: 'Choose another price; 0 makes questions free.',
});

export const QUESTIONS_OFF = defineRefusal({
  code: 'questions_off',
  status: 409,
  sentence: 'This stage takes no questions now: {reason}',
  remedy: 'Nothing was charged. Come back when the creator takes questions.',
});

export const QUESTION_PRICE_CHANGED = defineRefusal({
  code: 'question_price_changed',
  status: 409,
  sentence: 'A question costs {price} now, so this one was not asked.',
  remedy: 'Look at the new price and ask again. Nothing was charged.',
});

export const OWN_QUESTION = defineRefusal({
  code: 'own_question',
  status: 422,
  sentence: 'You cannot {action}.',
  remedy: 'Leave it to others.',
});

export const QUESTIONS_CLOSED_TO_YOU = defineRefusal({
  code: 'questions_closed_to_you',
  status: 403,
  sentence: 'Your account is frozen, so you cannot ask or vote: {reason}',
  remedy: 'Write to support if you think that this is wrong.',
});

export const QUESTION_TOO_SOON = defineRefusal({
  code: 'question_too_soon',
  status: 429,
  sentence: 'One question every {seconds} seconds: wait a moment.',
  remedy: 'Ask it again in a moment. Nothing was charged.',
});

export const TOO_MANY_OPEN_QUESTIONS = defineRefusal({
  code: 'too_many_open_questions',
  status: 409,
  sentence: 'You have {open} open in this live already, and {max} is the most.',
  remedy: 'Wait for an answer, or take one back.',
});

export const QUESTION_DECIDED = defineRefusal({
  code: 'question_decided',
  status: 409,
  sentence: 'This question is {status} already.',
  remedy: 'Look at it again: it has been decided elsewhere.',
});

export const QUESTION_NOT_BEING_ANSWERED = defineRefusal({
  code: 'question_not_being_answered',
  status: 409,
  sentence: 'This question still waits: nothing is paid for an answer that nobody began.',
  remedy: 'Choose Answer now first.',
});

export const QUESTION_BEING_ANSWERED = defineRefusal({
  code: 'question_being_answered',
  status: 409,
  sentence: '{what}',
  remedy: 'Finish the question that is being answered first.',
});
