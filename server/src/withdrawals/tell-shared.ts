import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { operatorIds, peopleByIds } from '../identity/index.ts';
import { bellOf } from '../notices/index.ts';
import { alsoGivenBy } from './console-store.ts';
import type { PayoutAccount } from './withdrawal.ts';

/** Tells operators, in the commit that keeps it, that somebody else gave the same address before. */
export async function tellShared(house: House, tx: Queryable, account: PayoutAccount): Promise<void> {
  const sharers = await alsoGivenBy(tx, account.id);
  if (sharers.length === 0) return;
  const people = await peopleByIds(tx, [...sharers, account.userId]);
  const nameOf = (id: string) => `@${people.get(id)?.handle ?? 'somebody'}`;
  await bellOf(house).tell(
    tx,
    {
      topic: `shared account ${account.id}`,
      kind: 'alert',
      title: `${nameOf(account.userId)} gave an address that is not theirs alone`,
      text: `${account.masked} is also an account of ${sharers.map(nameOf).join(', ')}. What they withdraw is added up; look before you release.`,
      link: '/console/payouts',
      about: account.userId,
      at: account.madeAt,
    },
    await operatorIds(tx),
  );
}
