import type { Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import { Together } from '../core/together.ts';
import type { Database, Queryable } from '../db/database.ts';
import { type CompanionRow, defineCompanionTable } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { firstPayments } from '../purchases/index.ts';
import { type Clearing, clearingOf, mayDelay } from './clearing.ts';

/** What is kept of people who paid; more than these are asked for again. */
const KEPT_MAX = 100_000;

interface Payers {
  /** A first payment never changes once it is there. Who has none is asked about again each time. */
  readonly known: Map<Uuid, number>;
  readonly asked: Together<Uuid, Date>;
}

const payersOf = oncePer(
  (db: Database): Payers => ({ known: new Map(), asked: new Together((ids) => firstPayments(db, ids)) }),
);

/** Whoever pays, and all they gave, with this. */
export interface PayerNow {
  readonly id: Uuid;
  /** As far as this process knows; what went back to them since may still be in it. */
  readonly givenCoins: bigint;
  /** As it is now. */
  givenNow(): Promise<bigint>;
}

/**
 * When what a person pays for now becomes available to its creator. At once for nearly everybody: only of those who
 * have given much is it asked when they first paid, once, and nothing is delayed before it was read what went back to them.
 */
export function clearingFor(
  db: Database,
  policy: Policy,
  payer: PayerNow,
  nowMs: number,
): Clearing | Promise<Clearing> {
  const likely = clearingAsKnown(db, policy, payer, nowMs);
  const sure = (clearing: Clearing) =>
    clearing.delay === null
      ? clearing
      : payer
          .givenNow()
          .then((givenCoins) => clearingAsKnown(db, policy, { id: payer.id, givenCoins }, nowMs));
  return likely instanceof Promise ? likely.then(sure) : sure(likely);
}

function clearingAsKnown(
  db: Database,
  policy: Policy,
  payer: Pick<PayerNow, 'id' | 'givenCoins'>,
  nowMs: number,
): Clearing | Promise<Clearing> {
  const { id, givenCoins } = payer;
  if (!mayDelay(policy, givenCoins)) return clearingOf(policy, { givenCoins, firstPaidAtMs: null }, nowMs);
  const { known, asked } = payersOf(db);
  const firstPaidAtMs = known.get(id);
  if (firstPaidAtMs !== undefined) return clearingOf(policy, { givenCoins, firstPaidAtMs }, nowMs);
  return asked.find(id).then((at) => {
    if (known.size >= KEPT_MAX) known.clear();
    if (at !== undefined) known.set(id, at.getTime());
    return clearingOf(policy, { givenCoins, firstPaidAtMs: at?.getTime() ?? null }, nowMs);
  });
}

const DELAY_ROWS = defineCompanionTable({
  name: 'earning_delays',
  columns: {
    earning_id: 'uuid',
    creator_id: 'uuid',
    reason: 'text',
    usual_at: 'timestamptz',
    matures_at: 'timestamptz',
    latest_at: 'timestamptz',
    policy_version: 'int4',
  },
});

/** The row that commits with something that becomes available later than others; none for everything else. */
export function delayRows(
  earning: { readonly id: Uuid; readonly creatorId: Uuid; readonly policyVersion: number },
  { delay, maturesAtMs }: Clearing,
): CompanionRow[] {
  if (delay === null) return [];
  const { reason, usualAtMs, latestAtMs } = delay;
  return [
    {
      table: DELAY_ROWS,
      values: [
        earning.id,
        earning.creatorId,
        reason,
        new Date(usualAtMs),
        new Date(maturesAtMs),
        new Date(latestAtMs),
        earning.policyVersion,
      ],
    },
  ];
}

/** Something that becomes available later than others. */
export interface EarningDelay {
  readonly earningId: Uuid;
  /** When it would have been due like others. */
  readonly usualAt: Date;
  readonly latestAt: Date;
}

/** What creator and fan are told. It says nothing of the fan. */
export const DELAY_WORDS = 'It waits longer than usual, in case a bank takes the payment back.';

/** The delays of these; missing for what is due on the usual date. */
export async function delaysOfEarnings(
  db: Queryable,
  ids: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, EarningDelay>> {
  const rows = await db.query<EarningDelay>(
    `select earning_id as "earningId", usual_at as "usualAt", latest_at as "latestAt"
       from earning_delays where earning_id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.earningId, row]));
}

/** A delay as it is shown. */
export function delayJson({ usualAt, latestAt }: EarningDelay) {
  return { reason: DELAY_WORDS, usualAt: usualAt.toISOString(), latestAt: latestAt.toISOString() };
}
