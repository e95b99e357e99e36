import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Amount } from '../ui/amounts.ts';
import { api } from './client.ts';
import { PERSON_CHANGED, useMe } from './session.ts';

export interface Wallet {
  readonly coins: Amount;
  readonly coinsMoney: Amount;
  readonly diamonds: {
    readonly purchased: Amount;
    readonly purchasedMoney: Amount;
    readonly pending: Amount;
    readonly pendingMoney: Amount;
    readonly available: Amount;
    readonly availableMoney: Amount;
  };
  readonly asOf: string;
}

export const walletQuery = queryOptions({
  queryKey: ['wallet'],
  queryFn: ({ signal }) => api.get<Wallet>('/me/wallet', { signal }),
});

/**
 * The Coins a person sees: what the server last said, less what is on its way.
 * A balance heard while a gift is in flight waits for that gift's own answer (at most a second),
 * so that one gift is never taken off twice on the screen.
 */
class CoinBalance {
  #confirmed: bigint | null = null;
  #inFlight = 0n;
  #heard: bigint | null = null;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  /** What the server last confirmed; `null` until it has said anything. */
  confirmed = (): bigint | null => this.#confirmed;

  /** What to show; `null` until it is known. */
  displayed = (): bigint | null => (this.#confirmed === null ? null : this.#confirmed - this.#inFlight);

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A balance from the server that does not answer one of our gifts. */
  heard(units: bigint): void {
    if (this.#inFlight === 0n) {
      this.#set(units, 0n);
      return;
    }
    this.#heard = units;
    this.#waiting ??= setTimeout(() => this.#takeHeard(), 1000);
  }

  /** The balance that came with a gift's answer, and what is still on its way after it. */
  answered(units: bigint | null, inFlight: bigint): void {
    // The answer came later on the same ordered socket, so it is at least as new as what was heard.
    if (units !== null) this.#heard = null;
    this.#set(units ?? this.#confirmed, inFlight);
    if (inFlight === 0n) this.#takeHeard();
  }

  forget(): void {
    this.#set(null, 0n);
  }

  #takeHeard(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    const units = this.#heard;
    this.#heard = null;
    if (units !== null) this.#set(units, this.#inFlight);
  }

  #set(confirmed: bigint | null, inFlight: bigint): void {
    if (confirmed === this.#confirmed && inFlight === this.#inFlight) return;
    this.#confirmed = confirmed;
    this.#inFlight = inFlight;
    for (const listener of this.#listeners) listener();
  }
}

export const coinBalance = new CoinBalance();
window.addEventListener(PERSON_CHANGED, () => coinBalance.forget());

/** The Coins to show in the shell and the tray, in Coins; `null` until known or when nobody is signed in. */
export function useCoins(): bigint | null {
  const me = useMe();
  const wallet = useQuery({ ...walletQuery, enabled: me !== null && me !== undefined });
  const units = wallet.data?.coins.units;
  const at = wallet.dataUpdatedAt;
  useEffect(() => {
    if (units !== undefined && at > 0) coinBalance.heard(BigInt(units));
  }, [units, at]);
  return useSyncExternalStore(coinBalance.subscribe, coinBalance.displayed);
}
