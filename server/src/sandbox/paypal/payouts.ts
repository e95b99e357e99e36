import { DAY_MS } from '../../core/clock.ts';
import type { Queryable } from '../../db/database.ts';
import { type Body, type Kept, keep, list, lock, planLater, rewrite } from '../books.ts';
import { announce, type Desk, randomId } from '../desk.ts';
import { type BatchRequest, type ItemRequest, WHOLE_CURRENCIES } from './params.ts';

/** What PayPal does with payouts: a batch is taken, then its item is worked on, and may wait for whoever it is for. */

const WORK_MS = 2_000;
const UNCLAIMED_MS = 30 * DAY_MS;
/** PayPal keeps the sender's id of a batch so long. */
const REMEMBERED_MS = 30 * DAY_MS;

export type ItemStatus =
  | 'PENDING'
  | 'SUCCESS'
  | 'UNCLAIMED'
  | 'RETURNED'
  | 'ONHOLD'
  | 'BLOCKED'
  | 'REFUNDED'
  | 'REVERSED'
  | 'FAILED';

interface BatchBody extends Body {
  status: 'PENDING' | 'SUCCESS' | 'DENIED';
  sender: string;
  created: string;
}
interface ItemBody extends Body {
  status: ItemStatus;
  payout_item: ItemRequest;
  processed: string;
}

type BatchRow = Kept<BatchBody>;
export type ItemRow = Kept<ItemBody>;

/** A refusal as PayPal words it. */
export class PaypalProblem extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, name: string, message: string, details: readonly object[] = []) {
    super(message);
    this.status = status;
    this.body = { name, message, debug_id: randomId('', 13).toLowerCase(), details, links: [] };
  }
}

/** What becomes of a payment by itself, by a word in the name before the @: for whoever wants to see it. */
const BY_NAME: readonly (readonly [RegExp, ItemStatus])[] = [
  [/unclaimed/i, 'UNCLAIMED'],
  [/blocked/i, 'BLOCKED'],
  [/onhold/i, 'ONHOLD'],
  [/failed/i, 'FAILED'],
];

export async function createBatch(
  tx: Queryable,
  request: BatchRequest,
  about: { readonly nowMs: number; readonly url: string },
): Promise<Body> {
  const { sender_batch_id: sender } = request.sender_batch_header;
  const [item] = request.items;
  if (item === undefined) throw new Error('a batch without an item passed its schema');
  // Of two at once one waits for the other, and finds it.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`paypal ${sender}`]);
  const [first] = await list<BatchRow>(tx, {
    kind: 'paypal_batch',
    since: new Date(about.nowMs - REMEMBERED_MS),
    having: { sender },
    limit: 1,
  });
  if (first !== undefined) throw duplicate(first, about.url);
  requireReceivable(item);
  const at = new Date(about.nowMs);
  const created = at.toISOString();
  const batch: BatchBody = { id: paypalId(13), status: 'PENDING', sender, created };
  await keep(tx, { kind: 'paypal_batch', body: batch, at });
  const body: ItemBody = { id: paypalId(13), status: 'PENDING', payout_item: item, processed: created };
  await keep(tx, { kind: 'paypal_item', body, at, parent: batch.id });
  await planLater(tx, { what: 'paypal_item', about: body.id }, new Date(about.nowMs + WORK_MS));
  return { id: batch.id, batch_header: headerOf(batch) };
}

function requireReceivable({ receiver, amount }: ItemRequest): void {
  // An address with the word `invalid` is refused, for whoever wants to see it.
  const issue =
    !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(receiver) || /invalid/i.test(receiver)
      ? { field: 'items[0].receiver', issue: 'Receiver is invalid or does not match with type' }
      : WHOLE_CURRENCIES.has(amount.currency) === amount.value.includes('.')
        ? { field: 'items[0].amount.value', issue: 'The value has a wrong number of decimals' }
        : null;
  if (issue === null) return;
  throw new PaypalProblem(400, 'VALIDATION_ERROR', 'Invalid request - see details', [
    { ...issue, location: 'body' },
  ]);
}

function duplicate({ id }: BatchRow, url: string): PaypalProblem {
  return new PaypalProblem(400, 'USER_BUSINESS_ERROR', 'User business error.', [
    {
      field: 'SENDER_BATCH_ID',
      location: 'body',
      issue: 'Batch with given sender_batch_id already exists',
      link: [{ href: `${url}/v1/payments/payouts/${id}`, rel: 'self', method: 'GET' }],
    },
  ]);
}

/** A batch with its item as it is now; `null` = there is none. */
export async function batchJson(tx: Queryable, id: string): Promise<object | null> {
  const batch = await lock<BatchRow>(tx, 'paypal_batch', id);
  if (batch === null) return null;
  const [item] = await list<ItemRow>(tx, { kind: 'paypal_item', parent: id, limit: 1 });
  return {
    total_items: 1,
    total_pages: 1,
    batch_header: headerOf(batch.body),
    // While a batch is being taken, its items are not shown.
    ...(item === undefined || batch.body.status === 'PENDING' ? {} : { items: [itemBody(item, batch.body)] }),
    links: [],
  };
}

export async function itemJson(tx: Queryable, id: string): Promise<object | null> {
  const item = await lock<ItemRow>(tx, 'paypal_item', id);
  const batch = item === null ? null : await lock<BatchRow>(tx, 'paypal_batch', item.parent ?? '');
  return item === null || batch === null ? null : itemBody(item, batch.body);
}

