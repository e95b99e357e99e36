import type { Static } from 'typebox';
import { type Approval, approvalById, approvalsJson, newestApproval } from '../approvals/index.ts';
import { DAY_MS } from '../core/clock.ts';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson, displayAmount } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { type Person, peopleByIds } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { type OrderRow, type Shop, shopOf } from '../purchases/index.ts';
import { APPROVAL_KIND } from './approve-refund.ts';
import { offerRefund, secondOperatorFrom } from './ask-refund.ts';
import { heldEarnings } from './held-gifts.ts';
import { PARKED_REFUND_KIND } from './parked-refund.ts';
import { holdsOf, recallEvents, recallsOfOrder, takingsOf } from './recall-store.ts';
import type { RecallNow, RefundNow, RefundState } from './refund.ts';
import { resolutionApproval, resolutionOf, whatCame } from './resolve-parked.ts';
import { howBack } from './rules.ts';
import type {
  consoleOrderAnswer,
  consoleRefundAnswer,
  disputeAnswer,
  refundAnswer,
  refundOfferAnswer,
} from './schema.ts';
import { type RefundEvent, refundEvents, refundsOfOrder } from './store.ts';

type RefundJson = Static<typeof refundAnswer>['refund'];
type ConsoleRefundJson = Static<typeof consoleRefundAnswer>['refund'];
type DisputeJson = Static<typeof disputeAnswer>['dispute'];

/** What a fan sees of what could go back of an order, and of what did. */
export async function offerJson(shop: Shop, order: OrderRow): Promise<Static<typeof refundOfferAnswer>> {
  const { house } = shop;
  const offer = await offerRefund(shop, order, { kind: 'fan' });
  const policy = await currentPolicy(house.db, house.clock.now());
  const [refunds, recalls] = await Promise.all([
    refundsOfOrder(house.db, order.id),
    recallsOfOrder(house.db, order.id),
  ]);
  const { asset } = order;
  return {
    possible: offer.checks.every(({ check }) => check.passed),
    units: amountJson(asset, offer.units),
    amount: amountJson('USD', offer.cents),
    until:
      order.paidAt === null
        ? null
        : new Date(order.paidAt.getTime() + policy.refunds.selfServiceDays * DAY_MS).toISOString(),
    how: offer.units > 0n ? howBack(asset, offer.returns, offer.units) : [],
    checks: offer.checks.map(({ check }) => check),
    refunds: await refundsJson(house, refunds),
    disputes: recalls.map((recall) => ({
      state: recall.state,
      amount: amountJson('USD', recall.cents),
      held: amountJson(asset, recall.returnedAt === null ? recall.heldUnits : 0n),
      kind: recall.kind,
      returnedAt: recall.returnedAt?.toISOString() ?? null,
      openedAt: recall.openedAt.toISOString(),
      sentence: recallSentence(recall),
    })),
  };
}

function recallSentence(recall: RecallNow): string {
  const { kind, state, returnedAt } = recall;
  if (kind === 'provider_refund') {
    if (returnedAt !== null) {
      return `This payment was refunded at the payment provider, and your bank sent the money back to us.${unitsAgain(recall)}`;
    }
    if (state !== 'released') {
      return 'This payment was refunded at the payment provider, so what it bought goes back.';
    }
    return recall.claimedUnits === 0n
      ? 'A refund at the payment provider did not arrive, so nothing was taken.'
      : `A refund at the payment provider did not arrive.${unitsAgain(recall)}`;
  }
  if (state === 'taken' && returnedAt !== null) {
    return `Your bank gave you the money back, and then decided that the payment stands after all.${unitsAgain(recall)}`;
  }
  switch (state) {
    case 'held':
    case 'parked':
      return 'You or your bank disputed this payment. What is unspent of it is held until the bank decides.';
    case 'released':
      return recall.claimedUnits === 0n
        ? 'Your bank decided that the payment stands. Everything is yours again.'
        : `Your bank decided that the payment stands.${unitsAgain(recall)}`;
    case 'taken':
      return 'Your bank gave you the money back, so what was unspent of it is gone.';
  }
}

