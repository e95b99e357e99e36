import { smaller } from '../core/bigints.ts';
import { DAY_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { IDEMPOTENCY_KEY_REUSED } from '../http/refusals.ts';
import {
  accountId,
  LedgerConflict,
  type Posting,
  pendingEvent,
  type TransferEvent,
} from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { ledgerNameOf, type OrderRow, providerOf, type Shop } from '../purchases/index.ts';
import { BY_HAND } from './by-hand.ts';
import { carryRefund } from './carry-refund.ts';
import { accountOfOrder, findLot, type LotNow } from './find-lot.ts';
import { ownerFunds } from './owner-funds.ts';
import { openRecallsOf } from './recall-store.ts';
import { OPEN_REFUNDS, type Refund, type RefundNow } from './refund.ts';
import { newRefundId, ownerLegs, refundHash, refundKeyId, refundLegId } from './refund-ids.ts';
import {
  REFUND_BUSY,
  REFUND_CHANGED,
  REFUND_IS_YOUR_OWN,
  REFUND_MORE_THAN_UNSPENT,
  REFUND_TOO_SMALL,
} from './refusals.ts';
import { amountBack, type RefundCheck, refundChecks, refusalOf } from './rules.ts';
import {
  countReturn,
  NEWS_ROWS,
  type OrderReturns,
  REFUND_EVENT_ROWS,
  REFUND_ROWS,
  REFUND_STATE_ROWS,
  refundById,
  refundByKey,
  refundsOfOrder,
  refundTurnOf,
  refundValues,
  returnsOf,
  supportGaveBack,
  takeRefundTurn,
} from './store.ts';

/** What a refund of an order would be now. */
export interface RefundOffer {
  readonly checks: readonly RefundCheck[];
  /** All that is unspent of it. */
  readonly units: bigint;
  readonly cents: bigint;
  /** By hand only where whoever took the money cannot give it back: nobody pays the same money twice. */
  readonly road: Refund['road'];
  readonly returns: OrderReturns;
  readonly lot: LotNow | null;
}

/** Who asks: the fan for themselves, or support. */
export type RefundBy = { readonly kind: 'fan' } | { readonly kind: 'support'; readonly operatorId: Uuid };

/** Looks at what could go back of an order now, and whether it may. Changes nothing. */
export async function offerRefund(shop: Shop, order: OrderRow, by: RefundBy): Promise<RefundOffer> {
  const { house } = shop;
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const isPaid = order.creditTransferId !== null;
  const [returns, lot, refunds, recalls] = await Promise.all([
    isPaid ? returnsOf(house.db, order.id) : null,
    isPaid ? findLot(house.db, order) : null,
    refundsOfOrder(house.db, order.id),
    openRecallsOf(house.db, order.id),
  ]);
  const returned = returns ?? {
    units: order.units,
    priceCents: order.priceCents,
    returnedUnits: 0n,
    returnedCents: 0n,
    turn: 0n,
  };
  // What was spent and reversed is gone as well: never more than what is left of the order.
  const leftUnits = returned.units - returned.returnedUnits;
  const unspent = lot?.unspent ?? 0n;
  const units = smaller(unspent, leftUnits);
  const provider = providerOf(shop, order);
  const canGiveBack = provider !== null && provider.capabilities.refunds === 'partial';
  const checks = refundChecks(
    {
      asset: order.asset,
      paidAt: order.paidAt,
      unspentUnits: units,
      returned,
      canGiveBack,
      isPlayMoney: isPlayMoney(shop, order),
      isDisputed: recalls.length > 0,
      isUnderWay: refunds.some(({ state }) => OPEN_REFUNDS.includes(state)),
    },
    {
      nowMs,
      selfServiceDays: by.kind === 'fan' ? policy.refunds.selfServiceDays : null,
      byHand: by.kind === 'support',
    },
  );
  return {
    checks,
    units,
    cents: units > 0n ? amountBack(returned, units) : 0n,
    road: canGiveBack ? 'provider' : 'hand',
    returns: returned,
    lot,
  };
}

/** Paid while the site was tried out: beside real money, or with a provider that it has nothing to do with any more. */
function isPlayMoney(shop: Shop, order: OrderRow): boolean {
  if (order.mode === 'live') return false;
  if (shop.providers.some(({ mode }) => mode === 'live')) return true;
  return providerOf(shop, order) === null && shop.providers.every(({ mode }) => mode !== order.mode);
}

export interface RefundAsked {
  readonly order: OrderRow;
  readonly by: RefundBy;
  /** Null: all that is unspent. */
  readonly units: bigint | null;
  /** What the person saw that would come back; `null` when the caller does not say. */
  readonly shownCents: bigint | null;
  /** Support has one. */
  readonly reason: string | null;
  readonly key: string;
}

/** Each time, somebody spent or bought between the look and the commit. */
const TRIES_MAX = 10;

/**
 * Asks for a refund: the units and the cash for them are reserved in the commit that writes it down, so that neither can be
 * used for anything else; then the provider is told, or somebody pays it by hand. The same key and request again give the
 * same refund.
 *
 * Refuses with what `refundChecks` says, `refund_is_your_own`, `refund_more_than_unspent`, `refund_too_small`,
 * `refund_changed`, `refund_busy` or `idempotency_key_reused`.
 */
export async function askRefund(
  shop: Shop,
  asked: RefundAsked,
): Promise<{ readonly refund: RefundNow; readonly replayed: boolean }> {
  const { house } = shop;
  const { order, by } = asked;
  const askedBy = by.kind === 'fan' ? order.userId : by.operatorId;
  const keyId = refundKeyId(askedBy, asked.key);
  const requestHash = refundHash({ ...asked, orderId: order.id });
  for (let tries = 1; ; tries += 1) {
    const before = await refundByKey(house.db, keyId);
    if (before !== null) {
      if (before.requestHash !== requestHash) throw new Refusal(IDEMPOTENCY_KEY_REUSED);
      return { refund: before, replayed: true };
    }
    if (by.kind === 'support' && askedBy === order.userId) throw new Refusal(REFUND_IS_YOUR_OWN);
    const offer = await offerRefund(shop, order, by);
    const refusal = refusalOf(offer.checks);
    if (refusal !== null) throw refusal;
    const posting = await decide(shop, asked, { askedBy, keyId, requestHash, offer });
    const outcome = await tryPost(house, posting);
    if (outcome === 'posted') {
      const made = await refundByKey(house.db, keyId);
      if (made === null) throw new Error(`units reserved without a refund: ${keyId}`);
      await carryRefund(shop, made.id);
      const refund = (await refundById(house.db, made.id)) ?? made;
      return { refund, replayed: false };
    }
    if (tries === TRIES_MAX) throw new Refusal(REFUND_BUSY);
  }
}

/** What support gives back to one person within so long is added up. */
const SUMMED_MS = 7 * DAY_MS;

/** From which amount on, in cents, two operators decide about a refund by support; `null` = never. */
export async function secondOperatorFrom(house: Pick<House, 'db' | 'clock'>): Promise<bigint | null> {
  return (await currentPolicy(house.db, house.clock.now())).refunds.secondOperatorFromCents;
}

async function decide(
  shop: Shop,
  asked: RefundAsked,
  about: {
    readonly askedBy: Uuid;
    readonly keyId: Uuid;
    readonly requestHash: bigint;
    readonly offer: RefundOffer;
  },
): Promise<Posting> {
  const { house } = shop;
  const { order, by } = asked;
  const { offer } = about;
  const units = asked.units ?? offer.units;
  if (units > offer.units) {
    const said = (some: bigint) => displayAmount({ asset: order.asset, units: some });
    throw new Refusal(REFUND_MORE_THAN_UNSPENT, { unspent: said(offer.units), asked: said(units) }, '/units');
  }
  const cents = amountBack(offer.returns, units);
  if (asked.shownCents !== null && asked.shownCents !== cents) {
    throw new Refusal(REFUND_CHANGED, { cents: displayUsd(cents), shown: displayUsd(asked.shownCents) });
  }
  if (cents === 0n) throw new Refusal(REFUND_TOO_SMALL, {}, '/units');
  const from = by.kind === 'fan' ? null : await secondOperatorFrom(house);
  // Added up over days, so that no sum is cut into pieces for one person's word.
  const since = new Date(house.clock.now() - SUMMED_MS);
  // The turn first: what is added up after it is found again in the commit, or all is looked at again.
  const turn = by.kind === 'fan' ? null : await refundTurnOf(house.db, order.userId);
  const before = from === null ? 0n : await supportGaveBack(house.db, order.userId, since);
  const waits = from !== null && before + cents >= from;
  const row: Omit<Refund, 'committed'> = {
    id: newRefundId(),
    orderId: order.id,
    userId: order.userId,
    asset: order.asset,
    units,
    cents,
    road: offer.road,
    askedBy: about.askedBy,
    reason: asked.reason,
    keyId: about.keyId,
    requestHash: about.requestHash,
    askedAt: new Date(house.clock.now()),
  };
  const funds = await ownerFunds(house, cents, ownerLegs(row.id).put);
  return reservation(order, row, { ...offer, waits, turn, funds });
}

function reservation(
  order: OrderRow,
  row: Omit<Refund, 'committed'>,
  {
    lot,
    returns,
    waits,
    turn,
    funds,
  }: Pick<RefundOffer, 'lot' | 'returns'> & {
    readonly waits: boolean;
    /** Of support's refunds to this person; `null` for the person's own. */
    readonly turn: bigint | null;
    readonly funds: readonly TransferEvent[];
  },
): Posting {
  if (lot === null) throw new Error(`order ${order.id} has no lot to refund`);
  const { id, units, cents, askedAt } = row;
  const state = waits ? 'waiting' : row.road === 'hand' ? 'to_pay' : 'asked';
  const eventId = newId();
  return {
    transfers: [
      {
        ...pendingEvent({
          id: refundLegId(id, 'reserve', 'units'),
          from: accountOfOrder(order),
          to: accountId('platform', order.asset === 'COIN' ? 'coins_issued' : 'diamonds_issued', order.asset),
          asset: order.asset,
          units,
          code: 'refund',
          reference: order.id,
        }),
        userData64: row.requestHash,
      },
      ...funds,
      pendingEvent({
        id: refundLegId(id, 'reserve', 'cash'),
        from: accountId('platform', 'cash', 'USD'),
        to: row.road === 'hand' ? BY_HAND.id : accountId('world', ledgerNameOf(order), 'USD'),
        asset: 'USD',
        units: cents,
        code: 'refund',
        reference: order.id,
      }),
    ],
    rows: [
      { table: REFUND_ROWS, values: refundValues(row) },
      { table: REFUND_STATE_ROWS, values: [id, state, askedAt, askedAt] },
      { table: REFUND_EVENT_ROWS, values: [eventId, id, askedAt, state, row.askedBy, row.reason] },
      { table: NEWS_ROWS, values: [eventId, 'refund'] },
    ],
    statements: [
      countReturn(
        order.id,
        { turn: returns.turn, units, cents },
        { ...lot.account, debitsPending: lot.account.debitsPending + units },
      ),
      ...(turn === null ? [] : [takeRefundTurn(order.userId, turn)]),
    ],
  };
}

/** `posted`; `moved`: somebody did something meanwhile. */
async function tryPost(house: Pick<House, 'ledger'>, posting: Posting): Promise<'posted' | 'moved'> {
  try {
    const posted = await house.ledger.post(posting);
    if (posted.kind === 'posted') return 'posted';
    if (posted.kind === 'exists') return 'moved';
    if (posted.result === 'exceeds_credits' || posted.result === 'id_already_failed') {
      return 'moved';
    }
    if (posted.result.startsWith('exists')) return 'moved';
    throw new Error(`the ledger refused a refund: ${posted.result}`);
  } catch (error) {
    if (error instanceof LedgerConflict && (error.code === 'CL002' || error.code === '23505')) return 'moved';
    throw error;
  }
}
