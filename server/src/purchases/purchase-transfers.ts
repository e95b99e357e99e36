import type { Uuid } from '../core/ids.ts';
import { accountId, type TransferEvent, transferEvent } from '../ledger/index.ts';
import type { Ware } from './rules.ts';

export type Leg = 'gross' | 'fee' | 'credit';

/** What the transfers of a purchase are made from. */
export interface PurchaseParts {
  /** The id of each leg, the same for the same payment for ever. */
  readonly id: (leg: Leg) => Uuid;
  /** The order. */
  readonly reference: Uuid;
  readonly userId: Uuid;
  /** Whose money comes in: `world:<name>`. */
  readonly world: string;
  readonly asset: Ware;
  readonly units: bigint;
  readonly priceCents: bigint;
  readonly feeCents: bigint;
}

/** Gross from the world, the provider's fee, and what was bought: one chain. A fee of nothing is not a transfer. */
export function purchaseTransfers(parts: PurchaseParts): TransferEvent[] {
  const { id, reference, asset } = parts;
  const cash = accountId('platform', 'cash', 'USD');
  const gross = transferEvent({
    id: id('gross'),
    from: accountId('world', parts.world, 'USD'),
    to: cash,
    asset: 'USD',
    units: parts.priceCents,
    code: 'purchase',
    reference,
  });
  const fee = transferEvent({
    id: id('fee'),
    from: cash,
    to: accountId('platform', 'provider_fees', 'USD'),
    asset: 'USD',
    units: parts.feeCents,
    code: 'provider_fee',
    reference,
  });
  const credit = transferEvent({
    id: id('credit'),
    from: accountId('platform', asset === 'COIN' ? 'coins_issued' : 'diamonds_issued', asset),
    to: accountId(parts.userId, boughtPurpose(asset), asset),
    asset,
    units: parts.units,
    code: asset === 'COIN' ? 'coins_issued' : 'diamonds_bought',
    reference,
  });
  return parts.feeCents === 0n ? [gross, credit] : [gross, fee, credit];
}

/** Where what was bought goes. */
export function boughtPurpose(asset: Ware): 'coins' | 'diamonds_purchased' {
  return asset === 'COIN' ? 'coins' : 'diamonds_purchased';
}
