import type { Policy } from '../policy/index.ts';
import { addBusinessDays, type Day, dayAt } from './business-days.ts';
import { CALENDARS } from './methods/words.ts';
import { termsFor } from './withdraw-checks.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/** The day by which money asked for at an instant arrives: operators look at it, then the bank takes its days. */
export function arrivalDay(
  { payouts }: Pick<Policy, 'payouts'>,
  { method, businessDays }: Policy['payouts']['methods'][number],
  fromMs: number,
): Day {
  return addBusinessDays(CALENDARS[method], dayAt(fromMs), payouts.reviewDays + businessDays);
}

/**
 * The day by which a withdrawal arrives, as it stands now: what its price said, or later when it was held, looked at or
 * sent later than that took into account. A hold counts whole, until its latest date; when it ends before, the day is
 * earlier again. What waits here still leaves now at the earliest.
 *
 * @param policy the one that it was priced by
 */
export function arrivesBy(
  row: WithdrawalNow,
  policy: Pick<Policy, 'payouts'> | undefined,
  nowMs: number,
): Day {
  const terms = policy === undefined ? undefined : termsFor(policy.payouts, row);
  if (policy === undefined || terms === undefined) return row.arrivesBy;
  return later(row.arrivesBy, dayFrom(row, policy, terms, nowMs));
}

function dayFrom(
  { state, since, holdUntil, arrivesBy: told }: WithdrawalNow,
  policy: Pick<Policy, 'payouts'>,
  terms: Policy['payouts']['methods'][number],
  nowMs: number,
): Day {
  const sentAt = (ms: number) => addBusinessDays(CALENDARS[terms.method], dayAt(ms), terms.businessDays);
  switch (state) {
    case 'in_review':
      return later(arrivalDay(policy, terms, since.getTime()), sentAt(nowMs));
    case 'held':
      return arrivalDay(policy, terms, (holdUntil ?? since).getTime());
    case 'released':
    case 'sending':
      return sentAt(nowMs);
    case 'sent':
      return sentAt(since.getTime());
    case 'paid':
    case 'parked':
      return dayAt(since.getTime());
    default:
      return told;
  }
}

/** Days are written so that the later one is the greater text. */
function later(a: Day, b: Day): Day {
  return a > b ? a : b;
}
