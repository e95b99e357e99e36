import type { Uuid } from '../core/ids.ts';
import { accountId, pendingEvent, type TransferEvent, transferEvent } from '../ledger/index.ts';
import type { Withdrawal } from './withdrawal.ts';
import { reserveId } from './withdrawal-ids.ts';

/** The Diamonds of a withdrawal are the creator's and cannot be spent until it is sent or over. */
export function reserveTransfer({
  id,
  userId,
  diamondUnits,
}: Pick<Withdrawal, 'id' | 'userId' | 'diamondUnits'>): TransferEvent {
  return pendingEvent({
    id: reserveId(id),
    from: accountId(userId, 'diamonds_available', 'DIAMOND'),
    to: accountId('platform', 'diamonds_redeemed', 'DIAMOND'),
    asset: 'DIAMOND',
    units: diamondUnits,
    code: 'withdrawal',
    reference: id,
  });
}

/** US cents that a withdrawal takes of the house's cash: what its creator gets, the fee and the tax. */
export function grossCents({
  netCents,
  feeCents,
  taxCents,
}: Pick<Withdrawal, 'netCents' | 'feeCents' | 'taxCents'>): bigint {
  return netCents + feeCents + taxCents;
}

/**
 * The money of a withdrawal that is sent: the net amount to the method's world, the fee to what providers cost, the tax
 * aside. What is nothing is not a transfer.
 */
export function paymentTransfers(
  { id, netCents, feeCents, taxCents }: Pick<Withdrawal, 'id' | 'netCents' | 'feeCents' | 'taxCents'>,
  world: string,
  newTransferId: () => Uuid,
): TransferEvent[] {
  const from = accountId('platform', 'cash', 'USD');
  const pay = (to: Uuid, units: bigint, code: 'payout' | 'payout_fee' | 'tax_withheld') =>
    units === 0n
      ? []
      : [transferEvent({ id: newTransferId(), from, to, asset: 'USD', units, code, reference: id })];
  return [
    ...pay(accountId('world', world, 'USD'), netCents, 'payout'),
    ...pay(accountId('platform', 'provider_fees', 'USD'), feeCents, 'payout_fee'),
    ...pay(accountId('platform', 'tax_withheld', 'USD'), taxCents, 'tax_withheld'),
  ];
}
