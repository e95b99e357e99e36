import type { House } from '../../house.ts';
import { operatorIds } from '../../identity/index.ts';
import { bellOf } from '../../notices/index.ts';
import { currentPolicy } from '../../policy/index.ts';
import { ageInDays } from './rules.ts';
import { claimWarning, fiatVersionAt } from './store.ts';

/**
 * Tells operators that the table in force grows old: once from a day before its last one on, and once when it is not used
 * any more. A newer table ends it.
 */
export async function warnOfAge(house: House): Promise<void> {
  const { db, clock } = house;
  const nowMs = clock.now();
  const [table, policy] = await Promise.all([fiatVersionAt(db, new Date(nowMs)), currentPolicy(db, nowMs)]);
  if (table === undefined) return;
  const { fiatMaxAgeDays: maxAgeDays } = policy.rates;
  const ageDays = ageInDays(table.asOf, nowMs);
  if (ageDays < maxAgeDays - 1) return;
  const isOver = ageDays > maxAgeDays;
  await db.transaction(async (tx) => {
    if (!(await claimWarning(tx, table.version, isOver))) return;
    await bellOf(house).tell(
      tx,
      {
        topic: `fiat table ${table.version}`,
        kind: 'alert',
        title: isOver
          ? 'The rates of other currencies are too old'
          : 'The rates of other currencies grow old',
        text: `They are of ${table.asOf}, ${ageDays} days ago. ${
          isOver
            ? `After ${maxAgeDays} days they are not used: nobody can withdraw in these currencies until newer ones come.`
            : `After ${maxAgeDays} days they are not used any more, and nobody can withdraw in these currencies.`
        } Look whether their source answers.`,
        link: '/console/rates',
        about: null,
        at: new Date(nowMs),
      },
      await operatorIds(tx),
    );
  });
}
