import type { OrderBody } from './wallet-api.ts';

/** Where the key of an order that is not settled yet is kept: `sessionStorage`, or a stand-in. */
export type KeyStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

interface PendingOrder {
  readonly key: string;
  /** The body that the key stands for. */
  readonly body: string;
  readonly orderId: string | null;
}

const NAME = 'carat.order';

/**
 * The key for ordering this. While an order for the same thing is not settled its key is used again, so that
 * a lost answer, a reload or a second press never makes a second order.
 */
export function orderKey(store: KeyStore, body: OrderBody, fresh: () => string): string {
  const pending = read(store);
  const text = JSON.stringify(body);
  if (pending?.body === text) return pending.key;
  const key = fresh();
  store.setItem(NAME, JSON.stringify({ key, body: text, orderId: null } satisfies PendingOrder));
  return key;
}

/** Writes down which order the key made. */
export function keepOrderId(store: KeyStore, orderId: string): void {
  const pending = read(store);
  if (pending !== null) store.setItem(NAME, JSON.stringify({ ...pending, orderId }));
}

/** Forgets the key once its order is over. Another order's end does not touch it. */
export function settleOrder(store: KeyStore, orderId: string): void {
  if (read(store)?.orderId === orderId) store.removeItem(NAME);
}

/** Forgets the key of a request that was refused: nothing was made with it. */
export function dropOrderKey(store: KeyStore): void {
  store.removeItem(NAME);
}

function read(store: KeyStore): PendingOrder | null {
  try {
    const text = store.getItem(NAME);
    return text === null ? null : (JSON.parse(text) as PendingOrder);
  } catch {
    return null;
  }
}
