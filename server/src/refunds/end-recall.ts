import { DAY_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { displayAmount } from '../core/money.ts';
import { MATURITY_AGAIN } from '../gifts/index.ts';
import { accountId, postEvent, type TransferEvent, transferEvent, voidEvent } from '../ledger/index.ts';
import { ledgerNameOf, type OrderRow, orderById, type Shop } from '../purchases/index.ts';
import { claimFreed } from './claim-freed.ts';
import {
  earningsByIds,
  endAllEarningHolds,
  endEarningHolds,
  firstHeldDate,
  heldEarnings,
  REVERSAL_ROWS,
  reversedBy,
} from './held-gifts.ts';
import { nextHold, owedInEscrow, reasonOf, tryHold } from './hold-recall.ts';
import { recallStep, tryMove } from './move-recall.ts';
import { ownerFunds } from './owner-funds.ts';
import {
  awaitEscrow,
  FUND_ROWS,
  holdsOf,
  RETURN_ROWS,
  recallById,
  recallEnd,
  recallTurned,
  scheduleRecall,
  TAKING_ROWS,
  takingsOf,
} from './recall-store.ts';
import { isLost, type RecallNow } from './refund.ts';
import { unitsBack } from './return-recall.ts';
import { diamondsLost, newestUpTo, sentBackLookAt, whoPays } from './rules.ts';
import { RECALL_PAYMENT_ROWS } from './taken-back.ts';
import { keepUnpaid, recountGifts, unpaidGifts } from './unpaid-gifts.ts';

/** Gifts reversed in one commit, and creators among them: a chain is not longer. */
const REVERSED_AT_ONCE = 500;
const CREATORS_AT_ONCE = 100;

/** Each time, another server held more for a recall between the look and the commit, or took some of it. */
const TRIES_MAX = 20;

/** It was won: everything that was held is free again, and gifts that are due mature with the next run. */
export async function releaseRecall(shop: Shop, id: Uuid): Promise<void> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const recall = await recallById(shop.house.db, id);
    if (recall === null || isOver(recall) || (await release(shop, recall))) return;
  }
  throw new Error(`recall ${id} changed ${TRIES_MAX} times while it was to be released`);
}

/** False, and nothing is done, when it does not stand as it was looked at. */
export async function release(shop: Shop, recall: RecallNow): Promise<boolean> {
  const { db, clock } = shop.house;
  const { id } = recall;
  const at = new Date(clock.now());
  const order = await orderById(db, recall.orderId);
  if (order === null) throw new Error(`recall ${id} has no order`);
  const [holds, reversed, first] = await Promise.all([
    holdsOf(db, id),
    reversedBy(db, id),
    firstHeldDate(db, id),
  ]);
  // Another server began to take it: gifts that it took back stay so, and what they had cost is the fan's again.
  const toFan = unitsBack(order, recall.asset, reversed.coins);
  const freed =
    recall.heldCents === 0n && recall.heldUnits === 0n
      ? null
      : await claimFreed(
          db,
          {
            fromRecallId: id,
            cents: recall.cents,
            count: { units: recall.heldUnits, cents: recall.heldCents },
            units: holds.reduce((sum, { units }) => sum + units, reversed.coins),
          },
          order,
          at,
        );
  const outcome = await tryMove(shop, {
    transfers: [
      ...holds.map(({ transferId }) => voidEvent(newId(), transferId)),
      ...toFan,
      ...(freed?.transfers ?? []),
    ],
    rows: [
      ...recallStep(recall, 'released', at),
      ...toFan.map((transfer) => ({
        table: RETURN_ROWS,
        values: [id, reversed.coins, transfer.id, 0n, null, 0n, null, null, at],
      })),
      ...(freed?.rows ?? []),
    ],
    statements: [
      // The order first, as when it was held: two commits never wait for each other.
      ...(freed?.statements ?? []),
      recallEnd(recall, 'released', at),
      endAllEarningHolds(id),
      ...(first === null ? [] : [matureFrom(first)]),
    ],
  });
  return outcome === 'posted';
}

/**
 * It was lost. First what was held of gifts that have not matured is taken back, some creators at a time; then, in one
 * commit, the unspent units go and the money is booked: for what the fan and the gifts stand for out of the cash that the
 * house no longer owes anybody, the rest out of the reserve. What has matured is nobody's but the creator's.
 *
 * `waits`: units of it are in the escrow of a question, and it is looked at again when they leave it.
 */
