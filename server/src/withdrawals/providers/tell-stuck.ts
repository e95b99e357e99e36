import { publicId } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import type { House } from '../../house.ts';
import { operatorIds } from '../../identity/index.ts';
import { bellOf } from '../../notices/index.ts';
import { displayMoney } from '../currencies.ts';
import type { WithdrawalNow } from '../withdrawal.ts';

/** Tells operators that a payment does not go on without them, and what to do: the same of the same payment once. */
export async function tellStuck(
  house: House,
  tx: Queryable,
  withdrawal: WithdrawalNow,
  advice: string,
): Promise<void> {
  const { id, reference, payoutMinor, currency } = withdrawal;
  await ringOnce(house, tx, withdrawal, {
    topic: `payout stuck ${publicId('wd', id)}`,
    title: `${reference} does not go on: ${displayMoney(payoutMinor, currency)}`,
    text: advice,
    link: '/console/payouts',
  });
}

/** Rings for operators about a payment, unless the same text of it was told before. */
export async function ringOnce(
  house: House,
  tx: Queryable,
  { id, userId }: WithdrawalNow,
  alert: { readonly topic: string; readonly title: string; readonly text: string; readonly link: string },
): Promise<void> {
  const at = new Date(house.clock.now());
  const told = await tx.query(
    `insert into payout_alarms (withdrawal_id, says, at) values ($1, $2, $3) on conflict do nothing returning 1`,
    [id, alert.text, at],
  );
  if (told.length === 0) return;
  await bellOf(house).tell(tx, { kind: 'alert', about: userId, at, ...alert }, await operatorIds(tx));
}