/** What is in the wallet again, and what another case of the same payment keeps; nothing to say of neither. */
export function unitsAgain({ asset, returnedUnits, claimedUnits }: RecallNow): string {
  const said = (units: bigint) => displayAmount({ asset, units });
  const again = returnedUnits === 0n ? '' : ` Your ${said(returnedUnits)} are in your wallet again.`;
  return claimedUnits === 0n
    ? again
    : `${again} ${said(claimedUnits)} stay taken, because your bank gave you the money for them back another time.`;
}

export async function refundsJson(
  house: Pick<House, 'db'>,
  refunds: readonly RefundNow[],
): Promise<RefundJson[]> {
  const events = await refundEvents(
    house.db,
    refunds.map(({ id }) => id),
  );
  return refunds.map((refund) => ({
    id: publicId('refund', refund.id),
    state: refund.state,
    returned: amountJson(refund.asset, refund.units),
    amount: amountJson('USD', refund.cents),
    road: refund.road,
    askedAt: refund.askedAt.toISOString(),
    since: refund.since.toISOString(),
    failure: fanWords(refund),
    free: amountJson(refund.asset, freeUnits(refund)),
    steps: events
      .filter(({ refundId }) => refundId === refund.id)
      // What operators ask each other meanwhile is no step of the fan's.
      .filter(({ state }, at, own) => state !== 'parked' || own[at - 1]?.state !== 'parked')
      .map((event) => ({
        at: event.at.toISOString(),
        title: STEP_TITLES[event.state],
        note: event.state === 'failed' ? fanWords({ ...refund, failure: event.note }) : null,
        by: null,
      })),
  }));
}

/** Units of a refund that came to nothing which are in the wallet again. */
export function freeUnits({ state, units, claimedUnits }: RefundNow): bigint {
  return state === 'failed' || state === 'rejected' ? units - claimedUnits : 0n;
}

const STEP_TITLES: Readonly<Record<RefundState, string>> = {
  waiting: 'Waits for a second operator',
  asked: 'Asked for',
  to_pay: 'Decided: somebody pays it by hand',
  sent: 'Sent to the provider',
  parked: 'Somebody asks the provider',
  rejecting: 'Not approved',
  refunded: 'Given back',
  failed: 'Did not work',
  rejected: 'Not given back',
};

/** Why, in words that a fan understands; `null` when nothing went wrong. What operators write to each other is theirs. */
function fanWords(refund: Pick<RefundNow, 'state' | 'failure'>): string | null {
  const { state, failure } = refund;
  const isTheirs =
    (state === 'rejecting' || state === 'rejected') && !(failure !== null && failure in FAILURES);
  return failureWords(isTheirs ? { state, failure: 'rejected' } : refund);
}

/** The same for an operator. */
function failureWords({ state, failure }: Pick<RefundNow, 'state' | 'failure'>): string | null {
  if (failure === null || state === 'refunded') return null;
  return (
    FAILURES[failure] ??
    (/^[a-z0-9_]+$/.test(failure) ? `The provider says: ${failure.replaceAll('_', ' ')}.` : failure)
  );
}

const FAILURES: Readonly<Record<string, string>> = {
  expired_or_canceled_card: 'The card has expired or was closed, so the bank sent the money back to us.',
  charge_disputed: 'The payment is disputed with the bank, which decides about the money.',
  charge_already_refunded: 'The payment was refunded before.',
  decided_not_sent: 'The payment provider sent nothing.',
  not_reached: 'The payment provider could not be reached for a day. Nothing was sent.',
  provider_gone: 'The payment provider is not connected any more.',
  nobody_decided: 'Nobody approved it in time.',
  rejected: 'It was not approved.',
  taken_back: 'Support took it back before any money was sent.',
  no_second_operator:
    'It takes two operators, and there is only one so far. It goes on by itself when there is another; else it ends within a week.',
};

