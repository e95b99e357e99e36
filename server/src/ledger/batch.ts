import type { Uuid } from '../core/ids.ts';
import type { Account } from './account.ts';
import type { Created, PendingState, StateView } from './state.ts';
import { type Transfer, TransferFlags } from './transfer.ts';

/**
 * The effects of one batch on top of the view, so that each event sees those before it.
 * While a chain is open every change is logged with what was there before, and `undoChain` goes back.
 */
export class Batch {
  readonly accounts = new Map<Uuid, Account>();
  readonly resolutions = new Map<Uuid, PendingState>();
  readonly failedIds = new Set<Uuid>();
  readonly created: Created[] = [];
  readonly #view: StateView;
  readonly #transfers = new Map<Uuid, Transfer>();

  #chainIsOpen = false;
  #createdBeforeChain = 0;
  readonly #accountsBefore: { readonly id: Uuid; readonly before: Account | undefined }[] = [];
  readonly #resolutionsBefore: { readonly id: Uuid; readonly before: PendingState | undefined }[] = [];

  constructor(view: StateView) {
    this.#view = view;
  }

  account(id: Uuid): Account | undefined {
    return this.accounts.get(id) ?? this.#view.account(id);
  }

  transfer(id: Uuid): Transfer | undefined {
    return this.#transfers.get(id) ?? this.#view.transfer(id);
  }

  /** The state of an existing pending transfer. */
  resolution(pendingId: Uuid): PendingState {
    return this.resolutions.get(pendingId) ?? this.#view.resolution(pendingId) ?? 'pending';
  }

  hasFailed(id: Uuid): boolean {
    return this.failedIds.has(id) || this.#view.hasFailed(id);
  }

  /** Adds a transfer and the accounts it left behind. */
  record(transfer: Transfer, debitAfter: Account, creditAfter: Account): void {
    this.#transfers.set(transfer.id, transfer);
    this.created.push({ transfer, debitAfter, creditAfter });
    if ((transfer.flags & TransferFlags.pending) !== 0) this.resolve(transfer.id, 'pending');
    this.replaceAccount(debitAfter);
    this.replaceAccount(creditAfter);
  }

  replaceAccount(after: Account): void {
    const { id } = after;
    if (this.#chainIsOpen) this.#accountsBefore.push({ id, before: this.accounts.get(id) });
    this.accounts.set(id, after);
  }

  resolve(id: Uuid, state: PendingState): void {
    if (this.#chainIsOpen) this.#resolutionsBefore.push({ id, before: this.resolutions.get(id) });
    this.resolutions.set(id, state);
  }

  /** Uses up an id. A chain that is undone does not give it back. */
  burn(id: Uuid): void {
    this.failedIds.add(id);
  }

  openChain(): void {
    this.#chainIsOpen = true;
    this.#createdBeforeChain = this.created.length;
  }

  keepChain(): void {
    this.#chainIsOpen = false;
    this.#accountsBefore.length = 0;
    this.#resolutionsBefore.length = 0;
  }

  undoChain(): void {
    this.#chainIsOpen = false;
    while (this.created.length > this.#createdBeforeChain) {
      const undone = this.created.pop();
      if (undone !== undefined) this.#transfers.delete(undone.transfer.id);
    }
    restore(this.accounts, this.#accountsBefore);
    restore(this.resolutions, this.#resolutionsBefore);
  }
}

/** Takes the changes back, the last one first. */
function restore<Value>(map: Map<Uuid, Value>, log: { id: Uuid; before: Value | undefined }[]): void {
  for (let change = log.pop(); change !== undefined; change = log.pop()) {
    if (change.before === undefined) map.delete(change.id);
    else map.set(change.id, change.before);
  }
}
