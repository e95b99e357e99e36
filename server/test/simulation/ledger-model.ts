import type { Uuid } from '../../src/core/ids.ts';
import type { AccountEvent } from '../../src/ledger/account.ts';
import { AccountFlags } from '../../src/ledger/account.ts';
import type { AccountResultName, TransferResultName } from '../../src/ledger/results.ts';
import { MAX_ID, NIL_ID, type TransferEvent, TransferFlags } from '../../src/ledger/transfer.ts';

/**
 * A second ledger, to hold the first against. It is written for being obviously right, not for speed, and
 * shares no code with the state machine: the rules are two lists of sentences tried from the top, a chain works
 * on a copy of everything, and a copy is put back when the chain fails.
 */
export interface ModelAccount {
  readonly id: Uuid;
  readonly ledger: number;
  readonly code: number;
  readonly userData128: Uuid;
  readonly userData64: bigint;
  readonly userData32: number;
  readonly timestamp: bigint;
  flags: number;
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
}

export type ModelTransfer = TransferEvent & { readonly timestamp: bigint };

type PendingState = 'pending' | 'posted' | 'voided' | 'expired';

interface State {
  accounts: Map<Uuid, ModelAccount>;
  transfers: Map<Uuid, ModelTransfer>;
  pendings: Map<Uuid, PendingState>;
}

export interface ModelAnswer<Name> {
  readonly name: Name;
  readonly timestamp: bigint;
}

const MAX_64 = 2n ** 63n - 1n;

export class LedgerModel {
  state: State = { accounts: new Map(), transfers: new Map(), pendings: new Map() };
  readonly usedUpIds = new Set<Uuid>();

  createAccounts(events: readonly AccountEvent[], now: bigint): ModelAnswer<AccountResultName>[] {
    return this.#inChains(events, now, (event, timestamp) => this.#createAccount(event, timestamp));
  }

  createTransfers(events: readonly TransferEvent[], now: bigint): ModelAnswer<TransferResultName>[] {
    return this.#inChains(events, now, (event, timestamp) => this.#createTransfer(event, timestamp));
  }

  /** Lets everything overdue expire, and says what. */
  expire(now: bigint): Uuid[] {
    const overdue = [...this.state.pendings]
      .filter(([, pendingState]) => pendingState === 'pending')
      .map(([id]) => this.state.transfers.get(id))
      .filter((transfer) => transfer !== undefined)
      .filter((transfer) => isOverdue(transfer, now));
    for (const transfer of overdue) {
      this.state.pendings.set(transfer.id, 'expired');
      letGo(this.state, transfer);
    }
    return overdue.map((transfer) => transfer.id);
  }

