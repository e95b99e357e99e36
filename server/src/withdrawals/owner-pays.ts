import { publicId } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { TransferEvent } from '../ledger/index.ts';
import { ownerFunds } from '../refunds/index.ts';
import { displayMoney } from './currencies.ts';
import { ringOnce } from './providers/tell-stuck.ts';
import type { WithdrawalNow } from './withdrawal.ts';
import { grossCents } from './withdrawal-transfers.ts';

/**
 * What the owner of the house pays of a withdrawal for which its cash does not reach; nothing when it does. A file that
 * went to the bank, or a payment made by hand, is paid from the owner's account whatever the books hold, so the books
 * say so too: else it would stay on its way for ever, and nobody could book that it came back. It stays the owner's
 * when it bounces: the Diamonds that the creator has back are owed again. Operators are told before it is booked, once.
 */
export async function ownerPays(house: House, withdrawal: WithdrawalNow): Promise<TransferEvent[]> {
  const funds = await ownerFunds(house, grossCents(withdrawal));
  const [put] = funds;
  if (put === undefined) return [];
  const text = `The books hold less than this payment, which is made already: ${displayMoney(put.amount, 'USD')} of the owner’s own money is booked for it. See under Liabilities why cash is low.`;
  await house.db.transaction((tx) =>
    ringOnce(house, tx, withdrawal, {
      topic: `owner pays ${publicId('wd', withdrawal.id)}`,
      title: `${withdrawal.reference} is paid with the owner’s money`,
      text,
      link: '/console/liabilities',
    }),
  );
  return funds;
}
