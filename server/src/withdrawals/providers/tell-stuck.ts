import { publicId } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import type { House } from '../../house.ts';
import { operatorIds } from '../../identity/index.ts';
import { bellOf } from '../../notices/index.ts';
import { displayMoney } from '../currencies.ts';
import type { WithdrawalNow } from '../withdrawal.ts';

/** Tells operators that a payment does not go on without them, and what to do. */
export async function tellStuck(
  house: House,
  tx: Queryable,
  withdrawal: WithdrawalNow,
  advice: string,
): Promise<void> {
  const { reference, payoutMinor, currency } = withdrawal;
  await bellOf(house).tell(
    tx,
    {
      topic: `payout stuck ${publicId('wd', withdrawal.id)}`,
      kind: 'alert',
      title: `${reference} does not go on: ${displayMoney(payoutMinor, currency)}`,
      text: advice,
      link: '/console/payouts',
      about: withdrawal.userId,
      at: new Date(house.clock.now()),
    },
    await operatorIds(tx),
  );
}
