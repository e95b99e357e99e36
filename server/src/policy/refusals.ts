import { defineRefusal } from '../core/refusal.ts';

export const POLICY_INVALID = defineRefusal({
  code: 'policy_invalid',
  status: 422,
  sentence: '{field} {rule}.',
  remedy: 'Correct the number that is named; nothing of the policy was changed.',
});

export const POLICY_NOT_LATER = defineRefusal({
  code: 'policy_not_later',
  status: 409,
  sentence:
    'A policy must take effect after the one before it, which takes effect {previousFrom}, and not in the past.',
  remedy: 'Choose a later start.',
});