  /** Cuts the batch into chains, tries each, and puts everything back where one fails. */
  #inChains<Event extends { readonly flags: number }, Name extends string>(
    events: readonly Event[],
    now: bigint,
    create: (event: Event, timestamp: bigint) => ModelAnswer<Name | 'created'>,
  ): ModelAnswer<Name | 'created' | 'linked_event_failed' | 'linked_event_chain_open'>[] {
    type Answer = ModelAnswer<Name | 'created' | 'linked_event_failed' | 'linked_event_chain_open'>;
    const answers: Answer[] = [];
    for (const chain of chainsOf(events)) {
      const saved = copy(this.state);
      const startAt = now + BigInt(answers.length);
      const own: Answer[] = [];
      for (const [index, event] of chain.entries()) {
        const timestamp = startAt + BigInt(index);
        const isCutOff = (event.flags & 1) === 1 && index === chain.length - 1;
        const isBroken = own.some(({ name }) => name !== 'created');
        if (isCutOff) own.push({ name: 'linked_event_chain_open', timestamp });
        else if (isBroken) own.push({ name: 'linked_event_failed', timestamp });
        else own.push(create(event, timestamp));
      }
      const isWhole = own.every(({ name }) => name === 'created');
      if (!isWhole) this.state = saved;
      for (const [index, answer] of own.entries()) {
        const isUndone = !isWhole && answer.name === 'created';
        answers.push(isUndone ? { name: 'linked_event_failed', timestamp: startAt + BigInt(index) } : answer);
      }
    }
    return answers;
  }

  #createAccount(event: AccountEvent, timestamp: bigint): ModelAnswer<AccountResultName> {
    const existing = this.state.accounts.get(event.id);
    const wrong = accountRules.find(([, applies]) => applies(event, existing));
    if (wrong !== undefined) {
      const [name] = wrong;
      return { name, timestamp: name === 'exists' && existing ? existing.timestamp : timestamp };
    }
    const { id, ledger, code, flags, userData128, userData64, userData32 } = event;
    const counters = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n };
    const fields = { id, ledger, code, flags, userData128, userData64, userData32 };
    this.state.accounts.set(id, { ...fields, ...counters, timestamp });
    return { name: 'created', timestamp };
  }

  #createTransfer(event: TransferEvent, timestamp: bigint): ModelAnswer<TransferResultName> {
    const trial = new Trial(this.state, this.usedUpIds, event, timestamp);
    const wrong = transferRules.find(([, applies]) => applies(trial));
    if (wrong !== undefined) {
      const [name] = wrong;
      if (usesUpId.includes(name)) this.usedUpIds.add(event.id);
      return { name, timestamp: name === 'exists' ? trial.existing.timestamp : timestamp };
    }
    if (trial.resolves) this.#resolve(trial);
    else this.#move(trial);
    return { name: 'created', timestamp };
  }

  #move({ event, timestamp, amount, debit, credit, is }: Trial): void {
    this.state.transfers.set(event.id, { ...event, amount, timestamp });
    if (is('pending')) {
      this.state.pendings.set(event.id, 'pending');
      debit.debitsPending += amount;
      credit.creditsPending += amount;
    } else {
      debit.debitsPosted += amount;
      credit.creditsPosted += amount;
    }
    if (is('closingDebit')) debit.flags |= AccountFlags.closed;
    if (is('closingCredit')) credit.flags |= AccountFlags.closed;
  }

  #resolve({ event, timestamp, amount, pending, debit, credit, is }: Trial): void {
    this.state.transfers.set(event.id, {
      ...pending,
      id: event.id,
      flags: event.flags,
      pendingId: pending.id,
      timeout: 0,
      amount,
      userData128: event.userData128 === NIL_ID ? pending.userData128 : event.userData128,
      userData64: event.userData64 || pending.userData64,
      userData32: event.userData32 || pending.userData32,
      timestamp,
    });
    if (is('voidPendingTransfer')) {
      this.state.pendings.set(pending.id, 'voided');
      letGo(this.state, pending);
      return;
    }
    this.state.pendings.set(pending.id, 'posted');
    debit.debitsPending -= pending.amount;
    debit.debitsPosted += amount;
    credit.creditsPending -= pending.amount;
    credit.creditsPosted += amount;
  }
}

/** All that the rules ask about an event. Each is asked only where the rules before it make it certain. */
class Trial {
  readonly state: State;
  readonly usedUpIds: ReadonlySet<Uuid>;
  readonly event: TransferEvent;
  readonly timestamp: bigint;

  constructor(state: State, usedUpIds: ReadonlySet<Uuid>, event: TransferEvent, timestamp: bigint) {
    this.state = state;
    this.usedUpIds = usedUpIds;
    this.event = event;
    this.timestamp = timestamp;
  }

  readonly is = (flag: keyof typeof TransferFlags): boolean => (this.event.flags & TransferFlags[flag]) !== 0;

  get resolves(): boolean {
    return this.is('postPendingTransfer') || this.is('voidPendingTransfer');
  }

  get exists(): boolean {
    return this.state.transfers.has(this.event.id);
  }

  get existing(): ModelTransfer {
    return certain(this.state.transfers.get(this.event.id));
  }

  get pending(): ModelTransfer {
    return certain(this.state.transfers.get(this.event.pendingId));
  }

  get debit(): ModelAccount {
    return certain(this.state.accounts.get((this.resolves ? this.pending : this.event).debitAccountId));
  }

  get credit(): ModelAccount {
    return certain(this.state.accounts.get((this.resolves ? this.pending : this.event).creditAccountId));
  }

  /** What the transfer moves. */
  get amount(): bigint {
    const { amount } = this.event;
    if (this.is('voidPendingTransfer')) return amount === 0n ? this.pending.amount : amount;
    if (this.is('postPendingTransfer')) return amount === MAX_64 ? this.pending.amount : amount;
    const { debit, credit } = this;
    const debitRoom = debit.creditsPosted - (debit.debitsPosted + debit.debitsPending);
    const creditRoom = credit.debitsPosted - (credit.creditsPosted + credit.creditsPending);
    const limits = [amount];
    if (this.is('balancingDebit')) limits.push(debitRoom);
    if (this.is('balancingCredit')) limits.push(creditRoom);
    const isWithinAll = (candidate: bigint): boolean => limits.every((limit) => candidate <= limit);
    return limits.find((limit) => limit >= 0n && isWithinAll(limit)) ?? 0n;
  }

