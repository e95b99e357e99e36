import { createHash } from 'node:crypto';
import { DAY_MS } from '../../core/clock.ts';
import { newId, type Uuid } from '../../core/ids.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Queryable } from '../../db/database.ts';
import type { House } from '../../house.ts';
import { NOT_FOUND } from '../../http/refusals.ts';
import { currentPolicy } from '../../policy/index.ts';
import { FIAT_TABLE_DECIDED, FIAT_TABLE_OLDER } from '../refusals.ts';
import { displayRate, type FiatTable, movesOver, NotATable, readTable } from './rules.ts';
import {
  endingOf,
  endParked,
  fiatRatesOf,
  insertFiatVersion,
  lockFiat,
  newestFiatVersion,
  parkedTable,
  parkTable,
  ratesOf,
} from './store.ts';

/** What became of a table that was read. */
export interface TableTaken {
  readonly outcome: 'taken' | 'same' | 'parked' | 'refused';
  /** One sentence about what is wrong; `null` when nothing is. */
  readonly detail: string | null;
}

/**
 * Puts a table of fiat rates in force, from now on. The same table again does nothing; one that moves a currency too
 * far is parked for an operator; one that is older than the table in force, of the future, or no table is refused.
 * @param from where it was read, for whoever asks
 */
export async function takeTable(
  { db, clock }: Pick<House, 'db' | 'clock'>,
  text: string,
  from: string,
): Promise<TableTaken> {
  let table: FiatTable;
  try {
    table = readTable(text);
  } catch (error) {
    if (error instanceof NotATable) return { outcome: 'refused', detail: `The table ${error.message}.` };
    throw error;
  }
  const hash = createHash('sha256').update(text).digest();
  const source = table.source === null ? from : `${table.source} (${from})`;
  const nowMs = clock.now();
  // A day is over in the east of the world half a day before it is over here.
  if (Date.parse(`${table.asOf}T00:00:00Z`) > nowMs + DAY_MS)
    return { outcome: 'refused', detail: `The table is of ${table.asOf}, which has not come yet.` };
  const { fiatParkBasisPoints } = (await currentPolicy(db, nowMs)).rates;
  return db.transaction(async (tx) => {
    await lockFiat(tx);
    const newest = await newestFiatVersion(tx);
    if (newest !== undefined) {
      if (newest.hash.equals(hash)) return { outcome: 'same', detail: null };
      if (table.asOf < newest.asOf) {
        const detail = `The table is of ${table.asOf}; the one in force is of ${newest.asOf}.`;
        return { outcome: 'refused', detail };
      }
      const before = await fiatRatesOf(tx, newest.version);
      // Who could leave a currency out could bring it back at any rate.
      const gone = [...before.keys()].find((currency) => !table.perUsd.has(currency));
      if (gone !== undefined) {
        return { outcome: 'refused', detail: `The table leaves out ${gone}, which the one in force has.` };
      }
      const moves = movesOver(before, table.perUsd, fiatParkBasisPoints);
      const [furthest] = moves;
      if (furthest !== undefined) {
        await parkTable(tx, {
          id: newId(),
          asOf: table.asOf,
          source,
          hash,
          perUsd: table.perUsd,
          moves: moves.map(({ currency, from: old, to, basisPoints }) => ({
            currency,
            from: displayRate(old),
            to: displayRate(to),
            basisPoints: basisPoints.toString(),
          })),
          parkedAt: new Date(nowMs),
        });
        const far = `${furthest.currency} from ${displayRate(furthest.from)} to ${displayRate(furthest.to)}`;
        return { outcome: 'parked', detail: `It moves ${far}: an operator has to look at it.` };
      }
    }
    await addVersion(tx, { table: { asOf: table.asOf, source, hash }, perUsd: table.perUsd, nowMs });
    return { outcome: 'taken', detail: null };
  });
}

/**
 * An operator takes a parked table, or drops it. Refuses with `not_found`, `fiat_table_decided`, or
 * `fiat_table_older` when a newer one has come in force since.
 */
export async function decideParked(
  { db, clock }: Pick<House, 'db' | 'clock'>,
  decision: { readonly id: Uuid; readonly take: boolean; readonly byId: Uuid; readonly reason: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockFiat(tx);
    const parked = await parkedTable(tx, decision.id);
    if (parked === undefined) throw new Refusal(NOT_FOUND);
    const ending = await endingOf(tx, decision.id);
    if (ending !== undefined)
      throw new Refusal(FIAT_TABLE_DECIDED, { verdict: ending ? 'taken' : 'dropped' });
    const nowMs = clock.now();
    if (decision.take) {
      const newest = await newestFiatVersion(tx);
      if (newest !== undefined && parked.asOf < newest.asOf) {
        throw new Refusal(FIAT_TABLE_OLDER, { asOf: parked.asOf, currentAsOf: newest.asOf });
      }
      await addVersion(tx, { table: parked, perUsd: ratesOf(parked.rates), nowMs });
    }
    await endParked(tx, {
      id: decision.id,
      isTaken: decision.take,
      byId: decision.byId,
      reason: decision.reason,
      at: new Date(nowMs),
    });
  });
}

async function addVersion(
  tx: Queryable,
  added: {
    table: { asOf: string; source: string; hash: Buffer };
    perUsd: FiatTable['perUsd'];
    nowMs: number;
  },
): Promise<void> {
  const { asOf, source, hash } = added.table;
  const newest = await newestFiatVersion(tx);
  // Two processes' clocks may differ; the starts of versions rise all the same.
  const takenAt = new Date(Math.max(added.nowMs, (newest?.takenAt.getTime() ?? 0) + 1));
  await insertFiatVersion(
    tx,
    { version: (newest?.version ?? 0) + 1, asOf, source, hash, takenAt },
    added.perUsd,
  );
}