/** Only what nobody has accepted can be called back. */
export async function cancelItem(tx: Queryable, id: string, nowMs: number): Promise<object | null> {
  const item = await lock<ItemRow>(tx, 'paypal_item', id);
  if (item === null) return null;
  if (item.body.status !== 'UNCLAIMED') {
    throw new PaypalProblem(422, 'ITEM_ALREADY_COMPLETED', 'The item is not unclaimed.');
  }
  await become(tx, item, 'RETURNED', nowMs);
  return itemJson(tx, id);
}

/** What happens to an item by itself: it is worked on, and what nobody accepted goes back after thirty days. */
export async function doItemLater(tx: Queryable, id: string, nowMs: number): Promise<void> {
  const item = await lock<ItemRow>(tx, 'paypal_item', id);
  if (item === null) return;
  if (item.body.status === 'UNCLAIMED') return become(tx, item, 'RETURNED', nowMs);
  if (item.body.status !== 'PENDING') return;
  const name = item.body.payout_item.receiver.split('@')[0] ?? '';
  const next = BY_NAME.find(([word]) => word.test(name))?.[1] ?? 'SUCCESS';
  await become(tx, item, next, nowMs);
  if (next === 'UNCLAIMED') {
    await planLater(tx, { what: 'paypal_item', about: id }, new Date(nowMs + UNCLAIMED_MS));
  }
}

/** What somebody can do to a payment at the desk, and what it is then. */
const ENDS = {
  accept: { from: ['UNCLAIMED', 'ONHOLD'], to: 'SUCCESS' },
  return: { from: ['UNCLAIMED'], to: 'RETURNED' },
  hold: { from: ['PENDING', 'UNCLAIMED'], to: 'ONHOLD' },
  block: { from: ['PENDING', 'ONHOLD', 'UNCLAIMED'], to: 'BLOCKED' },
  unblock: { from: ['BLOCKED'], to: 'SUCCESS' },
  refund: { from: ['SUCCESS'], to: 'REFUNDED' },
  reverse: { from: ['SUCCESS'], to: 'REVERSED' },
} as const;
export type Deed = keyof typeof ENDS;
export const DEEDS = Object.keys(ENDS) as Deed[];

export function deedsFor(status: ItemStatus): Deed[] {
  return DEEDS.filter((deed) => (ENDS[deed].from as readonly ItemStatus[]).includes(status));
}

export async function playItem(desk: Desk, id: string, deed: Deed): Promise<void> {
  await desk.db.transaction(async (tx) => {
    const item = await lock<ItemRow>(tx, 'paypal_item', id);
    if (item === null || !deedsFor(item.body.status).includes(deed)) return;
    await become(tx, item, ENDS[deed].to, desk.clock.now());
  });
  desk.wake();
}

const SHOWN = 20;

export function newestItems(db: Queryable): Promise<ItemRow[]> {
  return list<ItemRow>(db, { kind: 'paypal_item', limit: SHOWN });
}

async function become(tx: Queryable, item: ItemRow, status: ItemStatus, nowMs: number): Promise<void> {
  item.body.status = status;
  item.body.processed = new Date(nowMs).toISOString();
  await rewrite(tx, item);
  const batch = await lock<BatchRow>(tx, 'paypal_batch', item.parent ?? '');
  if (batch === null) return;
  // A batch none of whose items is paid says so as a whole.
  batch.body.status = status === 'FAILED' ? 'DENIED' : 'SUCCESS';
  await rewrite(tx, batch);
  const type = `PAYMENT.PAYOUTS-ITEM.${EVENTS[status] ?? status}`;
  const id = `WH-${paypalId(17)}-${paypalId(17)}`;
  const body = JSON.stringify({
    id,
    event_version: '1.0',
    create_time: item.body.processed,
    resource_type: 'payouts_item',
    event_type: type,
    summary: `A payout item is ${status.toLowerCase()}`,
    resource: itemBody(item, batch.body),
    links: [],
  });
  await announce(tx, { id, company: 'paypal', about: item.id, type, body }, nowMs);
}

const EVENTS: Partial<Record<ItemStatus, string>> = { SUCCESS: 'SUCCEEDED', ONHOLD: 'HELD' };

function headerOf({ id, status, sender, created }: BatchBody) {
  return {
    payout_batch_id: id,
    batch_status: status,
    time_created: created,
    sender_batch_header: { sender_batch_id: sender },
  };
}

function itemBody({ id, body }: ItemRow, batch: BatchBody) {
  const { status, payout_item, processed } = body;
  return {
    payout_item_id: id,
    transaction_status: status,
    payout_item_fee: { currency: payout_item.amount.currency, value: '0.25' },
    payout_batch_id: batch.id,
    sender_batch_id: batch.sender,
    payout_item,
    time_processed: processed,
    ...errorsOf(status),
    links: [],
  };
}

function errorsOf(status: ItemStatus): object {
  const why = REASONS[status];
  if (why === undefined) return {};
  const [name, message] = why;
  const link = 'https://developer.paypal.com/docs/api/payments.payouts-batch/#errors';
  return { errors: { name, message, information_link: link, details: [] } };
}

const UNREGISTERED = ['RECEIVER_UNREGISTERED', 'Receiver is unregistered'] as const;
const REASONS: Partial<Record<ItemStatus, readonly [name: string, message: string]>> = {
  UNCLAIMED: UNREGISTERED,
  RETURNED: UNREGISTERED,
  FAILED: ['RECEIVER_ACCOUNT_INVALID', 'Receiver account is invalid'],
};

/** Letters and digits as PayPal's ids have them. */
function paypalId(length: number): string {
  return randomId('', length).toUpperCase();
}
