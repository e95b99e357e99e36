import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../db/database.ts';
import { type Body, type Kept, keep, list, lock, planLater, rewrite } from '../books.ts';
import { announce, randomId } from '../desk.ts';
import { METHOD_ID, STORE_ID } from './invoices.ts';
import type { PayoutRequest } from './params.ts';

/** What BTCPay Server does with payouts: they wait for approval, then its sender pays them from the store's wallet. */

/** The automated sender looks so often, and the test chain finds a block so often. */
const SENDER_MS = 1_000;
const BLOCK_MS = 3_000;
/** What the wallet of the sandbox holds as long as nobody changes it, in satoshi: ten test bitcoins. */
const WALLET_SATOSHI = 1_000_000_000n;
const WALLET_ID = 'SandboxWallet';
/** Less than this the network does not carry. */
const DUST_SATOSHI = 546n;
/** Its transactions are never found in a block: for whoever wants to see what happens then. */
export const STUCK_ADDRESS = 'tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy';

interface PayoutBody extends Body {
  revision: number;
  date: number;
  destination: string;
  originalCurrency: string;
  originalAmount: string;
  payoutCurrency: string;
  payoutAmount: string | null;
  payoutMethodId: string;
  state: 'AwaitingApproval' | 'AwaitingPayment' | 'InProgress' | 'Completed' | 'Cancelled';
  paymentProof: Record<string, unknown> | null;
  metadata: Record<string, unknown>;
}

export type PayoutRow = Kept<PayoutBody>;

/** A refusal as Greenfield words it. */
export class GreenfieldProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function createPayout(tx: Queryable, request: PayoutRequest, nowMs: number): Promise<Body> {
  if (!/^(tb1|bcrt1)[02-9ac-hj-np-z]{11,71}$|^[mn2][1-9A-HJ-NP-Za-km-z]{25,34}$/.test(request.destination)) {
    throw new GreenfieldProblem(422, 'destination', 'The destination is invalid for the payment specified');
  }
  // One at a time, as the server's own queue takes them.
  await walletBalance(tx, nowMs, true);
  const same = await list<PayoutRow>(tx, {
    kind: 'btcpay_payout',
    having: { destination: request.destination },
    limit: 1_000,
  });
  if (same.some(({ body }) => body.state !== 'Completed' && body.state !== 'Cancelled')) {
    throw new GreenfieldProblem(
      400,
      'duplicate-destination',
      'This address is already used for another payout',
    );
  }
  if (satoshiOf(request.amount) < DUST_SATOSHI) throw tooLow();
  const body: PayoutBody = {
    id: randomId('', 27),
    revision: 0,
    pullPaymentId: null,
    date: Math.floor(nowMs / 1_000),
    destination: request.destination,
    originalCurrency: 'BTC',
    originalAmount: request.amount,
    payoutCurrency: 'BTC',
    payoutAmount: null,
    payoutMethodId: METHOD_ID,
    state: 'AwaitingApproval',
    paymentProof: null,
    metadata: { ...request.metadata },
  };
  await keep(tx, { kind: 'btcpay_payout', body, at: new Date(nowMs) });
  await tell(tx, 'PayoutCreated', body, nowMs);
  if (request.approved === true) return approvePayout(tx, body.id, body.revision, nowMs);
  return body;
}

export async function listPayouts(tx: Queryable, includeCancelled: boolean): Promise<Body[]> {
  const rows = await list<PayoutRow>(tx, { kind: 'btcpay_payout', limit: 100_000 });
  return rows.map(({ body }) => body).filter(({ state }) => includeCancelled || state !== 'Cancelled');
}

export async function payoutNow(tx: Queryable, id: string): Promise<PayoutRow> {
  const payout = await lock<PayoutRow>(tx, 'btcpay_payout', id);
  if (payout === null) throw new GreenfieldProblem(404, 'payout-not-found', 'The payout was not found');
  return payout;
}

export async function approvePayout(
  tx: Queryable,
  id: string,
  revision: number,
  nowMs: number,
): Promise<Body> {
  const payout = await payoutNow(tx, id);
  const { body } = payout;
  if (body.state !== 'AwaitingApproval') {
    throw new GreenfieldProblem(400, 'invalid-state', 'The payout is not in a state that can be approved');
  }
  if (body.revision !== revision) {
    throw new GreenfieldProblem(400, 'old-revision', 'The approval was for an old revision of the payout');
  }
  body.state = 'AwaitingPayment';
  body.payoutAmount = body.originalAmount;
  await rewrite(tx, payout);
  await tell(tx, 'PayoutApproved', body, nowMs);
  await planLater(tx, { what: 'btcpay_payout', about: id }, new Date(nowMs + SENDER_MS));
  return body;
}

