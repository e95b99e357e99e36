import { useSyncExternalStore } from 'react';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { PERSON_CHANGED } from '../api/session.ts';
import { coinBalance, type Wallet, walletQuery } from '../api/wallet.ts';
import type { ServerFrame } from '../realtime/frames.ts';
import { line } from '../realtime/socket.ts';
import {
  type GiftChoice,
  inFlightCoins,
  NOTHING_SENT,
  nextTickAt,
  type PendingGift,
  pendingOf,
  type SendEffect,
  type SendEvent,
  type SendState,
  step,
} from './send-machine.ts';

const WRITTEN = 'carat.pending-gifts';

type EffectListener = (effect: SendEffect) => void;

export interface Press {
  readonly stageId: string;
  readonly to?: string | undefined;
  readonly gift: GiftChoice;
  readonly quantity: number;
  readonly dearFrom: number;
  readonly agreed?: boolean;
}

/** Drives the send machine with the socket, the clock and the API, and tells the screen what happened. */
class SendStore {
  #state: SendState = NOTHING_SENT;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #streakMs = 3_000;
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<EffectListener>();

  constructor() {
    line.listen((frame) => {
      const at = Date.now();
      if (frame.t === 'gift.ok') {
        const units = BigInt(frame.coins.units);
        this.#do({ type: 'ok', at, key: frame.key, ...countOf(frame.count) }, units);
      } else if (frame.t === 'wallet') {
        if (frame.coins !== undefined) coinBalance.heard(BigInt(frame.coins.units));
        keepWallet(frame);
      } else if (frame.t === 'refused' && frame.key !== null) {
        const units = frame.coins === undefined ? null : BigInt(frame.coins.units);
        this.#do(
          { type: 'refused', at, key: frame.key, problem: frame.problem, ...countOf(frame.count) },
          units,
        );
      }
    });
    line.subscribe(() => this.#lineChanged());
    this.#lineChanged();
    window.addEventListener(PERSON_CHANGED, () => this.#forget());
    const written = readWritten();
    if (written.length > 0) this.#do({ type: 'restore', at: Date.now(), pending: written });
  }

  state = (): SendState => this.#state;

  subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Hears what the screen must say or show. */
  listen(listener: EffectListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setStreakMs(streakMs: number): void {
    this.#streakMs = streakMs;
  }

  press({ stageId, to, gift, quantity, dearFrom, agreed }: Press): void {
    this.#do({
      type: 'press',
      at: Date.now(),
      stageId,
      to,
      gift,
      quantity,
      freshId: freshId(),
      balance: coinBalance.confirmed(),
      streakMs: this.#streakMs,
      dearFrom: BigInt(dearFrom),
      ...(agreed === undefined ? {} : { agreed }),
    });
  }

  #lineChanged(): void {
    const online = line.state().phase === 'open';
    if (online === this.#state.online) return;
    this.#do({ type: online ? 'online' : 'offline', at: Date.now() });
  }

  #do(event: SendEvent, coins: bigint | null = null): void {
    const before = this.#state;
    const { state, effects } = step(before, event);
    this.#state = state;
    coinBalance.answered(coins, inFlightCoins(state));
    write(pendingOf(state));
    for (const effect of effects) this.#carryOut(effect);
    this.#plan();
    if (state !== before) for (const watcher of [...this.#watchers]) watcher();
  }

  #carryOut(effect: SendEffect): void {
    // A frame that the socket does not take stays unanswered, and is asked about like any other.
    if (effect.do === 'send') line.send(effect.frame);
    if (effect.do === 'ask') void this.#ask(effect.key);
    if (effect.do === 'rolledBack' || effect.do === 'sentAfterAll') {
      void queryClient.invalidateQueries({ queryKey: walletQuery.queryKey });
    }
    for (const listener of [...this.#listeners]) listener(effect);
  }

  async #ask(key: string): Promise<void> {
    const answer = await api
      .get(`/gifts/by-key/${encodeURIComponent(key)}`)
      .then(() => 'found' as const)
      .catch((error: unknown) =>
        ApiProblem.of(error).status === 404 ? ('absent' as const) : ('unheard' as const),
      );
    this.#do({ type: 'answer', at: Date.now(), key, answer });
    if (answer === 'found') void queryClient.invalidateQueries({ queryKey: walletQuery.queryKey });
  }

  #plan(): void {
    clearTimeout(this.#timer);
    const next = nextTickAt(this.#state, this.#streakMs);
    if (next === null) return;
    this.#timer = setTimeout(
      () => this.#do({ type: 'tick', at: Date.now(), streakMs: this.#streakMs }),
      Math.max(8, next - Date.now()),
    );
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#state = { ...NOTHING_SENT, online: this.#state.online };
    write([]);
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** The page's one; begins with the first stage that is opened. */
export const sendStore = new SendStore();

export function useSendState(): SendState {
  return useSyncExternalStore(sendStore.subscribe, sendStore.state);
}

/** Writes what a wallet frame says into the wallet as it was last read. */
function keepWallet({ coins, diamonds }: Extract<ServerFrame, { t: 'wallet' }>): void {
  queryClient.setQueryData<Wallet>(walletQuery.queryKey, (wallet) =>
    wallet === undefined
      ? wallet
      : { ...wallet, coins: coins ?? wallet.coins, diamonds: { ...wallet.diamonds, ...diamonds } },
  );
  // Its worth in money was of the amount before: read again when the wallet is next opened.
  void queryClient.invalidateQueries({ queryKey: walletQuery.queryKey, refetchType: 'none' });
}

/** A time-ordered random id (UUID version 7), as the server makes them. */
function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let at = 0; at < 6; at++) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function countOf(count: number | undefined): { count?: number } {
  return count === undefined ? {} : { count };
}

function write(pending: readonly PendingGift[]): void {
  if (pending.length === 0) sessionStorage.removeItem(WRITTEN);
  else sessionStorage.setItem(WRITTEN, JSON.stringify(pending));
}

function readWritten(): PendingGift[] {
  try {
    const written: unknown = JSON.parse(sessionStorage.getItem(WRITTEN) ?? '[]');
    return Array.isArray(written) ? (written as PendingGift[]) : [];
  } catch {
    return [];
  }
}
