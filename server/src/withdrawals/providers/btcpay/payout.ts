import type { Uuid } from '../../../core/ids.ts';
import { isUuid } from '../../../core/ids.ts';
import type { PayoutOperation, PayoutSnapshot, PayoutStatus } from '../provider.ts';

export const METHOD_ID = 'BTC-CHAIN';
const SATOSHI_DECIMALS = 8;

/** A payout as Greenfield tells it (BTCPay Server 2); the fields that are read. */
export interface Payout {
  readonly id: string;
  readonly revision: number;
  /** Seconds since 1970, as a number or in quotation marks. */
  readonly date: number | string;
  readonly destination: string;
  readonly originalCurrency: string;
  /** A decimal, `0.00041406`. */
  readonly originalAmount: string;
  readonly payoutCurrency?: string | null;
  /** Null until it is approved. */
  readonly payoutAmount?: string | null;
  readonly payoutMethodId: string;
  readonly state: string;
  /** Of a payment on the chain, `id` is the transaction. */
  readonly paymentProof?: { readonly id?: string | null } | null;
  readonly metadata?: { readonly attempt?: unknown; readonly reference?: unknown } | null;
}

/** What is asked for. Not approved: what is booked is approved afterwards, and nothing else. */
export function payoutRequest({ destination, minor, attemptId, withdrawal, reference }: PayoutOperation) {
  return {
    destination,
    amount: coins(minor),
    payoutMethodId: METHOD_ID,
    approved: false,
    // `source` is what BTCPay's own list of payouts shows.
    metadata: { source: `Carat ${reference}`, attempt: attemptId, withdrawal, reference },
  };
}

const STATES: ReadonlyMap<string, PayoutStatus> = new Map([
  ['AwaitingApproval', 'taken'],
  ['AwaitingPayment', 'on_its_way'],
  ['InProgress', 'on_its_way'],
  ['Completed', 'paid'],
  ['Cancelled', 'back'],
] as const);
const MOVING = new Set(['AwaitingPayment', 'InProgress', 'Completed']);

/**
 * Which of these payouts a try has to do with, before one is booked. One of its withdrawal that somebody approved there is
 * paid whatever we say; two of them are `several`. Else its own, the first that was made; a canceled one only where there is
 * no other, for then somebody there did not want it paid.
 */
export function chooseOf(payouts: readonly Payout[], operation: PayoutOperation): Payout | 'several' | null {
  const moving = movingOf(payouts, operation);
  if (moving.length > 1) return 'several';
  const own = ofWithdrawal(payouts, operation).filter(
    ({ metadata }) => metadata?.attempt === operation.attemptId,
  );
  return moving[0] ?? own.find(({ state }) => state !== 'Cancelled') ?? own[0] ?? null;
}

/** Those of a withdrawal that somebody approved: each of them is paid, or was. */
export function movingOf(payouts: readonly Payout[], operation: PayoutOperation): Payout[] {
  return ofWithdrawal(payouts, operation).filter(({ state }) => MOVING.has(state));
}

/** The first that was made first. */
function ofWithdrawal(payouts: readonly Payout[], { reference }: PayoutOperation): Payout[] {
  return payouts
    .filter(({ metadata }) => metadata?.reference === reference)
    .toSorted((a, b) => madeAt(a).getTime() - madeAt(b).getTime() || (a.id < b.id ? -1 : 1));
}

/** @param operation what it was asked to be; `null` = whatever it is */
export function snapshotOf(
  payout: Payout,
  operation: PayoutOperation | null,
  about: { readonly livemode: boolean; readonly advice: string | null },
): PayoutSnapshot {
  const { id, state, destination, originalCurrency, payoutAmount } = payout;
  const minor = satoshi(payout.originalAmount);
  const approved = payoutAmount === undefined || payoutAmount === null ? minor : satoshi(payoutAmount);
  const asAsked =
    operation === null ||
    (minor === operation.minor &&
      approved === minor &&
      originalCurrency === operation.currency &&
      payout.payoutMethodId === METHOD_ID &&
      destination === operation.destination);
  return {
    attemptId: attemptOf(payout),
    reference: typeof payout.metadata?.reference === 'string' ? payout.metadata.reference : null,
    takenRef: id,
    payoutRef: payout.paymentProof?.id ?? null,
    ...(asAsked
      ? { status: STATES.get(state) ?? 'other', rawStatus: state }
      : {
          status: 'other',
          rawStatus: `${state}, ${payout.originalAmount} ${originalCurrency} to ${destination}`,
        }),
    destination,
    minor: minor ?? operation?.minor ?? 0n,
    currency: originalCurrency,
    livemode: about.livemode,
    failureCode: state === 'Cancelled' ? 'payout_canceled' : null,
    advice: about.advice,
    isMoving: state !== 'Completed' && state !== 'Cancelled',
    takenAt: madeAt(payout),
  };
}

/** Our try that it is of; `null` when it was made at the server itself. */
export function attemptOf({ metadata }: Payout): Uuid | null {
  const attempt = metadata?.attempt;
  return typeof attempt === 'string' && isUuid(attempt) ? attempt : null;
}

export function madeAt({ date }: Payout): Date {
  const seconds = Number(date);
  return Number.isFinite(seconds) ? new Date(seconds * 1_000) : new Date(date);
}

/** `41406n` → `"0.00041406"`. */
export function coins(minor: bigint): string {
  const digits = minor.toString().padStart(SATOSHI_DECIMALS + 1, '0');
  return `${digits.slice(0, -SATOSHI_DECIMALS)}.${digits.slice(-SATOSHI_DECIMALS)}`;
}

/** `"0.00041406"` → `41406n`; `null` for what is no number of whole satoshi. */
export function satoshi(decimal: string): bigint | null {
  const match = /^(\d{1,8})(?:\.(\d{1,8})0*)?$/.exec(decimal);
  if (match === null) return null;
  return BigInt(`${match[1]}${(match[2] ?? '').padEnd(SATOSHI_DECIMALS, '0')}`);
}
