import type { BtcpayAccount } from '../../../config.ts';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { askGreenfield, type Outcome, readDelivery } from '../../../purchases/index.ts';
import { readBitcoinAddress } from '../../bitcoin-address.ts';
import {
  type Leftover,
  type PayoutOperation,
  type PayoutProvider,
  type PayoutSnapshot,
  SEVERAL,
} from '../provider.ts';
import {
  attemptOf,
  chooseOf,
  coins,
  METHOD_ID,
  madeAt,
  movingOf,
  type Payout,
  payoutRequest,
  satoshi,
  snapshotOf,
} from './payout.ts';

/** A payout that is approved leaves within this time where somebody or something pays; a block comes every ten minutes. */
const UNPAID_MS = 30 * MINUTE_MS;
const UNCONFIRMED_MS = 6 * HOUR_MS;
const FOR_EVER_MS = 36_500 * DAY_MS;

export interface BtcpayPayoutOptions {
  readonly account: BtcpayAccount;
  readonly clock: Clock;
  /** 5,000 unless told. */
  readonly timeoutMs?: number;
}

/**
 * Pays creators in bitcoin from the wallet of a BTCPay Server of one's own, by its Greenfield API. That API knows no
 * idempotency keys, so a payout is made unapproved, booked by its id, and only what is booked is approved: however often
 * one is made, at most one is paid.
 */
export function btcpayPayouts(options: BtcpayPayoutOptions): PayoutProvider {
  const { account, clock } = options;
  const call = <T>(method: string, path: string, body?: object) =>
    askGreenfield<T>(options, method, path, body);
  const all = () => call<Payout[]>('GET', '/payouts?includeCancelled=true');
  const one = (ref: string) => call<Payout>('GET', `/payouts/${encodeURIComponent(ref)}`);
  const told = async (
    asked: Outcome<Payout>,
    operation: PayoutOperation,
  ): Promise<Outcome<PayoutSnapshot>> => {
    if (asked.kind !== 'ok') return asked;
    // What is no payout says nothing of one.
    if (typeof asked.value.id !== 'string') return { kind: 'unknown', reason: 'no_payout_in_the_answer' };
    const advice = await adviceOf(call, asked.value, clock.now());
    const seen = snapshotOf(asked.value, operation, { livemode, advice });
    return ok(seen.status === 'other' && seen.isMoving ? { ...seen, advice: CANCEL_FIRST } : seen);
  };
  const livemode = account.mode === 'live';

  return {
    id: 'btcpay',
    mode: account.mode,
    method: 'btcpay',
    world: livemode ? 'btcpay_payouts' : `btcpay_payouts_${account.mode}`,
    books: 'btcpay_payouts',
    // There is no key that could be forgotten: made twice, one is approved.
    keyMs: FOR_EVER_MS,
    ownAccount: async () => ok(account.storeId),
    addressOf(details) {
      if (details.method !== 'btcpay') return null;
      const read = readBitcoinAddress(details.address, account.mode);
      return 'address' in read ? read.address : null;
    },
    async create(operation) {
      const made = await call<Payout>('POST', '/payouts', payoutRequest(operation));
      return made.kind === 'declined' ? { ...made, code: codeOf(made.code) } : told(made, operation);
    },
    async fetch(operation) {
      if (operation.takenRef !== null) {
        const found = await one(operation.takenRef);
        return isNowhere(found) ? ok(null) : told(found, operation);
      }
      const listed = await all();
      if (listed.kind !== 'ok') return listed;
      const chosen = chooseOf(listed.value, operation);
      if (chosen === null) return ok(null);
      if (chosen !== 'several') return told(ok(chosen), operation);
      return { kind: 'unknown', reason: SEVERAL };
    },
    async fetchAll(operation) {
      const listed = await all();
      if (listed.kind !== 'ok') return listed;
      const about = { livemode, advice: null };
      return ok(movingOf(listed.value, operation).map((payout) => snapshotOf(payout, operation, about)));
    },
    async forward(operation, { takenRef }) {
      const now = await one(takenRef);
      if (now.kind !== 'ok' || now.value.state !== 'AwaitingApproval') return told(now, operation);
      const path = `/payouts/${encodeURIComponent(takenRef)}`;
      const approved = await call<Payout>('POST', path, { revision: now.value.revision });
      if (approved.kind !== 'declined') return told(approved, operation);
      // It was approved or canceled at the same moment, or it cannot be.
      const after = await one(takenRef);
      if (after.kind === 'ok' && after.value.state === 'AwaitingApproval') {
        return { ...approved, code: codeOf(approved.code) };
      }
      return told(after, operation);
    },
    async takeBack(operation, { takenRef }) {
      const gone = await call<unknown>('DELETE', `/payouts/${encodeURIComponent(takenRef)}`);
      if (gone.kind === 'unknown' || gone.kind === 'retryable') return gone;
      // What is on its way already cannot be canceled, and is told as it is.
      return told(await one(takenRef), operation);
    },
    async *listSince(since) {
      const listed = await all();
      if (listed.kind !== 'ok') throw new Error(`BTCPay does not list its payouts: ${listed.kind}`);
      for (const payout of listed.value) {
        if (madeAt(payout) < since) continue;
        // What was made there and not approved moved nothing.
        if (attemptOf(payout) === null && !('payoutAmount' in payout && payout.payoutAmount)) continue;
        yield snapshotOf(payout, null, { livemode, advice: null });
      }
    },
    leftovers: {
      async list() {
        const listed = await call<Payout[]>('GET', '/payouts');
        if (listed.kind !== 'ok') return listed;
        return ok(
          listed.value.flatMap((payout): Leftover[] => {
            const attemptId = attemptOf(payout);
            return payout.state === 'AwaitingApproval' && attemptId !== null
              ? [{ takenRef: payout.id, attemptId }]
              : [];
          }),
        );
      },
      drop: (takenRef) => call('DELETE', `/payouts/${encodeURIComponent(takenRef)}`),
    },
    verifyWebhook(raw, headers) {
      const webhookSecrets = account.payouts?.webhookSecrets ?? [];
      const delivery = readDelivery({ webhookSecrets, storeId: account.storeId }, raw, headers);
      if (delivery.kind === 'rejected') return delivery;
      const { eventId, type, event } = delivery;
      const takenRefs = typeof event.payoutId === 'string' ? [event.payoutId] : [];
      return { kind: 'hint', eventId, type, attemptIds: [], takenRefs, accountRef: null };
    },
  };
}

