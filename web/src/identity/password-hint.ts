import type { Policy } from '../api/policy.ts';

/** What a new password needs, with the policy's own number once it is known. */
export function passwordHint(policy: Policy | undefined): string {
  const advice = 'Several words that only you would put together are best.';
  return policy === undefined ? advice : `At least ${policy.people.passwordLengthMin} characters. ${advice}`;
}