// --- Operators ------------------------------------------------------------------------------------------------

function named(person: Person | undefined) {
  return { handle: person?.handle ?? '', displayName: person?.displayName ?? 'Somebody' };
}

export async function consoleRefundsJson(
  house: House,
  refunds: readonly RefundNow[],
  viewerId: Uuid,
): Promise<ConsoleRefundJson[]> {
  const { db } = house;
  const events = await refundEvents(
    db,
    refunds.map(({ id }) => id),
  );
  const people = await peopleByIds(db, [
    ...new Set([
      ...refunds.flatMap(({ userId, askedBy }) => [userId, askedBy]),
      ...events.flatMap(({ byUser }) => byUser ?? []),
    ]),
  ]);
  const shown: ConsoleRefundJson[] = [];
  for (const refund of refunds) {
    const newest = await approvalOf(db, refund);
    const [approval] =
      newest === null
        ? []
        : await approvalsJson(db, [newest], { userId: viewerId, nowMs: house.clock.now() });
    shown.push({
      id: publicId('refund', refund.id),
      order: publicId('order', refund.orderId),
      state: refund.state,
      fan: named(people.get(refund.userId)),
      returned: amountJson(refund.asset, refund.units),
      amount: amountJson('USD', refund.cents),
      road: refund.road,
      reference: refund.reference,
      reason: refund.reason,
      askedBy: named(people.get(refund.askedBy)),
      askedAt: refund.askedAt.toISOString(),
      providerRef: refund.refundRef,
      providerSays: refund.rawStatus,
      failure:
        refund.state === 'waiting' && refund.failure === 'no_second_operator'
          ? ONE_OPERATOR
          : failureWords(refund),
      steps: events.filter(({ refundId }) => refundId === refund.id).map((event) => stepJson(event, people)),
      approval: approval ?? null,
    });
  }
  return shown;
}

/** What operators asked each other about it last. */
async function approvalOf(db: Queryable, { id, state, approvalId }: RefundNow): Promise<Approval | null> {
  if (state === 'parked') return newestApproval(db, PARKED_REFUND_KIND, id);
  if (approvalId !== null) return approvalById(db, approvalId);
  return state === 'waiting' ? newestApproval(db, APPROVAL_KIND, id) : null;
}

const ONE_OPERATOR =
  'It takes two operators, and whoever asked is the only one. Make another at the machine: npm run make-operator -- <their handle>. It goes on by itself then; nobody needs to ask again. Or take it back.';

function stepJson(event: RefundEvent, people: ReadonlyMap<Uuid, Person>) {
  return {
    at: event.at.toISOString(),
    title: STEP_TITLES[event.state],
    note: event.note,
    by: event.byUser === null ? null : (people.get(event.byUser)?.displayName ?? 'Somebody'),
  };
}

