import { larger } from '../core/bigints.ts';
import { newId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import {
  accountId,
  type TransferEvent,
  transferEvent,
  transfersByIds,
  worldAccount,
} from '../ledger/index.ts';
import { ownerLegs } from './refund-ids.ts';

/** Where money comes from that a provider takes of the owner's own account when the house's cash does not reach. */
export const OWNER = worldAccount('owner', 'USD');

/**
 * What the owner of the house must put in so that its cash reaches for so many cents; nothing when it does. A provider
 * pays a fan or a bank back whatever the books say, and takes it of its owner: so do the books. `id`: of what may be returned.
 */
export async function ownerFunds(
  { ledger }: Pick<House, 'ledger'>,
  cents: bigint,
  id: Uuid = newId(),
): Promise<TransferEvent[]> {
  const cash = accountId('platform', 'cash', 'USD');
  const account = (await ledger.balances([cash])).get(cash);
  const there =
    account === undefined ? 0n : account.creditsPosted - account.debitsPosted - account.debitsPending;
  const missing = larger(0n, cents - there);
  if (missing === 0n) return [];
  return [
    transferEvent({
      id,
      from: OWNER.id,
      to: cash,
      asset: 'USD',
      units: missing,
      code: 'owner_funds',
    }),
  ];
}

/**
 * Gives the owner back what they put in for a refund that came to nothing: its cash is the house's again in the same commit.
 * Nothing where they put in nothing.
 */
export async function ownerFundsBack(db: Queryable, refundId: Uuid): Promise<TransferEvent[]> {
  const { put, back } = ownerLegs(refundId);
  const transfer = (await transfersByIds(db, [put])).get(put);
  if (transfer === undefined) return [];
  return [
    transferEvent({
      id: back,
      from: accountId('platform', 'cash', 'USD'),
      to: OWNER.id,
      asset: 'USD',
      units: transfer.amount,
      code: 'owner_funds',
    }),
  ];
}
