import type { Queryable } from '../db/database.ts';

/** What can go wrong with a call to the sandbox. */
export const CALL_FAULTS = [
  /** The connection is cut before anything is done. */
  'drop_before',
  /** The work is done, and the connection is cut before the answer. */
  'drop_after',
  /** The work is done, and the answer is a server error; with a key, that is the answer from then on. */
  'error_after',
  /** Nothing is done, and the answer is a server error that is not kept. */
  'unavailable',
  /** Nothing is done: too many requests. */
  'rate_limited',
  /** Nothing is done: the balance that would pay is too small. */
  'short_of_money',
  /** The answer takes `milliseconds` longer. */
  'latency',
] as const;

/** What can go wrong with the delivery of an event. */
export const DELIVERY_FAULTS = [
  /** Kept back until somebody releases it. */
  'held',
  /** Sent `milliseconds` later. */
  'late',
  /** Sent three times. */
  'duplicated',
  /** The next so many come in the opposite order, a second apart. */
  'reordered',
  /** Signed with a secret that the merchant does not know. */
  'wrong_secret',
] as const;

export const FAULTS = [...CALL_FAULTS, ...DELIVERY_FAULTS] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultOrder {
  /** The call that meets it, such as `checkout.sessions.create`; `*` = any call; `stripe.webhook`, `stripe_connect.webhook`, `btcpay.webhook`, `btcpay_payouts.webhook`, `paypal.webhook`. */
  readonly call: string;
  readonly fault: Fault;
  /** The next so many calls; with a share, any number but 0 turns it on. */
  readonly times: number;
  readonly milliseconds?: number;
  /** Of all these calls from now on, over 0 up to 1. */
  readonly share?: number;
  /** Which calls of a share meet it: the same seed chooses the same places in the order of calls. */
  readonly seed?: number;
}

export async function orderFault(db: Queryable, order: FaultOrder): Promise<void> {
  await db.query(
    `insert into sandbox.faults (call, fault, remaining, milliseconds, share, seed) values ($1, $2, $3, $4, $5, $6)
     on conflict (call, fault) do update set remaining = $3, milliseconds = $4, share = $5, seed = $6`,
    [callOf(order), order.fault, order.times, order.milliseconds ?? 0, order.share ?? null, order.seed ?? 0],
  );
}

/** Faults of an event's way are met when it is sent, those of its time when it is written. */
function callOf({ call, fault }: FaultOrder): string {
  return WRITTEN.has(fault) ? `${call}.made` : call;
}

const WRITTEN: ReadonlySet<Fault> = new Set(['held', 'late', 'reordered']);

export async function clearFaults(db: Queryable): Promise<void> {
  await db.query('delete from sandbox.faults');
}

export interface WaitingFault {
  readonly call: string;
  readonly fault: string;
  readonly remaining: number;
  readonly milliseconds: number;
  readonly share: number | null;
}

export async function waitingFaults(db: Queryable): Promise<WaitingFault[]> {
  return db.query<WaitingFault>(
    'select call, fault, remaining, milliseconds, share from sandbox.faults where remaining > 0 order by number',
  );
}

/**
 * The faults that wait for this call, each used up once, and those of whose share it is. Most calls meet none: one
 * statement says so.
 */
export async function meetFaults(db: Queryable, call: string): Promise<ReadonlyMap<Fault, MetFault>> {
  const rows = await db.query<{ fault: Fault; milliseconds: number; left: number }>(
    `with used as (
       update sandbox.faults set remaining = remaining - 1
        where remaining > 0 and share is null and (call = $1 or (call = '*' and $1 not like '%.webhook%'))
        returning fault, milliseconds, remaining as "left"),
     shared as materialized (
       select fault, milliseconds, share, seed from sandbox.faults
        where remaining > 0 and share is not null and (call = $1 or (call = '*' and $1 not like '%.webhook%'))),
     drawn as materialized (select nextval('sandbox.fault_draws') as number where exists (select from shared))
     select fault, milliseconds, "left", null as met from used
     union all
     select fault, milliseconds, (drawn.number % ${REORDERED_MAX})::integer, nextval('sandbox.faults_met')
       from shared, drawn
      where (hashtextextended(fault || drawn.number, seed) & 1048575) < share * 1048576`,
    [call],
  );
  return new Map(rows.map(({ fault, milliseconds, left }) => [fault, { milliseconds, left }]));
}

/** How many calls and events drew lots so far, and how many faults were met that way. */
export async function lotsDrawn(db: Queryable): Promise<{ readonly draws: bigint; readonly met: bigint }> {
  const [row] = await db.query<{ draws: bigint; met: bigint }>(
    `select (select case when is_called then last_value else 0 end from sandbox.fault_draws) as draws,
            (select case when is_called then last_value else 0 end from sandbox.faults_met) as met`,
  );
  return row ?? { draws: 0n, met: 0n };
}

/** Events of a share are put out of order within so many seconds. */
const REORDERED_MAX = 10;

export interface MetFault {
  readonly milliseconds: number;
  /** How often it is still to be met. */
  readonly left: number;
}
