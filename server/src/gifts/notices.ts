import type { Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import type { House } from '../house.ts';
import { accountId, debitRoom } from '../ledger/index.ts';

/**
 * People are told of a new balance this often, however many gifts there were in between. The socket that sent a gift
 * has its answer already; this is for their other windows, so it need not be quick.
 */
const TELL_EVERY_MS = 1_000;

/** Tells the sockets of senders and creators what they have now. */
export class WalletNotices {
  readonly #house: House;
  readonly #spent = new Map<Uuid, bigint>();
  readonly #earned = new Set<Uuid>();
  #timer: NodeJS.Timeout | undefined;

  constructor(house: House) {
    this.#house = house;
  }

  /** The sender has so many Coins left. */
  spent(userId: Uuid, coinsLeft: bigint): void {
    this.#spent.set(userId, coinsLeft);
    this.#later();
  }

  /** The creator has more pending Diamonds; how many is read when they are told. */
  earned(userId: Uuid): void {
    this.#earned.add(userId);
    this.#later();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell().catch((error: Error) => {
        this.#house.log.warn({ reason: error.message }, 'balances could not be read to tell them');
      });
    }, TELL_EVERY_MS).unref();
  }

  async #tell(): Promise<void> {
    const { hub, ledger } = this.#house;
    for (const [userId, coins] of this.#spent) {
      if (!this.#earned.has(userId))
        hub.toUser(userId, { t: 'wallet', coins: { ...amountJson('COIN', coins) } });
    }
    this.#spent.clear();
    const creators = [...this.#earned];
    this.#earned.clear();
    if (creators.length === 0) return;
    const balances = await ledger.balances(creators.flatMap(accountsShown));
    const has = (id: Uuid) => {
      const account = balances.get(id);
      return account === undefined ? 0n : debitRoom(account);
    };
    for (const userId of creators) {
      const [coins, purchased, pending, available] = accountsShown(userId).map(has);
      hub.toUser(userId, {
        t: 'wallet',
        coins: { ...amountJson('COIN', coins ?? 0n) },
        diamonds: {
          purchased: { ...amountJson('DIAMOND', purchased ?? 0n) },
          pending: { ...amountJson('DIAMOND', pending ?? 0n) },
          available: { ...amountJson('DIAMOND', available ?? 0n) },
        },
      });
    }
  }
}

function accountsShown(userId: Uuid): Uuid[] {
  return [
    accountId(userId, 'coins', 'COIN'),
    accountId(userId, 'diamonds_purchased', 'DIAMOND'),
    accountId(userId, 'diamonds_pending', 'DIAMOND'),
    accountId(userId, 'diamonds_available', 'DIAMOND'),
  ];
}
