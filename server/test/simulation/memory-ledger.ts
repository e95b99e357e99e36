import type { Uuid } from '../../src/core/ids.ts';
import { uuidFromHex } from '../../src/core/ids.ts';
import type { Account, AccountEvent } from '../../src/ledger/account.ts';
import {
  type AccountResultName,
  accountResultName,
  type TransferResultName,
  transferResultName,
} from '../../src/ledger/results.ts';
import {
  type AccountEffects,
  createAccounts,
  createTransfers,
  type Effects,
  type ExpiryEffects,
  expirePending,
  type PendingState,
  type StateView,
} from '../../src/ledger/state-machine.ts';
import { NIL_ID, type Transfer, type TransferEvent } from '../../src/ledger/transfer.ts';

export const SECOND_NS = 1_000_000_000n;

/** A ledger in memory around the state machine: keeps what its effects say, and turns a clock by hand. */
export class MemoryLedger implements StateView {
  readonly accounts = new Map<Uuid, Account>();
  readonly transfers = new Map<Uuid, Transfer>();
  readonly resolutions = new Map<Uuid, PendingState>();
  readonly failedIds = new Set<Uuid>();
  /** Nanoseconds; moves by one with each event and as far as a test turns it. */
  now = 1_700_000_000n * SECOND_NS;

  account(id: Uuid): Account | undefined {
    return this.accounts.get(id);
  }

  transfer(id: Uuid): Transfer | undefined {
    return this.transfers.get(id);
  }

  resolution(pendingId: Uuid): PendingState | undefined {
    return this.resolutions.get(pendingId);
  }

  hasFailed(id: Uuid): boolean {
    return this.failedIds.has(id);
  }

  createAccounts(events: readonly AccountEvent[]): AccountEffects {
    const effects = createAccounts(this, events, this.now);
    this.now += BigInt(events.length);
    for (const account of effects.created) this.accounts.set(account.id, account);
    return effects;
  }

  createTransfers(events: readonly TransferEvent[]): Effects {
    const effects = createTransfers(this, events, this.now);
    this.now += BigInt(events.length);
    for (const { transfer } of effects.created) this.transfers.set(transfer.id, transfer);
    for (const [id, account] of effects.accounts) this.accounts.set(id, account);
    for (const [id, state] of effects.resolutions) this.resolutions.set(id, state);
    for (const id of effects.failedIds) this.failedIds.add(id);
    return effects;
  }

  /** Expires whatever is due. */
  expire(): ExpiryEffects {
    const pendingIds = [...this.resolutions].filter(([, state]) => state === 'pending').map(([id]) => id);
    const effects = expirePending(this, pendingIds, this.now);
    for (const [id, account] of effects.accounts) this.accounts.set(id, account);
    for (const [id, state] of effects.resolutions) this.resolutions.set(id, state);
    return effects;
  }

  /** The names of the results, which read better than their numbers when a test fails. */
  answers(events: readonly TransferEvent[]): TransferResultName[] {
    return this.createTransfers(events).results.map(({ result }) => transferResultName(result));
  }

  accountAnswers(events: readonly AccountEvent[]): AccountResultName[] {
    return this.createAccounts(events).results.map(({ result }) => accountResultName(result));
  }

  /** The account, which a test knows to exist. */
  theAccount(id: Uuid): Account {
    const account = this.accounts.get(id);
    if (account === undefined) throw new Error(`no account ${id}`);
    return account;
  }

  /** The transfer, which a test knows to exist. */
  theTransfer(id: Uuid): Transfer {
    const transfer = this.transfers.get(id);
    if (transfer === undefined) throw new Error(`no transfer ${id}`);
    return transfer;
  }
}

/** `7` → the UUID whose 128 bits are the number 7. */
export function uuid(number: number | bigint): Uuid {
  return uuidFromHex(number.toString(16).padStart(32, '0'));
}

/** An account to open, in ledger 1 unless said otherwise. */
export function accountEvent(id: Uuid, fields: Partial<AccountEvent> = {}): AccountEvent {
  return { id, ledger: 1, code: 1, flags: 0, userData128: NIL_ID, userData64: 0n, userData32: 0, ...fields };
}

/** A transfer of 1 unit in ledger 1 unless said otherwise. */
export function transferEvent(
  id: Uuid,
  debitAccountId: Uuid,
  creditAccountId: Uuid,
  fields: Partial<TransferEvent> = {},
): TransferEvent {
  return {
    id,
    debitAccountId,
    creditAccountId,
    amount: 1n,
    pendingId: NIL_ID,
    userData128: NIL_ID,
    userData64: 0n,
    userData32: 0,
    timeout: 0,
    ledger: 1,
    code: 1,
    flags: 0,
    ...fields,
  };
}