export async function cancelPayout(tx: Queryable, id: string, nowMs: number): Promise<null> {
  const payout = await payoutNow(tx, id);
  const { body } = payout;
  if (body.state === 'InProgress' || body.state === 'Completed') {
    throw new GreenfieldProblem(400, 'invalid-state', 'The payout is not in a state that can be cancelled');
  }
  body.state = 'Cancelled';
  await rewrite(tx, payout);
  await tell(tx, 'PayoutUpdated', body, nowMs);
  return null;
}

/** What happens to an approved payout by itself: its transaction is sent when the wallet has enough, then found in a block. */
export async function doPayoutLater(tx: Queryable, id: string, nowMs: number): Promise<void> {
  const payout = await lock<PayoutRow>(tx, 'btcpay_payout', id);
  if (payout === null) return;
  const { body } = payout;
  const again = (afterMs: number) =>
    planLater(tx, { what: 'btcpay_payout', about: id }, new Date(nowMs + afterMs));
  if (body.state === 'AwaitingPayment') {
    const needed = satoshiOf(body.originalAmount);
    const has = await walletBalance(tx, nowMs, true);
    if (has < needed) return again(SENDER_MS);
    await setBalance(tx, has - needed);
    const hash = randomBytes(32).toString('hex');
    body.state = 'InProgress';
    body.paymentProof = {
      proofType: 'PayoutTransactionOnChainBlob',
      id: hash,
      link: `https://mempool.space/testnet4/tx/${hash}`,
    };
    await rewrite(tx, payout);
    await tell(tx, 'PayoutUpdated', body, nowMs);
    return again(BLOCK_MS);
  }
  if (body.state !== 'InProgress' || body.destination === STUCK_ADDRESS) return;
  body.state = 'Completed';
  await rewrite(tx, payout);
  await tell(tx, 'PayoutUpdated', body, nowMs);
}

/** What the wallet holds, in satoshi. */
export async function walletBalance(tx: Queryable, nowMs: number, isHeld = false): Promise<bigint> {
  const known = await tx.query<{ satoshi: string }>(
    `select body ->> 'satoshi' as satoshi from sandbox.objects where id = $1${isHeld ? ' for update' : ''}`,
    [WALLET_ID],
  );
  const [row] = known;
  if (row !== undefined) return BigInt(row.satoshi);
  await tx.query(
    `insert into sandbox.objects (id, kind, created_at, body, inner_state) values ($1, 'btcpay_wallet', $2, $3, '{}')
     on conflict (id) do nothing`,
    [WALLET_ID, new Date(nowMs), JSON.stringify({ id: WALLET_ID, satoshi: WALLET_SATOSHI.toString() })],
  );
  return walletBalance(tx, nowMs, isHeld);
}

/** Somebody sends coins to the wallet, or takes them out. */
export async function setBalance(tx: Queryable, satoshi: bigint): Promise<void> {
  await tx.query(
    `update sandbox.objects set body = body || jsonb_build_object('satoshi', $2::text) where id = $1`,
    [WALLET_ID, satoshi.toString()],
  );
}

function satoshiOf(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(`${whole}${fraction.padEnd(8, '0').slice(0, 8)}`);
}

function tooLow(): GreenfieldProblem {
  return new GreenfieldProblem(400, 'amount-too-low', 'The requested payout amount is too low');
}

async function tell(tx: Queryable, type: string, payout: PayoutBody, nowMs: number): Promise<void> {
  const deliveryId = randomId('', 22);
  const body = {
    deliveryId,
    webhookId: 'SandboxPayoutWebhook',
    originalDeliveryId: deliveryId,
    isRedelivery: false,
    type,
    timestamp: Math.floor(nowMs / 1_000),
    storeId: STORE_ID,
    payoutId: payout.id,
    pullPaymentId: null,
    payoutState: payout.state,
  };
  await announce(
    tx,
    { id: deliveryId, company: 'btcpay_payouts', about: payout.id, type, body: JSON.stringify(body) },
    nowMs,
  );
}