export async function disputesJson(
  house: Pick<House, 'db'>,
  recalls: readonly RecallNow[],
): Promise<DisputeJson[]> {
  const { db } = house;
  const ids = recalls.map(({ id }) => id);
  const [events, takings] = await Promise.all([recallEvents(db, ids), takingsOf(db, ids)]);
  const creators = await db.query<{ recallId: Uuid; creatorId: Uuid; diamondUnits: bigint }>(
    `select h.recall_id as "recallId", e.creator_id as "creatorId",
            sum(e.diamond_units * h.units / e.coins)::bigint as "diamondUnits"
       from earning_holds h join earnings e on e.id = h.earning_id where h.recall_id = any($1::uuid[]) group by 1, 2
     union all
     select recall_id, creator_id, 0::bigint from earning_reversals where recall_id = any($1::uuid[]) group by 1, 2`,
    [ids],
  );
  const people = await peopleByIds(db, [
    ...new Set([
      ...recalls.map(({ userId }) => userId),
      ...creators.map(({ creatorId }) => creatorId),
      ...events.flatMap(({ byUser }) => byUser ?? []),
    ]),
  ]);
  const shown: DisputeJson[] = [];
  for (const recall of recalls) {
    const open = recall.state === 'held' || recall.state === 'parked';
    const [holds, gifts] = open
      ? await Promise.all([holdsOf(db, recall.id), heldEarnings(db, recall.id)])
      : [[], []];
    const own = creators.filter(({ recallId }) => recallId === recall.id);
    shown.push({
      id: publicId('recall', recall.id),
      kind: recall.kind,
      state: recall.state,
      order: publicId('order', recall.orderId),
      fan: named(people.get(recall.userId)),
      provider: recall.provider,
      providerRef: recall.providerRef,
      providerUrl: providerUrl(recall),
      providerSays: recall.rawStatus,
      reason: recall.reason.replaceAll('_', ' '),
      amount: amountJson('USD', recall.cents),
      fee: amountJson('USD', recall.feeCents),
      openedAt: recall.openedAt.toISOString(),
      since: recall.since.toISOString(),
      evidenceDueAt: recall.evidenceDueAt?.toISOString() ?? null,
      holds: {
        unspent: amountJson(
          recall.asset,
          holds.reduce((sum, { units }) => sum + units, 0n),
        ),
        gifts: gifts.length,
        giftsWorth: amountJson(
          'DIAMOND',
          own.reduce((sum, { diamondUnits }) => sum + diamondUnits, 0n),
        ),
        creators: [...new Set(own.map(({ creatorId }) => creatorId))].map((id) => named(people.get(id))),
      },
      took: takings
        .filter(({ recallId }) => recallId === recall.id)
        .sort((one, other) => SOURCES.indexOf(one.source) - SOURCES.indexOf(other.source))
        .filter(({ units, cents }) => units > 0n || cents > 0n)
        .map(({ source, units, cents, diamondUnits }) => ({
          source,
          label: SOURCE_LABELS[source],
          units: amountJson(recall.asset, units),
          money: amountJson('USD', cents),
          diamonds: amountJson('DIAMOND', diamondUnits),
        })),
      returned:
        recall.returnedAt === null
          ? null
          : {
              at: recall.returnedAt.toISOString(),
              units: amountJson(recall.asset, recall.returnedUnits),
              money: amountJson('USD', recall.state === 'taken' ? recall.cents : 0n),
            },
      note: recall.note,
      needsPerson: recall.needsPerson,
      pardoned: recall.pardonedAt !== null,
      steps: events
        .filter(({ recallId }) => recallId === recall.id)
        .map((event) => ({
          at: event.at.toISOString(),
          title: event.note?.startsWith('Pardoned: ')
            ? 'May buy and give again'
            : RECALL_TITLES[recall.kind][event.state],
          note: event.note,
          by: event.byUser === null ? null : (people.get(event.byUser)?.displayName ?? 'Somebody'),
        })),
    });
  }
  return shown;
}

const SOURCES = ['fan', 'creators', 'reserve', 'house', 'fee'] as const;
const SOURCE_LABELS: Readonly<Record<(typeof SOURCES)[number], string>> = {
  fan: 'Unspent, from the fan',
  creators: 'Gifts still clearing, with the platform’s share',
  reserve: 'The reserve',
  house: 'The platform’s cash',
  fee: 'The provider’s fee, from the platform’s cash',
};

const RECALL_TITLES = {
  dispute: {
    held: 'Disputed: held',
    parked: 'Not understood: held',
    released: 'Won: released',
    taken: 'Lost: booked',
    returned: 'Won after all: money and units are back',
  },
  provider_refund: {
    held: 'Refunded at the provider: held',
    parked: 'Not understood: held',
    released: 'The refund failed: released',
    taken: 'Refunded at the provider: booked',
    returned: 'The refund failed after all: money and units are back',
  },
} as const;

