import { defineRefusal } from '../core/refusal.ts';

// In the order in which a request is told them.

export const POLL_INVALID = defineRefusal({
  code: 'poll_invalid',
  status: 400,
  sentence: 'The {what} {rule}.',
  remedy: 'Change it and start again.',
});

export const POLL_GIFT_UNKNOWN = defineRefusal({
  code: 'poll_gift_unknown',
  status: 422,
  sentence: 'No gift on the tray is called {gift} now.',
  remedy: 'Choose another gift for this option.',
});

export const POLL_NEEDS_GIFTS = defineRefusal({
  code: 'poll_needs_gifts',
  status: 409,
  sentence: 'This live takes no gifts, so nobody could vote with one.',
  remedy: 'Start a free poll instead.',
});

export const POLL_RUNNING = defineRefusal({
  code: 'poll_running',
  status: 409,
  sentence: 'A vote runs on this stage already: “{title}”.',
  remedy: 'End it before you start another one.',
});

export const POLLS_CLOSED_TO_YOU = defineRefusal({
  code: 'polls_closed_to_you',
  status: 403,
  sentence: 'Your account is frozen, so you cannot vote: {reason}',
  remedy: 'Write to support if you think that this is wrong.',
});

export const OWN_POLL = defineRefusal({
  code: 'own_poll',
  status: 422,
  sentence: 'You asked this yourself, so your vote does not count.',
  remedy: 'Leave it to the people who watch.',
});

export const POLL_TAKES_GIFTS = defineRefusal({
  code: 'poll_takes_gifts',
  status: 409,
  sentence: 'Here a vote is a gift: every Coin given with the gift of an option counts for it.',
  remedy: 'Choose an option and give its gift.',
});

export const POLL_OPTION_UNKNOWN = defineRefusal({
  code: 'poll_option_unknown',
  status: 422,
  sentence: 'This vote has no option {option}.',
  remedy: 'Choose one of the options on the stage.',
});

export const POLL_OVER = defineRefusal({
  code: 'poll_over',
  status: 409,
  sentence: 'This vote is over, so yours came too late.',
  remedy: 'Look at the result on the stage.',
});
