import { publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import { TransferCodes } from '../ledger/index.ts';
import { type Describer, describeTransfers, type EntryDescription } from '../wallet/index.ts';
import { orderHow } from './order-json.ts';
import { ordersByCoinTransfer } from './store.ts';

/** Says which purchase brought Coins, and what was paid for them. */
const purchases: Describer = {
  kind: 'purchase',
  async describe(db, transfers) {
    const orders = await ordersByCoinTransfer(
      db,
      transfers.map((transfer) => transfer.id),
    );
    const described = new Map<Uuid, EntryDescription>();
    for (const order of orders) {
      if (order.coinTransferId === null) continue;
      described.set(order.coinTransferId, {
        title: `Bought ${displayAmount({ asset: 'COIN', units: order.coins })}`,
        detail: `${displayUsd(order.priceCents)} through ${order.provider}`,
        status: 'settled',
        moneyCents: order.priceCents,
        link: { type: 'order', id: publicId('order', order.id) },
        how: orderHow(order),
      });
    }
    return described;
  },
};

describeTransfers(TransferCodes.coins_issued, purchases);
