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

export const BANNED_FROM_STAGE = defineRefusal({
  code: 'banned_from_stage',
  status: 403,
  sentence: '{host} does not want you on this stage: you cannot join, write or send gifts here.',
  remedy: 'Nothing was charged. Other stages are open to you.',
});

export const CHAT_MUTED = defineRefusal({
  code: 'chat_muted',
  status: 403,
  sentence: 'You cannot write on this stage until {until}.',
  remedy: 'You can watch and send gifts meanwhile.',
});

export const CHAT_SLOW = defineRefusal({
  code: 'chat_slow',
  status: 429,
  sentence:
    'This room is slow: one message every {everySeconds} seconds. You can write again in {seconds} seconds.',
  remedy: 'Your message is still in the box: send it then.',
});

export const CHAT_FILTERED = defineRefusal({
  code: 'chat_filtered',
  status: 422,
  sentence: 'Nobody saw this message: {host} keeps some of its words out of this room.',
  remedy: 'Say it in other words.',
});

export const CHAT_REPLY_GONE = defineRefusal({
  code: 'chat_reply_gone',
  status: 409,
  sentence: 'The message that you answer is not here any more.',
  remedy: 'Send yours without answering it.',
});

export const SCHEDULE_INVALID = defineRefusal({
  code: 'schedule_invalid',
  status: 422,
  sentence: 'The start {rule}.',
  remedy: 'Choose another time.',
});

export const SCHEDULE_FULL = defineRefusal({
  code: 'schedule_full',
  status: 409,
  sentence: 'You have announced {most} lives, which is the most.',
  remedy: 'Take one of them back first.',
});

export const NOT_A_MODERATOR = defineRefusal({
  code: 'not_a_moderator',
  status: 403,
  sentence: 'Only the creator of this stage and the moderators they named may do this.',
  remedy: 'Ask the creator.',
});

export const NOT_THEIRS_TO_MODERATE = defineRefusal({
  code: 'not_theirs_to_moderate',
  status: 403,
  sentence: 'Moderators keep order among fans: the creator and other moderators are beyond them.',
  remedy: 'Ask the creator.',
});

export const MODERATION_INVALID = defineRefusal({
  code: 'moderation_invalid',
  status: 400,
  sentence: 'The {what} {rule}.',
  remedy: 'Change it and try again.',
});

export const TOO_MANY_ACTS = defineRefusal({
  code: 'too_many_acts',
  status: 429,
  sentence: 'That is more than one person can mean at once.',
  remedy: 'Wait a moment, then go on.',
});

export const ROOM_LIST_FULL = defineRefusal({
  code: 'room_list_full',
  status: 409,
  sentence: 'A stage can have {most} {what}, and this one has them.',
  remedy: 'Take somebody off the list first.',
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

export const OTHER_STAGE = defineRefusal({
  code: 'other_stage',
  status: 403,
  sentence: 'This token is for the stage of another creator.',
  remedy: 'Use a token of the creator whose stage it is, or none: the stage’s events are open to everybody.',
});

export const TESTS_NOT_ALLOWED = defineRefusal({
  code: 'tests_not_allowed',
  status: 403,
  sentence: 'Test events may not be sent with this token.',
  remedy: 'Make a token that may, or send the test while signed in as the creator.',
});
