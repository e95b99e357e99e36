import { DAY_MS, HOUR_MS, testClock } from '../src/core/clock.ts';
import { openDatabase } from '../src/db/database.ts';
import { takeTable } from '../src/rates/fiat/take-table.ts';
import { makeFormulaRate } from '../src/rates/index.ts';
import { makeTiers } from '../src/tiers/make-tiers.ts';

/**
 * Lives day after day in a process of its own that a test may kill: the formula, the tiers and a table of fiat rates.
 * `DATABASE_URL FIRST_DAY_MS`. Prints `http://DAY` when it begins and then works until it is ended.
 */
const [, , url = '', firstMs = '0'] = process.argv;
const db = await openDatabase({ url });
const clock = testClock(Number(firstMs));
console.log(`http://${firstMs}`);
for (let day = 0; ; day += 1) {
  clock.set(Number(firstMs) + day * DAY_MS + HOUR_MS);
  const asOf = new Date(clock.now()).toISOString().slice(0, 10);
  const rate = `0.9${String(day % 10)}`;
  await Promise.all([
    makeFormulaRate({ db, clock }),
    makeFormulaRate({ db, clock }),
    makeTiers({ db, clock }),
    takeTable(
      { db, clock },
      JSON.stringify({ base: 'USD', asOf, rates: { EUR: rate, JPY: '150' } }),
      'a test',
    ),
  ]);
}