  /** Whether the event names something else than the existing transfer, which may have inherited it. */
  differs(field: 'userData128' | 'userData64' | 'userData32' | 'ledger' | 'code' | AccountField): boolean {
    const isLeftOut = this.event[field] === NIL_ID || !this.event[field];
    const meant = this.resolves && isLeftOut ? this.pending[field] : this.event[field];
    return meant !== this.existing[field];
  }
}

type AccountField = 'debitAccountId' | 'creditAccountId';

type Rule = readonly [TransferResultName, (trial: Trial) => boolean];

const plain =
  (applies: (trial: Trial) => boolean) =>
  (trial: Trial): boolean =>
    !trial.resolves && applies(trial);
const resolving =
  (applies: (trial: Trial) => boolean) =>
  (trial: Trial): boolean =>
    trial.resolves && applies(trial);
const known =
  (applies: (trial: Trial) => boolean) =>
  (trial: Trial): boolean =>
    trial.exists && applies(trial);

/** From the top: the first that applies is the answer. */
const transferRules: readonly Rule[] = [
  ['imported_event_not_expected', ({ is }) => is('imported')],
  ['timestamp_must_be_zero', ({ event }) => (event.timestamp ?? 0n) !== 0n],
  ['reserved_flag', ({ event }) => event.flags >= 512],
  ['id_must_not_be_zero', ({ event }) => event.id === NIL_ID],
  ['id_must_not_be_int_max', ({ event }) => event.id === MAX_ID],

  ['exists_with_different_flags', known(({ event, existing }) => event.flags !== existing.flags)],
  [
    'exists_with_different_pending_id',
    known(({ event, existing }) => event.pendingId !== existing.pendingId),
  ],
  ['exists_with_different_timeout', known(({ event, existing }) => event.timeout !== existing.timeout)],
  ['exists_with_different_debit_account_id', known((trial) => trial.differs('debitAccountId'))],
  ['exists_with_different_credit_account_id', known((trial) => trial.differs('creditAccountId'))],
  ['exists_with_different_amount', known(hasOtherAmount)],
  ['exists_with_different_user_data_128', known((trial) => trial.differs('userData128'))],
  ['exists_with_different_user_data_64', known((trial) => trial.differs('userData64'))],
  ['exists_with_different_user_data_32', known((trial) => trial.differs('userData32'))],
  ['exists_with_different_ledger', known((trial) => trial.differs('ledger'))],
  ['exists_with_different_code', known((trial) => trial.differs('code'))],
  ['exists', ({ exists }) => exists],
  ['id_already_failed', ({ usedUpIds, event }) => usedUpIds.has(event.id)],

  [
    'flags_are_mutually_exclusive',
    resolving(({ is }) => is('postPendingTransfer') && is('voidPendingTransfer')),
  ],
  ['flags_are_mutually_exclusive', resolving(({ is }) => is('pending'))],
  ['flags_are_mutually_exclusive', resolving(({ is }) => is('balancingDebit') || is('balancingCredit'))],
  ['flags_are_mutually_exclusive', resolving(({ is }) => is('closingDebit') || is('closingCredit'))],
  ['debit_account_id_must_not_be_zero', plain(({ event }) => event.debitAccountId === NIL_ID)],
  ['debit_account_id_must_not_be_int_max', plain(({ event }) => event.debitAccountId === MAX_ID)],
  ['credit_account_id_must_not_be_zero', plain(({ event }) => event.creditAccountId === NIL_ID)],
  ['credit_account_id_must_not_be_int_max', plain(({ event }) => event.creditAccountId === MAX_ID)],
  ['accounts_must_be_different', plain(({ event }) => event.debitAccountId === event.creditAccountId)],
  ['pending_id_must_be_zero', plain(({ event }) => event.pendingId !== NIL_ID)],
  ['pending_id_must_not_be_zero', resolving(({ event }) => event.pendingId === NIL_ID)],
  ['pending_id_must_not_be_int_max', resolving(({ event }) => event.pendingId === MAX_ID)],
  ['pending_id_must_be_different', resolving(({ event }) => event.pendingId === event.id)],
  ['timeout_reserved_for_pending_transfer', ({ event, is }) => event.timeout > 0 && !is('pending')],
  ['closing_transfer_must_be_pending', ({ is }) => is('closingDebit') && !is('pending')],
  ['closing_transfer_must_be_pending', ({ is }) => is('closingCredit') && !is('pending')],
  ['ledger_must_not_be_zero', plain(({ event }) => event.ledger === 0)],
  ['code_must_not_be_zero', plain(({ event }) => event.code === 0)],

  ['debit_account_not_found', plain(({ state, event }) => !state.accounts.has(event.debitAccountId))],
  ['credit_account_not_found', plain(({ state, event }) => !state.accounts.has(event.creditAccountId))],
  ['accounts_must_have_the_same_ledger', plain(({ debit, credit }) => debit.ledger !== credit.ledger)],
  [
    'transfer_must_have_the_same_ledger_as_accounts',
    plain(({ event, debit }) => event.ledger !== debit.ledger),
  ],

  ['pending_transfer_not_found', resolving(({ state, event }) => !state.transfers.has(event.pendingId))],
  ['pending_transfer_not_pending', resolving(({ state, event }) => !state.pendings.has(event.pendingId))],
  [
    'pending_transfer_has_different_debit_account_id',
    resolving((trial) => contradicts(trial, 'debitAccountId')),
  ],
  [
    'pending_transfer_has_different_credit_account_id',
    resolving((trial) => contradicts(trial, 'creditAccountId')),
  ],
  ['pending_transfer_has_different_ledger', resolving((trial) => contradicts(trial, 'ledger'))],
  ['pending_transfer_has_different_code', resolving((trial) => contradicts(trial, 'code'))],
  ['exceeds_pending_transfer_amount', resolving(({ amount, pending }) => amount > pending.amount)],
  [
    'pending_transfer_has_different_amount',
    resolving(({ is, amount, pending }) => is('voidPendingTransfer') && amount !== pending.amount),
  ],
  ['pending_transfer_already_posted', resolving((trial) => stateOf(trial) === 'posted')],
  ['pending_transfer_already_voided', resolving((trial) => stateOf(trial) === 'voided')],
  ['pending_transfer_expired', resolving((trial) => stateOf(trial) === 'expired')],
  ['pending_transfer_expired', resolving(({ pending, timestamp }) => isOverdue(pending, timestamp))],

  ['debit_account_already_closed', ({ is, debit }) => !is('voidPendingTransfer') && isClosed(debit)],
  ['credit_account_already_closed', ({ is, credit }) => !is('voidPendingTransfer') && isClosed(credit)],
  [
    'overflows_debits_pending',
    plain(({ is, debit, amount }) => is('pending') && debit.debitsPending + amount > MAX_64),
  ],
  [
    'overflows_credits_pending',
    plain(({ is, credit, amount }) => is('pending') && credit.creditsPending + amount > MAX_64),
  ],
  ['overflows_debits_posted', plain(({ debit, amount }) => debit.debitsPosted + amount > MAX_64)],
  ['overflows_credits_posted', plain(({ credit, amount }) => credit.creditsPosted + amount > MAX_64)],
  [
    'overflows_debits',
    plain(({ debit, amount }) => debit.debitsPosted + debit.debitsPending + amount > MAX_64),
  ],
  [
    'overflows_credits',
    plain(({ credit, amount }) => credit.creditsPosted + credit.creditsPending + amount > MAX_64),
  ],
  ['overflows_timeout', ({ event, timestamp }) => timestamp + nanoseconds(event.timeout) > MAX_64],
  [
    'exceeds_credits',
    plain(
      ({ debit, amount }) =>
        (debit.flags & AccountFlags.debitsMustNotExceedCredits) !== 0 &&
        debit.creditsPosted - debit.debitsPosted - debit.debitsPending < amount,
    ),
  ],
  [
    'exceeds_debits',
    plain(
      ({ credit, amount }) =>
        (credit.flags & AccountFlags.creditsMustNotExceedDebits) !== 0 &&
        credit.debitsPosted - credit.creditsPosted - credit.creditsPending < amount,
    ),
  ],
];

