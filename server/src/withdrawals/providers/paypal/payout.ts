import { isUuid } from '../../../core/ids.ts';
import { currencyOf, decimalText, minorOf } from '../../currencies.ts';
import type { PayoutOperation, PayoutSnapshot, PayoutStatus } from '../provider.ts';

/**
 * A batch as PayPal tells it; the fields that are read. Written after
 * https://developer.paypal.com/api/payments.payouts-batch/v1/definitions/payout_batch
 */
export interface Batch {
  readonly batch_header: {
    readonly payout_batch_id: string;
    readonly batch_status: string;
    readonly time_created?: string;
    readonly sender_batch_header?: { readonly sender_batch_id?: string };
  };
  /** Not there while the batch is being taken. */
  readonly items?: readonly Item[];
}

interface Item {
  readonly payout_item_id: string;
  readonly transaction_status?: string;
  readonly payout_item: {
    readonly amount: { readonly currency: string; readonly value: string };
    readonly receiver: string;
    readonly sender_item_id?: string;
  };
  readonly errors?: { readonly name?: string };
}

/**
 * One batch with one item. The batch has the attempt's id: PayPal pays for one id once within thirty days, and answers the
 * same again with a link to the first (https://developer.paypal.com/api/payments.payouts-batch/v1/payouts-post).
 */
export function payoutRequest(operation: PayoutOperation) {
  const { attemptId, reference, destination, minor, currency } = operation;
  return {
    sender_batch_header: {
      sender_batch_id: attemptId,
      email_subject: `Your payout ${reference}`,
    },
    items: [
      {
        recipient_type: 'EMAIL',
        receiver: destination,
        amount: { currency, value: amountText(minor, currency) },
        note: reference,
        sender_item_id: reference,
        recipient_wallet: 'PAYPAL',
      },
    ],
  };
}

/** What became of an item (https://developer.paypal.com/payouts/use-payouts/track-payout-item-status). */
const ITEMS: ReadonlyMap<string, PayoutStatus> = new Map([
  ['SUCCESS', 'paid'],
  ['PENDING', 'on_its_way'],
  // Whoever it is for has to accept it.
  ['UNCLAIMED', 'on_its_way'],
  // Two pages of theirs spell it differently.
  ['ONHOLD', 'on_its_way'],
  ['ON_HOLD', 'on_its_way'],
  ['RETURNED', 'back'],
  ['FAILED', 'back'],
  ['DENIED', 'back'],
] as const);

/** What became of a batch whose item says nothing yet. */
const BATCHES: ReadonlyMap<string, PayoutStatus> = new Map([
  ['PENDING', 'on_its_way'],
  ['PROCESSING', 'on_its_way'],
  ['DENIED', 'back'],
  ['CANCELED', 'back'],
] as const);

/** Reasons about the receiver for which the creator reads words of their own. */
const RECEIVERS = new Set([
  'RECEIVER_ACCOUNT_INVALID',
  'RECEIVER_ACCOUNT_LOCKED',
  'RECEIVER_COUNTRY_NOT_ALLOWED',
  'RECEIVER_UNCONFIRMED',
  'RECEIVING_LIMIT_EXCEEDED',
]);

/** Reasons of an item that are the house's: what it says of a batch that was not taken. */
const SENDERS = /^(SENDER|SPENDING|USER)_|^INSUFFICIENT_FUNDS$/;

const HELD =
  'PayPal holds it back to look at it. Open PayPal’s activity, find the payment by its reference and answer what PayPal asks; do not pay it again.';
/**
 * Words that do not say how much of the money came back, so that nobody gives the Diamonds back by themselves: what was blocked
 * may go on, a receiver may send back a part, and of what is reversed PayPal’s pages say nothing but the word. Operators read what to do.
 */
