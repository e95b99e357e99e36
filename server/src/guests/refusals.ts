import { defineRefusal } from '../core/refusal.ts';

// In the order in which a request is told them.

export const OWN_INVITATION = defineRefusal({
  code: 'own_invitation',
  status: 422,
  sentence: 'You cannot invite yourself.',
  remedy: 'Invite another creator who is live.',
});

export const INVITATION_OVER = defineRefusal({
  code: 'invitation_over',
  status: 409,
  sentence: 'This invitation is over: {why}',
  remedy: 'Ask for a new one.',
});

export const GUEST_NOT_LIVE = defineRefusal({
  code: 'guest_not_live',
  status: 409,
  sentence: '{name} is not live now: whoever comes brings their own stage.',
  remedy: 'Try again when they are live.',
});

export const GUEST_BANNED = defineRefusal({
  code: 'guest_banned',
  status: 403,
  sentence: '{name} cannot join: one of you has banned the other.',
  remedy: 'Lift the ban first if you want to be live together.',
});

export const ALREADY_TOGETHER = defineRefusal({
  code: 'already_together',
  status: 409,
  sentence: 'You and {name} are live together already.',
  remedy: 'There is nothing to do.',
});

export const GUEST_BUSY = defineRefusal({
  code: 'guest_busy',
  status: 409,
  sentence: '{name} is live together with others now.',
  remedy: 'They can join after they leave there.',
});

export const NOT_THE_HOST = defineRefusal({
  code: 'not_the_host',
  status: 409,
  sentence: '{host} invited first here, so only they can do this.',
  remedy: 'Ask them, or leave and begin anew.',
});

export const COMPANY_FULL = defineRefusal({
  code: 'company_full',
  status: 409,
  sentence: '{max} creators are live together already, and that is the most.',
  remedy: 'Somebody can join when another one leaves.',
});

export const INVITED_TOO_SOON = defineRefusal({
  code: 'invited_too_soon',
  status: 429,
  sentence: '{name} was asked a moment ago, in vain.',
  remedy: 'You can ask again in {seconds} seconds.',
});
