import { hash } from 'node:crypto';
import { smaller } from '../core/bigints.ts';
import { DAY_MS } from '../core/clock.ts';
import { type Uuid, uuidFromHex } from '../core/ids.ts';
import type { House } from '../house.ts';
import { accountId, LedgerConflict, transferEvent } from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';

/** Days that are caught up with at most. */
const DAYS_MAX = 31;

/**
 * Sets aside the policy's part of each day's sales for disputes, once a day is over (UTC), and of the days that were
 * missed. As much as there is cash for. How many days.
 */
export async function keepReserve(house: House): Promise<number> {
  const nowMs = house.clock.now();
  const { reserveBasisPoints } = (await currentPolicy(house.db, nowMs)).refunds;
  if (reserveBasisPoints === 0) return 0;
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const days = await house.db.query<{ day: string; sold: bigint }>(
    `select (paid_at at time zone 'UTC')::date::text as day, sum(price_cents)::bigint as sold
       from purchase_payments where paid_at >= $1 and paid_at < $2
        and not exists (select from reserve_days d where d.day = (paid_at at time zone 'UTC')::date)
      group by 1 order by 1`,
    [new Date(today - DAYS_MAX * DAY_MS), new Date(today)],
  );
  let kept = 0;
  for (const { day, sold } of days) {
    if (await keepDay(house, day, sold, reserveBasisPoints)) kept += 1;
  }
  return kept;
}

/** Cents that are set aside of a day's sales: the policy's part (hundredths of a percent), as much as there is cash for. */
export function reserveOf(soldCents: bigint, basisPoints: number, cashCents: bigint): bigint {
  return smaller((soldCents * BigInt(basisPoints)) / 10_000n, cashCents);
}

async function keepDay(house: House, day: string, sold: bigint, basisPoints: number): Promise<boolean> {
  const cash = accountId('platform', 'cash', 'USD');
  const account = (await house.ledger.balances([cash])).get(cash);
  const there =
    account === undefined ? 0n : account.creditsPosted - account.debitsPosted - account.debitsPending;
  const cents = reserveOf(sold, basisPoints, there);
  const id = reserveId(day, cents);
  try {
    const posted = await house.ledger.post({
      transfers: [
        transferEvent({
          id,
          from: cash,
          to: accountId('platform', 'reserve', 'USD'),
          asset: 'USD',
          units: cents,
          code: 'reserve',
        }),
      ],
      statements: [
        {
          text: 'insert into reserve_days (day, transfer_id, sold_cents, cents) values ($1::date, $2, $3, $4)',
          values: [day, id, sold, cents],
          expectRows: 1,
        },
      ],
    });
    return posted.kind === 'posted';
  } catch (error) {
    // Another process was faster.
    if (error instanceof LedgerConflict && error.code === '23505') return false;
    throw error;
  }
}

function reserveId(day: string, cents: bigint): Uuid {
  const hex = hash('sha256', `reserve of ${day} ${cents}`, 'hex');
  const time = Date.parse(day).toString(16).padStart(12, '0');
  return uuidFromHex(`${time}8${hex.slice(0, 3)}8${hex.slice(4, 19)}`);
}