export async function takeRecall(shop: Shop, id: Uuid): Promise<'over' | 'waits'> {
  for (let tries = 1; tries <= TRIES_MAX; ) {
    const recall = await recallById(shop.house.db, id);
    if (recall === null || isOver(recall)) return 'over';
    // A refund may have come to nothing since it was held: its units are this case's, before anything is taken.
    const order = await orderById(shop.house.db, recall.orderId);
    if (order === null) throw new Error(`recall ${id} has no order`);
    const more = await nextHold(shop, recall, order);
    if (more !== null) {
      await tryHold(shop, more);
      tries += 1;
      continue;
    }
    if (await waitsForEscrow(shop, recall, order)) return 'waits';
    const reversed = await reverseSome(shop, recall);
    // The next creators.
    if (reversed === 'posted') continue;
    if (reversed === 'none' && (await takeRest(shop, recall))) return 'over';
    tries += 1;
  }
  throw new Error(`recall ${id} changed ${TRIES_MAX} times while it was to be taken`);
}

/** No escrow lives longer: a policy's questions are returned within thirty days. */
const ESCROW_MAX_MS = 31 * DAY_MS;

async function waitsForEscrow(
  { house, ...shop }: Shop,
  recall: RecallNow,
  order: OrderRow,
): Promise<boolean> {
  const owed = await owedInEscrow({ house, ...shop }, recall, order);
  if (owed === null) return false;
  const now = house.clock.now();
  const since = recall.awaitsSince ?? new Date(now);
  if (now - since.getTime() >= ESCROW_MAX_MS) return false;
  const units = displayAmount({ asset: recall.asset, units: owed.units });
  const note = `Lost. ${units} of it are in the escrow of a question: it is booked when the question is answered or returned.`;
  await awaitEscrow(house.db, recall.id, { ...owed.account, since, note });
  return true;
}

/** Takes back some of the gifts that are still held and are needed; `none` when there are none left. */
export async function reverseSome(
  shop: Shop,
  recall: RecallNow,
  creatorsMax = CREATORS_AT_ONCE,
): Promise<'posted' | 'moved' | 'none'> {
  const { db, clock } = shop.house;
  const { id } = recall;
  const [holds, held, reversed] = await Promise.all([
    holdsOf(db, id),
    heldEarnings(db, id),
    reversedBy(db, id),
  ]);
  const unspent = holds.reduce((sum, { units }) => sum + units, 0n);
  const needed = newestUpTo(held, recall.heldUnits - unspent - reversed.coins).slice(0, REVERSED_AT_ONCE);
  if (needed.length === 0) return 'none';
  const earnings = new Map(
    (
      await earningsByIds(
        db,
        needed.map(({ earningId }) => earningId),
      )
    ).map((earning) => [earning.earningId, earning]),
  );
  const at = new Date(clock.now());
  const byCreator = new Map<Uuid, { transferId: Uuid; units: bigint }>();
  const rows: { table: typeof REVERSAL_ROWS; values: unknown[] }[] = [];
  const ended: Uuid[] = [];
  let coins = 0n;
  let first: Date | null = null;
  for (const { earningId, units } of needed) {
    const earning = earnings.get(earningId);
    if (earning === undefined) throw new Error(`held gift ${earningId} is not there`);
    const known = byCreator.get(earning.creatorId);
    if (known === undefined && byCreator.size === creatorsMax) break;
    const ofCreator = known ?? { transferId: newId(), units: 0n };
    const lost = diamondsLost(earning, units);
    byCreator.set(earning.creatorId, { ...ofCreator, units: ofCreator.units + lost });
    rows.push({
      table: REVERSAL_ROWS,
      values: [
        earningId,
        id,
        earning.creatorId,
        ofCreator.transferId,
        units,
        lost,
        earning.maturesAt,
        reasonOf(recall),
        at,
      ],
    });
    ended.push(earningId);
    coins += units;
    if (first === null || earning.maturesAt < first) first = earning.maturesAt;
  }
  const transfers: TransferEvent[] = [
    transferEvent({
      id: newId(),
      from: accountId('platform', 'coins_spent', 'COIN'),
      to: accountId('platform', 'coins_issued', 'COIN'),
      asset: 'COIN',
      units: coins,
      code: 'dispute',
      reference: recall.orderId,
    }),
    ...[...byCreator].map(([creatorId, { transferId, units }]) =>
      transferEvent({
        id: transferId,
        from: accountId(creatorId, 'diamonds_pending', 'DIAMOND'),
        to: accountId('platform', 'diamonds_issued', 'DIAMOND'),
        asset: 'DIAMOND',
        units,
        code: 'gift_reversed',
        reference: id,
      }),
    ),
  ];
  const outcome = await tryMove(shop, {
    transfers,
    rows,
    statements: [
      recallTurned(recall),
      endEarningHolds(id, ended),
      recountGifts(ended),
      ...(first === null ? [] : [matureFrom(first)]),
    ],
  });
  if (outcome !== 'short') return outcome;
  // The ledger looks at the balance first: perhaps another server took it a moment ago.
  const now = await recallById(db, id);
  if (now?.turn !== recall.turn) return 'moved';
  throw new Error(`a creator of recall ${id} has less pending than their gifts brought`);
}

