import { publicId } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import type { House } from '../house.ts';
import { bellOf, type News } from '../notices/index.ts';
import { type RecallEvent, recallEventsByIds, recallsByIds } from './recall-store.ts';
import type { RecallNow, RefundNow } from './refund.ts';
import { unitsAgain } from './show.ts';
import { type RefundEvent, refundEventsByIds, refundsByIds, takeNews } from './store.ts';

const TURN = 200;

/** Tells people what became of money on its way back, each step once. How many steps. */
export async function tellReturns(house: House): Promise<number> {
  const bell = bellOf(house);
  return house.db.transaction(async (tx) => {
    const news = await takeNews(tx, TURN);
    const idsOf = (kind: 'refund' | 'recall') =>
      news.filter((one) => one.kind === kind).map(({ eventId }) => eventId);
    const refundEvents = await refundEventsByIds(tx, idsOf('refund'));
    const refunds = byId(
      await refundsByIds(
        tx,
        refundEvents.map(({ refundId }) => refundId),
      ),
    );
    for (const event of refundEvents) {
      const refund = refunds.get(event.refundId);
      const said = refund === undefined ? null : refundNews(event, refund);
      if (refund !== undefined && said !== null) await bell.tell(tx, said, [refund.userId]);
    }
    const recallEvents = await recallEventsByIds(tx, idsOf('recall'));
    const recalls = byId(
      await recallsByIds(
        tx,
        recallEvents.map(({ recallId }) => recallId),
      ),
    );
    for (const event of recallEvents) {
      const recall = recalls.get(event.recallId);
      if (recall === undefined || event.byUser !== null) continue;
      const said = recallNews(event, recall);
      if (said !== null) await bell.tell(tx, said, [recall.userId]);
      const toCreators = creatorNews(event, recall);
      if (toCreators === null) continue;
      const creators = await tx.query<{ id: string }>(
        `select distinct creator_id as id from (
           select creator_id from earning_reversals where recall_id = $1
           union all
           select e.creator_id from earning_holds h join earnings e on e.id = h.earning_id where h.recall_id = $1) as c
          order by 1`,
        [recall.id],
      );
      await bell.tell(
        tx,
        toCreators,
        creators.map(({ id }) => id),
      );
    }
    return news.length;
  });
}

function refundNews(event: RefundEvent, refund: RefundNow): News | null {
  const money = displayUsd(refund.cents);
  const units = displayAmount({ asset: refund.asset, units: refund.units });
  const said = {
    asked: {
      title: `${money} is on its way back`,
      text: `For ${units}. Your bank may take 5 to 10 days to show it.`,
    },
    to_pay: {
      title: `${money} will be paid back by hand`,
      text: `For ${units}. Tell support where it is to go, if you have not.`,
    },
    refunded: {
      title: `${money} was given back`,
      text:
        refund.road === 'hand'
          ? `For ${units}. It was paid by hand: ${refund.reference ?? 'see the order'}.`
          : `For ${units}. Your bank may take 5 to 10 days to show it.`,
    },
    failed: { title: `${money} could not be given back`, text: whereUnitsAre(refund) },
    rejected: { title: `${money} was not given back`, text: whereUnitsAre(refund) },
  }[event.state as string];
  if (said === undefined) return null;
  return {
    topic: `refund ${refund.id}`,
    kind: 'refund',
    ...said,
    link: `/wallet/orders/${publicId('order', refund.orderId)}`,
    about: null,
    at: event.at,
  };
}

function whereUnitsAre({ asset, units, claimedUnits }: RefundNow): string {
  const said = (some: bigint) => displayAmount({ asset, units: some });
  const kept = `${said(claimedUnits)} stay taken, because your bank gave you the money for them back.`;
  if (claimedUnits === 0n) return `Your ${said(units)} are in your wallet again.`;
  return claimedUnits === units ? kept : `${said(units - claimedUnits)} are in your wallet again; ${kept}`;
}

function recallNews(event: RecallEvent, recall: RecallNow): News | null {
  const money = displayUsd(recall.cents);
  if (recall.kind === 'provider_refund')
    return event.state === 'returned' ? sentBackNews(event, recall) : null;
  const said = {
    held: {
      title: `Your payment of ${money} is disputed`,
      text: 'Your bank told us. Until it decides, what is unspent of that purchase is held, and you cannot buy or give.',
    },
    released: {
      title: 'The dispute is over',
      text:
        recall.claimedUnits === 0n
          ? 'Your bank decided that the payment stands. Everything is yours again.'
          : `Your bank decided that the payment stands.${unitsAgain(recall)}`,
    },
    returned: {
      title: `Your payment of ${money} stands after all`,
      text: `Your bank decided anew and took the money back from you.${unitsAgain(recall)}`,
    },
    taken: {
      title: `Your bank gave you ${money} back`,
      text: 'What was unspent of that purchase is gone from your wallet.',
    },
  }[event.state as string];
  if (said === undefined) return null;
  return {
    topic: `recall ${recall.id}`,
    kind: 'dispute',
    ...said,
    link: `/wallet/orders/${publicId('order', recall.orderId)}`,
    about: null,
    at: event.at,
  };
}

function sentBackNews(event: RecallEvent, recall: RecallNow): News {
  return {
    topic: `recall ${recall.id}`,
    kind: 'refund',
    title: `A refund of ${displayUsd(recall.cents)} did not reach you`,
    text: `Your bank sent it back to us.${unitsAgain(recall)}`,
    link: `/wallet/orders/${publicId('order', recall.orderId)}`,
    about: null,
    at: event.at,
  };
}

function creatorNews(event: RecallEvent, recall: RecallNow): News | null {
  const isRefund = recall.kind === 'provider_refund';
  const said = {
    held: isRefund
      ? {
          title: 'Some gifts wait for the payment provider',
          text: 'A fan’s payment for them was refunded there. They become available if that does not happen.',
        }
      : {
          title: 'Some gifts wait for a bank',
          text: 'A fan’s payment for them is disputed. They become available when the bank decides that it stands.',
        },
    released: {
      title: 'Held gifts are free again',
      text: isRefund ? 'The refund did not happen.' : 'The bank decided that the payment stands.',
    },
    taken: {
      title: 'Gifts that were still clearing were reversed',
      text: `${isRefund ? 'The payment for them was refunded at the payment provider' : 'The bank took the payment for them back'}. What was available to you stays yours.`,
    },
  }[event.state as string];
  if (said === undefined) return null;
  return {
    topic: `held gifts ${recall.id}`,
    kind: 'earnings',
    ...said,
    link: '/studio/earnings',
    about: null,
    at: event.at,
  };
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
