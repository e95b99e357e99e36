import { defineRefusal } from '../core/refusal.ts';

export { STAGE_NOT_LIVE } from '../gifts/index.ts';

export const NOTE_INVALID = defineRefusal({
  code: 'note_invalid',
  status: 400,
  sentence: 'The note {rule}.',
  remedy: 'Change the note and send it again.',
});

export const NOTE_SENT_ALREADY = defineRefusal({
  code: 'note_sent_already',
  status: 409,
  sentence: 'You sent a note about this gift already.',
  remedy: 'Write about another gift of theirs.',
});