const FOR_PEOPLE: ReadonlyMap<string, string> = new Map([
  [
    'BLOCKED',
    'PayPal blocked it and does not say whether the money came back. Find it in PayPal’s activity by its reference: if all of the money is back, it did not arrive; if it was let go on, it arrives by itself.',
  ],
  [
    'REVERSED',
    'PayPal took it back from whoever had it, and does not say how much of it the house has again. Find it in PayPal’s activity by its reference: if all of it came back, it did not arrive; if a part did, ask PayPal where the rest is, and say how much came back.',
  ],
  [
    'REFUNDED',
    'The receiver sent money back, and PayPal does not say how much. Find it in PayPal’s activity by its reference: if all of it came back, it did not arrive; if only a part did, it arrived, and you say how much is back.',
  ],
]);

/** @param operation what it was asked to be */
export function snapshotOf(batch: Batch, operation: PayoutOperation, livemode: boolean): PayoutSnapshot {
  const { batch_header: header, items = [] } = batch;
  const [item] = items;
  const word = item?.transaction_status;
  // What was denied as a whole, no item of it goes on, and the item says why; where one still seems to, people look.
  const isDenied = header.batch_status === 'DENIED' || header.batch_status === 'CANCELED';
  const isOver = word !== undefined && (ITEMS.get(word) === 'back' || FOR_PEOPLE.has(word));
  const said = word === undefined || (isDenied && !isOver) ? header.batch_status : word;
  const known = said === word ? ITEMS.get(said) : BATCHES.get(said);
  const wrong =
    differenceOf(batch, operation) ??
    (isDenied && !isOver && word !== undefined ? `and its item ${word}` : null);
  const status = wrong === null ? (known ?? 'other') : 'other';
  const advice = said === 'ONHOLD' || said === 'ON_HOLD' ? HELD : (FOR_PEOPLE.get(said) ?? null);
  return {
    attemptId: attemptOf(batch),
    reference: item?.payout_item.sender_item_id ?? operation.reference,
    takenRef: header.payout_batch_id,
    payoutRef: item?.payout_item_id ?? null,
    status,
    rawStatus: wrong === null ? said : `${said}, ${wrong}`,
    destination: item?.payout_item.receiver ?? operation.destination,
    minor:
      item === undefined
        ? operation.minor
        : (minorOf(item.payout_item.amount.value, operation.currency) ?? operation.minor),
    // People see how much of it came back; all of it unless they say otherwise.
    ...(wrong === null && FOR_PEOPLE.has(said) ? { backMinor: operation.minor, backIsUntold: true } : {}),
    currency: item?.payout_item.amount.currency ?? operation.currency,
    livemode,
    failureCode: status === 'back' ? codeOf(said, item?.errors?.name) : null,
    advice,
    isMoving: status === 'on_its_way',
    takenAt: new Date(header.time_created ?? 0),
  };
}

/** What of a batch is not as it was asked for, in a few words; `null` where all of it is. */
function differenceOf(batch: Batch, operation: PayoutOperation): string | null {
  if (attemptOf(batch) !== operation.attemptId) return 'of another attempt';
  const items = batch.items ?? [];
  if (items.length > 1) return `${items.length} items`;
  const [item] = items;
  if (item === undefined) return null;
  const { amount, receiver } = item.payout_item;
  if (amount.currency === operation.currency && minorOf(amount.value, amount.currency) === operation.minor) {
    return receiver.toLowerCase() === operation.destination.toLowerCase() ? null : `to ${receiver}`;
  }
  return `${amount.value} ${amount.currency} to ${receiver}`;
}

function attemptOf({ batch_header: { sender_batch_header } }: Batch): string | null {
  const id = sender_batch_header?.sender_batch_id;
  return id !== undefined && isUuid(id) ? id : null;
}

function codeOf(said: string, error: string | undefined): string {
  if (error !== undefined && RECEIVERS.has(error)) return error;
  return error !== undefined && SENDERS.test(error) ? 'PAYPAL_DENIED' : `PAYPAL_${said}`;
}

/** `2650n` USD → `26.50`; without a fraction where PayPal takes none: JPY, HUF, TWD. */
export function amountText(minor: bigint, code: string): string {
  const currency = currencyOf(code);
  if (currency.step === 1n) return decimalText(minor, currency);
  if (minor % currency.step !== 0n) throw new RangeError(`${minor} is no whole ${code}`);
  return (minor / currency.step).toString();
}
