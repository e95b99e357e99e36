import { defineRefusal } from '../core/refusal.ts';

export { STAGE_NOT_LIVE } from '../gifts/index.ts';

export const STAGE_ALREADY_LIVE = defineRefusal({
  code: 'stage_already_live',
  status: 409,
  sentence: 'You are live already, since {since}.',
  remedy: 'End this live before you start another one.',
});

export const STAGE_TEXT_INVALID = defineRefusal({
  code: 'stage_text_invalid',
  status: 400,
  sentence: 'The {what} {rule}.',
  remedy: 'Change it and try again.',
});

export const CHAT_INVALID = defineRefusal({
  code: 'chat_invalid',
  status: 400,
  sentence: 'The message {rule}.',
  remedy: 'Change the message and send it again.',
});

export const CHAT_TOO_FAST = defineRefusal({
  code: 'chat_too_fast',
  status: 429,
  sentence: 'One message every {seconds} seconds: wait a moment.',
  remedy: 'Send it again in a moment.',
});

export const CHAT_CLOSED = defineRefusal({
  code: 'chat_closed_to_you',
  status: 403,
  sentence: 'Your account is frozen, so you cannot chat: {reason}',
  remedy: 'Write to support if you think that this is wrong.',
});

export const CHAT_KEY_REUSED = defineRefusal({
  code: 'chat_key_reused',
  status: 422,
  sentence: 'This key was used before for another message.',
  remedy: 'Use a new key for a new message.',
});

export const EVENTS_GONE = defineRefusal({
  code: 'events_gone',
  status: 410,
  sentence: 'Events are kept for 30 days; the first one still kept is {firstSeq}.',
  remedy: 'Ask for what came after {firstSeq}, or start from the stage as it is.',
});
