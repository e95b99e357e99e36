import { expect, test } from 'vitest';
import { dropOrderKey, type KeyStore, keepOrderId, orderKey, settleOrder } from './pending-order.ts';
import type { OrderBody } from './wallet-api.ts';

function memory(): KeyStore {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

function counter(): () => string {
  let count = 0;
  return () => `key-${++count}`;
}

const exact = (coins: string): OrderBody => ({
  item: { kind: 'exact', coins },
  method: 'card',
  priceCents: '296',
  returnTo: '/wallet/orders',
});

test('the same order keeps its key until it is over', () => {
  const store = memory();
  const fresh = counter();
  expect(orderKey(store, exact('219'), fresh)).toBe('key-1');
  expect(orderKey(store, exact('219'), fresh)).toBe('key-1');
  keepOrderId(store, 'order_1');
  expect(orderKey(store, exact('219'), fresh)).toBe('key-1');
  settleOrder(store, 'order_1');
  expect(orderKey(store, exact('219'), fresh)).toBe('key-2');
});

test('another order has another key', () => {
  const store = memory();
  const fresh = counter();
  orderKey(store, exact('219'), fresh);
  expect(orderKey(store, exact('220'), fresh)).toBe('key-2');
});

test('the end of an older order leaves the newer key alone', () => {
  const store = memory();
  const fresh = counter();
  orderKey(store, exact('219'), fresh);
  keepOrderId(store, 'order_1');
  orderKey(store, exact('220'), fresh);
  settleOrder(store, 'order_1');
  expect(orderKey(store, exact('220'), fresh)).toBe('key-2');
});

test('a refused request frees its key', () => {
  const store = memory();
  const fresh = counter();
  orderKey(store, exact('219'), fresh);
  dropOrderKey(store);
  expect(orderKey(store, exact('219'), fresh)).toBe('key-2');
});