/** The provider's own page, where evidence is brought. */
function providerUrl({ provider, mode, kind, providerRef }: RecallNow): string | null {
  if (provider !== 'stripe' || mode === 'sandbox') return null;
  const place = kind === 'dispute' ? 'disputes' : 'refunds';
  return `https://dashboard.stripe.com/${mode === 'test' ? 'test/' : ''}${place}/${encodeURIComponent(providerRef)}`;
}

/** An order as operators look at it. */
export async function consoleOrderJson(
  house: House,
  order: OrderRow,
  viewerId: Uuid,
): Promise<Static<typeof consoleOrderAnswer>> {
  const shop = shopOf(house);
  const [offer, from, refunds, recalls, rows] = await Promise.all([
    offerRefund(shop, order, { kind: 'support', operatorId: viewerId }),
    secondOperatorFrom(house),
    refundsOfOrder(house.db, order.id),
    recallsOfOrder(house.db, order.id),
    orderRowsJson(house, [order]),
  ]);
  const [row] = rows;
  if (row === undefined) throw new Error(`order ${order.id} cannot be shown`);
  return {
    order: row,
    parked: order.problem === null ? null : await parkedJson(shop, house, order, viewerId),
    offer: {
      possible: offer.checks.every(({ check }) => check.passed),
      road: offer.road,
      units: amountJson(order.asset, offer.units),
      amount: amountJson('USD', offer.cents),
      how: offer.units > 0n ? howBack(order.asset, offer.returns, offer.units) : [],
      checks: offer.checks.map(({ check }) => check),
      secondFrom: from === null ? null : amountJson('USD', from),
    },
    refunds: await consoleRefundsJson(house, [...refunds].reverse(), viewerId),
    disputes: await disputesJson(house, recalls),
  };
}

async function parkedJson(shop: Shop, house: House, order: OrderRow, viewerId: Uuid) {
  const { db } = house;
  const resolution = await resolutionOf(db, order.id);
  const came = await whatCame(shop, order).catch((error) => {
    if (error instanceof Refusal) return null;
    throw error;
  });
  const approval = resolution === null ? null : await resolutionApproval(db, resolution);
  const nowMs = house.clock.now();
  const [shown] = approval === null ? [] : await approvalsJson(db, [approval], { userId: viewerId, nowMs });
  const people = await peopleByIds(db, resolution === null ? [] : [resolution.askedBy]);
  return {
    problem: order.problem ?? '',
    came: came === null ? null : amountJson('USD', came),
    credits: amountJson(
      order.asset,
      order.paidAt !== null ? order.units : (order.units * (came ?? 0n)) / order.priceCents,
    ),
    resolution:
      resolution === null
        ? null
        : {
            verdict: resolution.verdict,
            state: resolution.state,
            amount: amountJson('USD', resolution.cents),
            reason: resolution.reason,
            reference: resolution.reference,
            by: named(people.get(resolution.askedBy)),
            at: resolution.askedAt.toISOString(),
            approval: shown ?? null,
          },
  };
}

export async function orderRowsJson(house: Pick<House, 'db'>, orders: readonly OrderRow[]) {
  const { db } = house;
  const people = await peopleByIds(db, [...new Set(orders.map(({ userId }) => userId))]);
  const backs = new Map(
    (
      await db.query<{ id: Uuid; cents: bigint }>(
        'select order_id as id, returned_cents as cents from order_returns where order_id = any($1::uuid[])',
        [orders.map(({ id }) => id)],
      )
    ).map(({ id, cents }) => [id, cents]),
  );
  return orders.map((order) => ({
    id: publicId('order', order.id),
    fan: named(people.get(order.userId)),
    state: order.paidAt !== null ? 'paid' : order.problem !== null ? 'in_review' : (order.ending ?? 'open'),
    bought: amountJson(order.asset, order.units),
    price: amountJson('USD', order.priceCents),
    provider: order.provider,
    mode: order.mode,
    createdAt: order.createdAt.toISOString(),
    paidAt: order.paidAt?.toISOString() ?? null,
    back: amountJson('USD', backs.get(order.id) ?? 0n),
    problem: order.problem,
  }));
}
