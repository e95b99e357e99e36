import Type from 'typebox';
import { publicIdPattern } from '../core/ids.ts';
import { nullable } from '../http/schemas.ts';
import {
  defineMessage,
  EXAMPLE_HOST,
  EXAMPLE_PERSON,
  exampleNumber,
  personFields,
} from '../realtime/messages.ts';

/** What `question-event.ts` makes, as tools read it. */

const digits = (description: string) => Type.String({ pattern: '^(0|[1-9][0-9]*)$', description });
const questionId = Type.String({ pattern: publicIdPattern('question') });

const question = {
  ...personFields,
  questionId,
  questionText: Type.String(),
  answerStatus: Type.Enum(['waiting', 'answering', 'answered', 'returned'], {
    description: 'Where the question is after this message.',
  }),
  returnReason: nullable(Type.Enum(['skipped', 'withdrawn', 'live_ended', 'waited_too_long'])),
  coins: digits('What it costs; 0 = free. In escrow until it is answered or returned.'),
  valueMinor: digits('What the Coins cost, in cents.'),
  currency: Type.Literal('USD'),
  diamonds: digits('What the creator gets for an answer, in Diamond units: 1,000 = 1 Diamond.'),
  askedAt: Type.String({ description: 'ISO 8601.' }),
};

const example = {
  ...EXAMPLE_PERSON,
  questionId: 'question_0199f3a1b2c37d4e8f5061728394a5b0',
  questionText: 'Which song was the hardest?',
  returnReason: null,
  coins: '50',
  valueMinor: '68',
  currency: 'USD',
  diamonds: '25000',
  askedAt: '2026-09-21T14:13:21.000Z',
} as const;

defineMessage({
  name: 'questionNew',
  numbered: true,
  summary: 'Somebody asked a question',
  fields: question,
  examples: [{ type: 'questionNew', ...exampleNumber(50), ...example, answerStatus: 'waiting' }],
});

defineMessage({
  name: 'questionStatus',
  numbered: true,
  summary: 'A question is being answered, was answered, or went back to who asked it',
  fields: question,
  examples: [
    { type: 'questionStatus', ...exampleNumber(51), ...example, answerStatus: 'answering' },
    {
      type: 'questionStatus',
      ...exampleNumber(52),
      ...example,
      answerStatus: 'returned',
      returnReason: 'skipped',
    },
  ],
});

defineMessage({
  name: 'questionVotes',
  numbered: true,
  summary: 'How many people want to hear the answer, at most once a second per question',
  fields: { questionId, votes: Type.Integer({ minimum: 0 }) },
  examples: [{ type: 'questionVotes', ...exampleNumber(53), questionId: example.questionId, votes: 12 }],
});

defineMessage({
  name: 'questionSettings',
  numbered: true,
  summary: 'The creator opened or closed questions, or changed their price',
  fields: {
    ...personFields,
    questionsOn: Type.Boolean(),
    coins: digits('What a question costs from now on; 0 = free.'),
  },
  examples: [
    { type: 'questionSettings', ...exampleNumber(49), ...EXAMPLE_HOST, questionsOn: true, coins: '50' },
  ],
});
