import { defineRefusal } from '../core/refusal.ts';

export const STATEMENT_DOES_NOT_ADD_UP = defineRefusal({
  code: 'statement_does_not_add_up',
  status: 500,
  sentence:
    'This statement is not printed: its lines do not lead from its opening to its closing balance ({account}).',
  remedy: 'Nothing of your balance has changed. Tell the operator; the audit names what is wrong.',
});

export const PAPERS_BUSY = defineRefusal({
  code: 'papers_busy',
  status: 503,
  sentence: 'Many PDF files are being made at this moment.',
  remedy: 'Try again in a minute, or take the CSV file.',
});

export const PAPERS_OF_YOURS_BUSY = defineRefusal({
  code: 'papers_of_yours_busy',
  status: 429,
  sentence: 'You have {most} papers under way at this moment.',
  remedy: 'Wait until one of them is here, or close its page.',
});
