import { defineRefusal } from '../core/refusal.ts';

export const ROLE_TAKES_TWO = defineRefusal({
  code: 'role_takes_two',
  status: 409,
  sentence: 'The role {role} moves money or gives roles, so two operators give it together.',
  remedy: 'Ask for approval; somebody else decides.',
});

export const ROLE_IS_THEIRS = defineRefusal({
  code: 'role_is_theirs',
  status: 409,
  sentence: 'They have the role {role} already.',
  remedy: 'Nothing needs to be done.',
});