const usesUpId: readonly TransferResultName[] = [
  'debit_account_not_found',
  'credit_account_not_found',
  'pending_transfer_not_found',
  'exceeds_credits',
  'exceeds_debits',
  'debit_account_already_closed',
  'credit_account_already_closed',
];

type AccountRule = readonly [AccountResultName, (event: AccountEvent, existing?: ModelAccount) => boolean];

const accountRules: readonly AccountRule[] = [
  ['imported_event_not_expected', ({ flags }) => (flags & AccountFlags.imported) !== 0],
  ['timestamp_must_be_zero', ({ timestamp }) => (timestamp ?? 0n) !== 0n],
  ['reserved_field', ({ reserved }) => (reserved ?? 0) !== 0],
  ['reserved_flag', ({ flags }) => flags >= 64],
  ['id_must_not_be_zero', ({ id }) => id === NIL_ID],
  ['id_must_not_be_int_max', ({ id }) => id === MAX_ID],
  ['exists_with_different_flags', (event, old) => old !== undefined && old.flags !== event.flags],
  [
    'exists_with_different_user_data_128',
    (event, old) => old !== undefined && old.userData128 !== event.userData128,
  ],
  [
    'exists_with_different_user_data_64',
    (event, old) => old !== undefined && old.userData64 !== event.userData64,
  ],
  [
    'exists_with_different_user_data_32',
    (event, old) => old !== undefined && old.userData32 !== event.userData32,
  ],
  ['exists_with_different_ledger', (event, old) => old !== undefined && old.ledger !== event.ledger],
  ['exists_with_different_code', (event, old) => old !== undefined && old.code !== event.code],
  ['exists', (_, old) => old !== undefined],
  ['flags_are_mutually_exclusive', ({ flags }) => (flags & 2) !== 0 && (flags & 4) !== 0],
  ['debits_pending_must_be_zero', ({ debitsPending }) => (debitsPending ?? 0n) !== 0n],
  ['debits_posted_must_be_zero', ({ debitsPosted }) => (debitsPosted ?? 0n) !== 0n],
  ['credits_pending_must_be_zero', ({ creditsPending }) => (creditsPending ?? 0n) !== 0n],
  ['credits_posted_must_be_zero', ({ creditsPosted }) => (creditsPosted ?? 0n) !== 0n],
  ['ledger_must_not_be_zero', ({ ledger }) => ledger === 0],
  ['code_must_not_be_zero', ({ code }) => code === 0],
];

