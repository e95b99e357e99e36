import type { Uuid } from '../../core/ids.ts';
import type { Account } from '../../ledger/account.ts';
import type { AccountSpec } from '../../ledger/chart.ts';
import { TransferResult } from '../../ledger/results.ts';
import {
  createAccounts,
  createTransfers,
  type PendingState,
  type StateView,
} from '../../ledger/state-machine.ts';
import { type Transfer, type TransferEvent, TransferFlags } from '../../ledger/transfer.ts';
import { chainOf, openEventsOf } from '../../ledger/work.ts';

/**
 * The ledger of a simulation, in memory: the state machine of the house itself decides every transfer. Of the transfers only
 * those that are still reserved are kept, for each is posted once under an id of its own.
 */
export class Books implements StateView {
  readonly #accounts = new Map<Uuid, Account>();
  readonly #reserved = new Map<Uuid, Transfer>();
  /** Nanoseconds; one more with each event. */
  #now: bigint;
  #posted = 0;

  /** @param atMs milliseconds since 1970 */
  constructor(atMs: number) {
    this.#now = BigInt(atMs) * 1_000_000n;
  }

  /** Transfers that happened. */
  get posted(): number {
    return this.#posted;
  }

  get accounts(): Iterable<Account> {
    return this.#accounts.values();
  }

  account(id: Uuid): Account | undefined {
    return this.#accounts.get(id);
  }

  transfer(id: Uuid): Transfer | undefined {
    return this.#reserved.get(id);
  }

  resolution(pendingId: Uuid): PendingState | undefined {
    return this.#reserved.has(pendingId) ? 'pending' : undefined;
  }

  hasFailed(): boolean {
    return false;
  }

  open(specs: readonly AccountSpec[]): void {
    const events = openEventsOf(specs);
    const { created } = createAccounts(this, events, this.#now);
    this.#now += BigInt(events.length);
    if (created.length !== specs.length) throw new Error('an account was opened twice');
    for (const account of created) this.#accounts.set(account.id, account);
  }

  /** Posts chains in their order, each seeing those before it. Says of each whether it happened: all of it or nothing. */
  post(chains: readonly (readonly TransferEvent[])[]): boolean[] {
    const events = chains.flatMap((transfers) => chainOf({ transfers }).events);
    if (events.length === 0) return chains.map(() => true);
    const { results, created, accounts } = createTransfers(this, events, this.#now);
    this.#now += BigInt(events.length);
    for (const [id, account] of accounts) this.#accounts.set(id, account);
    for (const { transfer } of created) {
      if ((transfer.flags & TransferFlags.pending) !== 0) this.#reserved.set(transfer.id, transfer);
      else if ((transfer.flags & RESOLVING) !== 0) this.#reserved.delete(transfer.pendingId);
    }
    this.#posted += created.length;
    let at = 0;
    return chains.map(({ length }) => {
      const answers = results.slice(at, at + length);
      at += length;
      return answers.every(({ result }) => result === TransferResult.created);
    });
  }

  /** Credits less debits of what is posted, in units; 0 for an account that is not open. */
  net(id: Uuid): bigint {
    const account = this.#accounts.get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  }
}

const RESOLVING = TransferFlags.postPendingTransfer | TransferFlags.voidPendingTransfer;
