import { publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import { TransferCodes } from '../ledger/index.ts';
import { type Describer, describeTransfers, type EntryDescription } from '../wallet/index.ts';
import { orderHow, paidThrough } from './order-json.ts';
import { ordersByCreditTransfer } from './store.ts';

/** Says which purchase brought Coins or Diamonds, and what was paid for them. */
const purchases: Describer = {
  kind: 'purchase',
  async describe(db, transfers) {
    const orders = await ordersByCreditTransfer(
      db,
      transfers.map((transfer) => transfer.id),
    );
    const described = new Map<Uuid, EntryDescription>();
    for (const order of orders) {
      if (order.creditTransferId === null) continue;
      described.set(order.creditTransferId, {
        title: `Bought ${displayAmount({ asset: order.asset, units: order.units })}`,
        detail: `${displayUsd(order.priceCents)} ${paidThrough(order)}`,
        status: 'settled',
        moneyCents: order.priceCents,
        link: { type: 'order', id: publicId('order', order.id) },
        how: orderHow(order),
        versions: { policy: order.policyVersion, rate: order.rateVersion },
        bought: { priceCents: order.priceCents, feeCents: order.feeCents ?? 0n },
      });
    }
    return described;
  },
};

describeTransfers(TransferCodes.coins_issued, purchases);
describeTransfers(TransferCodes.diamonds_bought, purchases);
