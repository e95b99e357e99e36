import type { Static } from 'typebox';
import { oncePer } from '../core/once-per.ts';
import type { CryptoQuote } from './provider.ts';
import type { orderSchema } from './schema.ts';
import { providerOf, type Shop } from './shop.ts';
import type { OrderRow } from './store.ts';

/** An open page asks every second; the provider is asked for it once in so long. */
const KEPT_MS = 1_000;
const KEPT_MAX = 2_000;

interface KeptQuote {
  readonly askedMs: number;
  readonly quote: Promise<CryptoQuote | null>;
}

const keptIn = oncePer((_shop: Shop) => new Map<string, KeptQuote>());

/** Where to send crypto for an order, and what has come; `null` when it is not paid that way or nobody knows now. */
export async function quoteOf(shop: Shop, order: OrderRow): Promise<Static<typeof orderSchema>['crypto']> {
  const open = order.paidAt === null && order.ending === null && order.problem === null;
  if (order.method !== 'crypto' || order.providerRef === null || !open) return null;
  const quote = await ask(shop, order, order.providerRef);
  if (quote === null) return null;
  const { currency, address, link, amount, paid, due, until, confirmations, confirmationsNeeded } = quote;
  // Negative when too much came.
  const seen = Number(due) <= 0;
  return {
    currency,
    address,
    link,
    amount,
    paid,
    due,
    until: until.toISOString(),
    seen,
    confirmations: seen ? confirmations : null,
    confirmationsNeeded,
  };
}

function ask(shop: Shop, order: OrderRow, providerRef: string): Promise<CryptoQuote | null> {
  const kept = keptIn(shop);
  const known = kept.get(order.id);
  const nowMs = performance.now();
  if (known !== undefined && nowMs - known.askedMs < KEPT_MS) return known.quote;
  const asked = providerOf(shop, order)?.fetch(providerRef);
  const quote =
    asked === undefined
      ? Promise.resolve(null)
      : asked.then((outcome) => (outcome.kind === 'ok' ? outcome.value.crypto : null));
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(order.id, { askedMs: nowMs, quote });
  return quote;
}
