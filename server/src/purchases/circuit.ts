import type { Outcome, PayInProvider } from './provider.ts';

/** So many calls in a row without an answer, and the provider counts as away. */
const MISSES = 3;
/** How long it is then left alone, in time of `now`; after that one call tries. */
const REST_MS = 30_000;
const RETRY_AFTER_MS = 5_000;

/**
 * A provider that is not asked while it does not answer, so that buyers are told at once instead of waiting. What
 * one process believes decides nothing about a payment: an order that is under way is only asked about later.
 * @param now milliseconds that go by. The house's clock and real time together, since a clock that a test or the town's
 *   story holds must not make a rest endless: in a running house a rest is half as long.
 */
export function withCircuit(
  provider: PayInProvider,
  now: () => number = () => performance.now(),
): PayInProvider {
  let misses = 0;
  let restsUntil = 0;
  const closed = () => misses < MISSES || now() >= restsUntil;
  const watched = async <T>(call: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    if (!closed()) return { kind: 'retryable', afterMs: RETRY_AFTER_MS };
    // Of many that wait for the rest to be over, one tries.
    if (misses >= MISSES) restsUntil = now() + REST_MS;
    const outcome = await call();
    if (outcome.kind === 'ok' || outcome.kind === 'declined') misses = 0;
    else {
      misses += 1;
      if (misses >= MISSES) restsUntil = now() + REST_MS;
    }
    return outcome;
  };
  return {
    ...provider,
    available: closed,
    createCheckout: (operation) => watched(() => provider.createCheckout(operation)),
    fetch: (ref) => watched(() => provider.fetch(ref)),
    cancel: (ref) => watched(() => provider.cancel(ref)),
    refund: (operation) => watched(() => provider.refund(operation)),
    fetchRefund: (ref) => watched(() => provider.fetchRefund(ref)),
  };
}
