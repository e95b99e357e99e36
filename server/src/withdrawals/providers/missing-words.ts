import type { AccountSetup } from '../withdrawal.ts';
import { CLOSED_ACCOUNT } from './provider.ts';

/** What of a provider's own names means what, by how it begins. */
const WORDS: readonly (readonly [string, string])[] = [
  ['external_account', 'a bank account'],
  ['tos_acceptance', 'your word to its terms'],
  ['individual.verification', 'a picture of your papers'],
  ['individual.first_name', 'your name'],
  ['individual.last_name', 'your name'],
  ['individual.dob', 'your day of birth'],
  ['individual.address', 'your address'],
  ['individual.ssn_last_4', 'your social security number'],
  ['individual.id_number', 'your social security number'],
  ['individual.email', 'your e-mail address'],
  ['individual.phone', 'your phone number'],
  ['business_profile', 'what you do'],
];

/** What a provider still misses of an account, to stand after "does not pay to your account yet:". */
export function missingWords({ submitted, rejected, missing }: AccountSetup): string {
  if (rejected)
    return missing.includes(CLOSED_ACCOUNT) ? 'your account there is closed' : 'it has turned you away';
  if (!submitted) return 'its form is not filled in';
  const words = [...new Set(missing.map(wordsOf))];
  return words.length === 0 ? 'it is still looking' : `it misses ${words.join(', ')}`;
}

function wordsOf(name: string): string {
  return WORDS.find(([begin]) => name.startsWith(begin))?.[1] ?? name.replaceAll(/[._]/g, ' ');
}