/** False, and nothing is done, when it does not stand as it was looked at. */
export async function takeRest(shop: Shop, recall: RecallNow): Promise<boolean> {
  const { db, clock, ledger } = shop.house;
  const { id } = recall;
  const order = await orderById(db, recall.orderId);
  if (order === null) throw new Error(`recall ${id} has no order`);
  const reserve = accountId('platform', 'reserve', 'USD');
  const cash = accountId('platform', 'cash', 'USD');
  const world = accountId('world', ledgerNameOf(order), 'USD');
  const [holds, reversed, first, balances] = await Promise.all([
    holdsOf(db, id),
    reversedBy(db, id),
    firstHeldDate(db, id),
    ledger.balances([reserve]),
  ]);
  // The sums below are only sums of one moment while nobody held more or took some.
  if ((await recallById(db, id))?.turn !== recall.turn) return false;
  const inReserve = balances.get(reserve);
  const fanUnits = holds.reduce((sum, { units }) => sum + units, 0n);
  const pays = whoPays({
    cents: recall.heldCents,
    units: recall.heldUnits,
    beyondCents: recall.beyondCents,
    fanUnits,
    giftUnits: reversed.coins,
    reserveCents:
      inReserve === undefined
        ? 0n
        : inReserve.creditsPosted - inReserve.debitsPosted - inReserve.debitsPending,
  });
  const code = recall.kind === 'dispute' ? ('dispute' as const) : ('refund' as const);
  const pay = (from: Uuid, units: bigint) =>
    units === 0n
      ? []
      : [
          transferEvent({
            id: newId(),
            from,
            to: world,
            asset: 'USD',
            units,
            code,
            reference: recall.orderId,
          }),
        ];
  const fromCash = pays.fan + pays.creators + pays.house;
  const payments = [...pay(cash, fromCash), ...pay(reserve, pays.reserve)];
  const funds = await ownerFunds(shop.house, fromCash);
  const at = new Date(clock.now());
  const taking = (source: string, units: bigint, cents: bigint, diamonds = 0n) => ({
    table: TAKING_ROWS,
    values: [id, source, units, cents, diamonds],
  });
  const rest = recall.heldUnits - fanUnits - reversed.coins;
  const unpaid = await unpaidGifts(db, recall, order, rest);
  const outcome = await tryMove(shop, {
    transfers: [...holds.map(({ transferId }) => postEvent(newId(), transferId)), ...funds, ...payments],
    rows: [
      ...funds.map((fund) => ({ table: FUND_ROWS, values: [id, fund.id, fund.amount] })),
      ...payments.map((payment) => ({ table: RECALL_PAYMENT_ROWS, values: [payment.id, id] })),
      taking('fan', fanUnits, pays.fan),
      taking('creators', reversed.coins, pays.creators, reversed.diamondUnits),
      taking('reserve', 0n, pays.reserve),
      taking('house', rest, pays.house),
      ...recallStep(recall, 'taken', at),
    ],
    statements: [
      recallEnd(recall, 'taken', at, sentBackLook({ ...recall, state: 'taken', since: at }, at.getTime())),
      ...keepUnpaid(recall, unpaid, at),
      endAllEarningHolds(id),
      ...(first === null ? [] : [matureFrom(first)]),
    ],
  });
  // Otherwise somebody else held more, ended it, or used the cash or the reserve meanwhile.
  return outcome === 'posted';
}

/** Books what the provider takes for a dispute, once, after it is decided. The platform bears it. */
export async function bookFee(shop: Shop, recall: RecallNow): Promise<void> {
  const { db } = shop.house;
  const takings = await takingsOf(db, [recall.id]);
  if (recall.feeCents > 0n && !takings.some(({ source }) => source === 'fee')) {
    const outcome = await tryMove(shop, {
      transfers: [
        ...(await ownerFunds(shop.house, recall.feeCents)),
        transferEvent({
          id: newId(),
          from: accountId('platform', 'cash', 'USD'),
          to: accountId('platform', 'provider_fees', 'USD'),
          asset: 'USD',
          units: recall.feeCents,
          code: 'dispute',
          reference: recall.orderId,
        }),
      ],
      rows: [{ table: TAKING_ROWS, values: [recall.id, 'fee', 0n, recall.feeCents, 0n] }],
    });
    if (outcome === 'short') return;
  }
  await scheduleRecall(db, recall.id, sentBackLook(recall, shop.house.clock.now()));
}

/** When one asks next whether what is booked as lost came back after all; `null` for everything else. */
export function sentBackLook(recall: RecallNow, nowMs: number): Date | null {
  return isLost(recall) ? sentBackLookAt(recall.since, nowMs) : null;
}

function isOver({ state }: RecallNow): boolean {
  return state === 'released' || state === 'taken';
}

function matureFrom(first: Date) {
  return { text: MATURITY_AGAIN, values: [first], expectRows: 1 };
}
