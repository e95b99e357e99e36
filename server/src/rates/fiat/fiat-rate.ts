import { Refusal } from '../../core/refusal.ts';
import type { Database } from '../../db/database.ts';
import { currentPolicy } from '../../policy/index.ts';
import { FIAT_RATE_MISSING, FIAT_RATE_TOO_OLD } from '../refusals.ts';
import { ageInDays, type FiatRate } from './rules.ts';
import { fiatRatesOf, fiatVersionAt } from './store.ts';

/**
 * What a dollar is worth in a currency at an instant: the newest table that had been taken by then.
 * The dollar itself is 1/1, in version 0 when there is no table.
 *
 * Refuses with `fiat_rate_missing` or `fiat_rate_too_old`.
 * @param atMs milliseconds since 1970; `clock.now()`.
 */
export async function fiatRateAt(db: Database, currency: string, atMs: number): Promise<FiatRate> {
  const table = await fiatVersionAt(db, new Date(atMs));
  if (currency === 'USD') {
    return {
      version: table?.version ?? 0,
      currency,
      perUsd: { numerator: 1n, denominator: 1n },
      asOf: new Date(atMs).toISOString().slice(0, 10),
      source: 'The dollar itself',
      ageDays: 0,
    };
  }
  const perUsd =
    table === undefined ? undefined : (await fiatRatesOf(db, table.version, currency)).get(currency);
  if (table === undefined || perUsd === undefined) throw new Refusal(FIAT_RATE_MISSING, { currency });
  const { fiatMaxAgeDays } = (await currentPolicy(db, atMs)).rates;
  const ageDays = ageInDays(table.asOf, atMs);
  if (ageDays > fiatMaxAgeDays) {
    throw new Refusal(FIAT_RATE_TOO_OLD, {
      currency,
      asOf: table.asOf,
      ageDays,
      maxAgeDays: fiatMaxAgeDays,
    });
  }
  return { version: table.version, currency, perUsd, asOf: table.asOf, source: table.source, ageDays };
}
