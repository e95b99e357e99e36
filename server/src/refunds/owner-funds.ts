import { larger } from '../core/bigints.ts';
import { newId } from '../core/ids.ts';
import type { House } from '../house.ts';
import { accountId, type TransferEvent, transferEvent, worldAccount } from '../ledger/index.ts';

/** Where money comes from that a provider takes of the owner's own account when the house's cash does not reach. */
export const OWNER = worldAccount('owner', 'USD');

/**
 * What the owner of the house must put in so that its cash reaches for so many cents; nothing when it does. A provider
 * pays a fan or a bank back whatever the books say, and takes it of its owner: so do the books.
 */
export async function ownerFunds({ ledger }: Pick<House, 'ledger'>, cents: bigint): Promise<TransferEvent[]> {
  const cash = accountId('platform', 'cash', 'USD');
  const account = (await ledger.balances([cash])).get(cash);
  const there =
    account === undefined ? 0n : account.creditsPosted - account.debitsPosted - account.debitsPending;
  const missing = larger(0n, cents - there);
  if (missing === 0n) return [];
  return [
    transferEvent({
      id: newId(),
      from: OWNER.id,
      to: cash,
      asset: 'USD',
      units: missing,
      code: 'owner_funds',
    }),
  ];
}