function hasOtherAmount(trial: Trial): boolean {
  const { event, existing, is } = trial;
  if (is('balancingDebit') || is('balancingCredit')) return event.amount < existing.amount;
  return trial.resolves ? trial.amount !== existing.amount : event.amount !== existing.amount;
}

function contradicts({ event, pending }: Trial, field: AccountField | 'ledger' | 'code'): boolean {
  const isLeftOut = event[field] === NIL_ID || event[field] === 0;
  return !isLeftOut && event[field] !== pending[field];
}

function stateOf({ state, event }: Trial): PendingState | undefined {
  return state.pendings.get(event.pendingId);
}

function isOverdue(pending: ModelTransfer, now: bigint): boolean {
  return pending.timeout > 0 && pending.timestamp + nanoseconds(pending.timeout) <= now;
}

function nanoseconds(seconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n;
}

function isClosed(account: ModelAccount): boolean {
  return (account.flags & AccountFlags.closed) !== 0;
}

/** A pending transfer comes to nothing: its amount is free again, and what it closed is open again. */
function letGo(state: State, pending: ModelTransfer): void {
  const debit = certain(state.accounts.get(pending.debitAccountId));
  const credit = certain(state.accounts.get(pending.creditAccountId));
  debit.debitsPending -= pending.amount;
  credit.creditsPending -= pending.amount;
  if ((pending.flags & TransferFlags.closingDebit) !== 0) debit.flags -= AccountFlags.closed;
  if ((pending.flags & TransferFlags.closingCredit) !== 0) credit.flags -= AccountFlags.closed;
}

/** `linked` says that the next event belongs to the same chain. */
function chainsOf<Event extends { readonly flags: number }>(events: readonly Event[]): Event[][] {
  const chains: Event[][] = [];
  let isOpen = false;
  for (const event of events) {
    if (isOpen) chains.at(-1)?.push(event);
    else chains.push([event]);
    isOpen = (event.flags & 1) === 1;
  }
  return chains;
}

function copy(state: State): State {
  return {
    accounts: new Map([...state.accounts].map(([id, account]) => [id, { ...account }])),
    transfers: new Map(state.transfers),
    pendings: new Map(state.pendings),
  };
}

function certain<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the model asked for something that is not there');
  return value;
}
