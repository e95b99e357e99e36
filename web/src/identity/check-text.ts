import { calendarDay, dayText, stampText } from '../ui/dates.ts';
import type { Check } from './people-api.ts';

export interface CheckText {
  readonly title: string;
  readonly note: string;
}

/** What a check says: once it is met what is so, before that what is asked and what it takes. */
export function checkText(check: Check, now: Date): CheckText {
  return check.passed
    ? { title: SO[check.code]?.(check) ?? check.rule, note: heldText(check, now) }
    : { title: check.rule, note: whatItTakes(check, now) };
}

/** A met check of each kind as a plain statement; an unknown kind keeps its rule. */
const SO: Readonly<Record<string, (check: Check) => string>> = {
  age_unknown: () => 'Your date of birth is known',
  under_age: ({ need }) => `You are ${need.replace(' years', '')} or older`,
  account_frozen: () => 'Your account is in good order',
  withdrawals_on_hold: () => 'None of your withdrawals is on hold',
  first_withdrawal_waits: () => 'No first withdrawal waits',
  payout_setup_needed: () => 'Your account at the provider is set up',
  payout_account_missing: () => 'We know where your money should go',
  payout_identity_needed: () => 'We know who you are',
  payout_account_bounced: () => 'Nothing came back from your account',
  payout_name_differs: () => 'Your account is in the name on your papers',
  payout_method_unavailable: () => 'This site pays to your account',
  payout_account_too_new: () => 'Your account has waited long enough',
  withdrawal_too_small: ({ need }) => `You have the ${need} it takes at least`,
  withdrawal_over_day_cap: () => 'The day’s limit leaves room',
  withdrawal_over_week_cap: () => 'The week’s limit leaves room',
  payment_provider_unavailable: () => 'Somebody takes payments here',
  too_many_open_orders: () => 'Few enough of your orders are open',
  spending_limit_reached: () => 'Your spending limits leave room',
  too_few_followers: ({ need }) => `You have the ${need} it takes`,
};

function heldText({ have }: Check, now: Date): string {
  const day = have === null ? null : calendarDay(have);
  if (day !== null) return dayText(day, now);
  return have === null ? 'Met' : have.charAt(0).toUpperCase() + have.slice(1);
}

function whatItTakes(check: Check, now: Date): string {
  const { code, remedy, earliest, have, need, again } = check;
  // A birthday is that day everywhere; everything else happens at an instant.
  const birthday = code === 'under_age' && earliest !== null ? calendarDay(earliest) : null;
  if (birthday !== null) return `${ageText(have)}Opens on ${dayText(birthday, now)}.`;
  // Whose own value is a number reads it beside what to do.
  if (again !== undefined && have !== null)
    return `You have ${have}. ${remedy ?? ''} ${again}`.replace('  ', ' ');
  const parts = [
    REASONED.has(code) && have !== null ? sentence(have) : null,
    remedy,
    earliest === null ? null : whenText(check, earliest, now),
  ].filter((part) => part !== null);
  return parts.length === 0 ? `You have ${have ?? 'nothing yet'}; ${need} is needed.` : parts.join(' ');
}

/** Checks whose own value is the reason that somebody gave. */
const REASONED: ReadonlySet<string> = new Set(['account_frozen', 'withdrawals_on_hold']);

function whenText({ whoCanChange }: Check, earliest: string, now: Date): string {
  const at = stampText(new Date(earliest), now);
  return whoCanChange === 'operator' ? `You will know by ${at}.` : `From ${at} on.`;
}

function ageText(have: string | null): string {
  return have === null ? '' : `You are ${have.replace(' years', '')}. `;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
