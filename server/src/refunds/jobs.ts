import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { type Shop, shopOf } from '../purchases/index.ts';
import { carryRefund } from './carry-refund.ts';
import { keepReserve } from './keep-reserve.ts';
import { checkRecall } from './meet-recalls.ts';
import { claimDueRecalls, wakeAwaiting } from './recall-store.ts';
import { carryResolutions } from './resolve-parked.ts';
import { claimDueRefunds, refundById, scheduleRefund } from './store.ts';
import { tellReturns } from './tell-returns.ts';

const LOOK_EVERY_MS = SECOND_MS;
const RESOLVE_EVERY_MS = 5 * SECOND_MS;
const RESERVE_EVERY_MS = 10 * MINUTE_MS;
/** Longer than any provider call may take, so that a check in progress is not begun twice. */
const LEASE_MS = 30_000;

/** What money on its way back needs done by itself. */
export function startReturns(house: House): Rounds[] {
  const shop = shopOf(house);
  return [
    goRounds('refunds', LOOK_EVERY_MS, house.log, () => checkRefunds(shop)),
    goRounds('recalls', LOOK_EVERY_MS, house.log, () => checkRecalls(shop)),
    goRounds('parked orders', RESOLVE_EVERY_MS, house.log, () => carryResolutions(shop)),
    goRounds('news of refunds', LOOK_EVERY_MS, house.log, () => tellReturns(house)),
    goRounds('the reserve', RESERVE_EVERY_MS, house.log, () => keepReserve(house)),
  ];
}

/** Carries on every refund whose time has come, once; how many were looked at. */
export async function checkRefunds(shop: Shop): Promise<number> {
  const { db, clock, log } = shop.house;
  const nowMs = clock.now();
  const due = await claimDueRefunds(db, new Date(nowMs), new Date(nowMs + LEASE_MS));
  for (const { id, checks } of due) {
    try {
      await carryRefund(shop, id);
    } catch (error) {
      log.error({ err: error, refund: id }, 'a refund could not be carried on');
    }
    const now = await refundById(db, id);
    // Nobody said when to look next: sooner at first, every five minutes at last.
    const isLeased = now?.nextCheckAt?.getTime() === nowMs + LEASE_MS;
    if (isLeased) await scheduleRefund(db, id, new Date(clock.now() + delayMs(checks)));
  }
  return due.length;
}

function delayMs(checks: number): number {
  return Math.min(5_000 * 2 ** Math.min(checks, 10), 300_000);
}

/** Asks about every recall whose time has come, once; how many. */
export async function checkRecalls(shop: Shop): Promise<number> {
  const { db, clock, log } = shop.house;
  const nowMs = clock.now();
  await wakeAwaiting(db, new Date(nowMs));
  const due = await claimDueRecalls(db, new Date(nowMs), new Date(nowMs + LEASE_MS));
  for (const id of due) {
    try {
      await checkRecall(shop, id);
    } catch (error) {
      log.error({ err: error, recall: id }, 'a recall could not be carried on');
    }
  }
  return due.length;
}