const CANCEL_FIRST =
  'BTCPay Server has another payment than was asked for, or a word for it that we do not know. Cancel it there first (Payouts), before it is sent; then two operators say here what became of it.';

type Ask = <T>(method: string, path: string) => Promise<Outcome<T>>;

/** What operators have to do for a payout that does not go on. The words stay the same while it is the same. */
async function adviceOf(call: Ask, payout: Payout, nowMs: number): Promise<string | null> {
  const ageMs = nowMs - madeAt(payout).getTime();
  if (payout.state === 'InProgress' && ageMs >= UNCONFIRMED_MS) {
    return 'Its transaction is on the network and not in a block for hours. Raise its fee in the wallet of BTCPay Server (“Bump fee”); do not pay it again.';
  }
  if (payout.state !== 'AwaitingPayment' || ageMs < UNPAID_MS) return null;
  const wallet = await call<{ readonly confirmedBalance?: string }>(
    'GET',
    `/payment-methods/${METHOD_ID}/wallet`,
  );
  const needed = satoshi(payout.originalAmount) ?? 0n;
  const has = wallet.kind === 'ok' ? satoshi(wallet.value.confirmedBalance ?? '') : null;
  if (has !== null && has < needed) {
    return `The wallet of BTCPay Server holds less than the ${coins(needed)} BTC that this payment needs. Send coins to it; the payment then leaves by itself or by hand there.`;
  }
  return 'It is approved and nobody pays it. Turn on the automated payout sender of the store in BTCPay Server, or send it there by hand (Payouts, Awaiting payment).';
}

/** BTCPay's words as codes of ours. */
function codeOf(code: string): string {
  return code === 'http_422' ? 'destination_refused' : code.replaceAll('-', '_');
}

function isNowhere(found: Outcome<unknown>): boolean {
  return found.kind === 'declined' && /^(http_404|(payout-)?not-found)$/.test(found.code);
}

function ok<T>(value: T): Outcome<T> & { readonly kind: 'ok' } {
  return { kind: 'ok', value };
}
