import { Refusal } from '../core/refusal.ts';
import { INVALID_REQUEST } from './refusals.ts';

/** A stretch of time: from the first instant on, and before the second. */
export interface InstantRange {
  readonly from?: Date;
  readonly to?: Date;
}

/** The range that the query fields `from` and `to` name. Refuses as `instantOf` does. */
export function rangeOf({ from, to }: { readonly from?: string; readonly to?: string }): InstantRange {
  return {
    ...(from === undefined ? {} : { from: instantOf('from', from) }),
    ...(to === undefined ? {} : { to: instantOf('to', to) }),
  };
}

/**
 * The instant that a field names in ISO 8601: a day (its first instant, UTC) or an instant with its zone.
 * Refuses with `invalid_request`.
 */
export function instantOf(field: string, text: string): Date {
  const iso =
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$/;
  const at = new Date(text);
  if (iso.test(text) && !Number.isNaN(at.getTime()) && at.getTime() >= 0) return at;
  throw new Refusal(
    INVALID_REQUEST,
    { field, rule: 'must be a day like 2026-11-24 or an instant like 2026-11-24T12:00:00Z' },
    `/${field}`,
  );
}
