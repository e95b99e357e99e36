import { timingSafeEqual } from 'node:crypto';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { networkOf } from '../http/network.ts';
import { Allowance } from '../realtime/allowance.ts';
import { OVERLAY_TOKEN_UNKNOWN, OVERLAY_TOKENS_GUESSED } from './refusals.ts';
import { type KeyRow, keyById } from './store.ts';
import { readToken } from './token.ts';

/** Wrong tokens of one network: so many at once, and then so many a second. */
const GUESSES_AT_ONCE = 30;
const GUESSES_PER_SECOND = 0.5;
const NETWORKS_MAX = 10_000;
const KNOWN_MAX = 10_000;
const NO_HASH = Buffer.alloc(32);

/** Opens what a token opens. Whoever guesses is slowed down; whose token is right never waits for them. */
export class Keyring {
  readonly #house: House;
  readonly #guesses = new Map<string, Allowance>();
  /** Hashes of tokens that were right: they need no allowance. Whether they still are, the database says. */
  readonly #known = new Set<string>();

  constructor(house: House) {
    this.#house = house;
  }

  /**
   * The key in force behind a token. Takes as long for every wrong one.
   * Refuses with `overlay_token_unknown` or `overlay_tokens_guessed`.
   */
  async open(token: string, address: string): Promise<KeyRow> {
    const read = readToken(token);
    const hash = read?.hash.toString('base64') ?? '';
    if (!this.#known.has(hash) && !this.#mayGuess(networkOf(address))) {
      throw new Refusal(OVERLAY_TOKENS_GUESSED, { seconds: Math.ceil(1 / GUESSES_PER_SECOND) });
    }
    const key = await this.#find(read);
    if (key === undefined) {
      this.#known.delete(hash);
      throw new Refusal(OVERLAY_TOKEN_UNKNOWN);
    }
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.add(hash);
    return key;
  }

  async #find(read: { readonly id: Uuid; readonly hash: Buffer } | null): Promise<KeyRow | undefined> {
    if (read === null) return undefined;
    const key = await keyById(this.#house.db, read.id);
    const same = timingSafeEqual(read.hash, key?.hash ?? NO_HASH);
    return same ? key : undefined;
  }

  #mayGuess(network: string): boolean {
    const nowMs = performance.now();
    const known = this.#guesses.get(network);
    if (known !== undefined) return known.take(nowMs);
    if (this.#guesses.size >= NETWORKS_MAX) this.#guesses.clear();
    const allowance = new Allowance(GUESSES_PER_SECOND, GUESSES_AT_ONCE, nowMs);
    this.#guesses.set(network, allowance);
    return allowance.take(nowMs);
  }
}
