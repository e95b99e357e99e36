import type { Uuid } from '../../src/core/ids.ts';
import { UNITS_MAX } from '../../src/core/money.ts';
import type { Random } from '../../src/core/random.ts';
import { type AccountEvent, AccountFlags } from '../../src/ledger/account.ts';
import {
  MAX_ID,
  NIL_ID,
  type Transfer,
  type TransferEvent,
  TransferFlags,
} from '../../src/ledger/transfer.ts';
import { accountEvent, transferEvent, uuid } from './memory-ledger.ts';

const { linked, pending, postPendingTransfer, voidPendingTransfer } = TransferFlags;
const { balancingDebit, balancingCredit, closingDebit, closingCredit } = TransferFlags;
const BATCH_MAX = 24;
const CHAIN_MAX = 5;

/**
 * Random requests, most of them sensible and some not: hot accounts, chains, two-phase transfers with timeouts,
 * balancing and closing ones, whole requests sent again, single events sent again with one field altered.
 * It remembers what it sent, and is told what happened so that it can post, void and repeat it.
 */
export class LedgerWorkload {
  readonly accountIds: Uuid[];
  readonly #random: Random;
  readonly #sent: TransferEvent[] = [];
  readonly #sentBatches: TransferEvent[][] = [];
  readonly #happened: TransferEvent[] = [];
  readonly #pendings: TransferEvent[] = [];
  readonly #ledgerOf: ReadonlyMap<Uuid, number>;
  #nextId = 1_000;

  constructor(random: Random) {
    this.#random = random;
    const accounts = Array.from(
      { length: 20 },
      (_, index) => [uuid(index + 1), index % 4 === 3 ? 2 : 1] as const,
    );
    this.#ledgerOf = new Map(accounts);
    this.accountIds = accounts.map(([id]) => id);
  }

  /** Opens every account, the first two of each ledger without a limit, with a few attempts that fail. */
  openings(): AccountEvent[] {
    const events = this.accountIds.map((id, index) =>
      accountEvent(id, { ledger: this.#ledger(id), flags: this.#accountFlags(index), userData32: index }),
    );
    return events.flatMap((event) => {
      if (!this.#random.once(3)) return [event];
      return [event, { ...event, ...this.#accountFault() }];
    });
  }

  batch(): TransferEvent[] {
    const again = this.#sentBatches.length > 0 && this.#random.once(12);
    if (again) return this.#random.pick(this.#sentBatches);
    const batch: TransferEvent[] = [];
    const size = 1 + this.#random.below(BATCH_MAX);
    while (batch.length < size) batch.push(...this.#chain());
    if (this.#random.once(30)) batch.push({ ...this.#event(), flags: linked });
    this.#sentBatches.push(batch);
    return batch;
  }

  /** Tells the workload which transfers its last batch created. */
  note(created: readonly Transfer[]): void {
    const ids = new Set(created.map(({ id }) => id));
    const happened = this.#sent.filter(({ id }) => ids.has(id));
    this.#happened.push(...happened);
    this.#pendings.push(...happened.filter(({ flags }) => (flags & pending) !== 0));
  }

  #chain(): TransferEvent[] {
    const length = this.#random.once(3) ? 1 + this.#random.below(CHAIN_MAX) : 1;
    return Array.from({ length }, (_, index) => {
      const event = this.#event();
      const flags = index === length - 1 ? event.flags & ~linked : event.flags | linked;
      const sent = { ...event, flags };
      this.#sent.push(sent);
      return sent;
    });
  }

  #event(): TransferEvent {
    const roll = this.#random.below(100);
    if (roll < 50) return this.#payment();
    if (roll < 66) return this.#hold();
    if (roll < 84) return this.#resolution();
    if (roll < 90) return this.#balancing();
    if (roll < 96) return this.#retry();
    return { ...this.#payment(), ...this.#fault() };
  }

  #payment(): TransferEvent {
    const debit = this.#random.pickHot(this.accountIds);
    const credit = this.#random.pickHot(this.accountIds);
    const isPair = debit !== credit && this.#ledger(debit) === this.#ledger(credit);
    if (!isPair && !this.#random.once(50)) return this.#payment();
    return transferEvent(this.#newId(), debit, credit, {
      amount: this.#amount(),
      ledger: this.#ledger(debit),
      userData128: this.#random.once(4) ? uuid(this.#random.below(3)) : NIL_ID,
      userData64: BigInt(this.#random.below(2)),
      userData32: this.#random.below(2),
    });
  }

  #hold(): TransferEvent {
    const closing = this.#random.once(25)
      ? this.#random.pick([closingDebit, closingCredit, closingDebit | closingCredit])
      : 0;
    const balancing = this.#random.once(10) ? balancingDebit : 0;
    const timeout = this.#random.once(2) ? 0 : 1 + this.#random.below(5);
    // An account that stayed closed for long would keep the rest of the run from happening.
    const closingTimeout = closing !== 0 && timeout === 0 ? 1 : timeout;
    return { ...this.#payment(), flags: pending | closing | balancing, timeout: closingTimeout };
  }

  #resolution(): TransferEvent {
    if (this.#pendings.length === 0) return this.#hold();
    const recent = this.#pendings.slice(-8);
    const target = this.#random.once(12) ? this.#random.pick(this.#sent) : this.#random.pick(recent);
    const isVoid = this.#random.once(2);
    const amounts = [0n, UNITS_MAX, target.amount, target.amount / 2n, target.amount + 1n];
    const names = this.#random.once(2);
    return transferEvent(
      this.#newId(),
      names ? target.debitAccountId : NIL_ID,
      names ? target.creditAccountId : NIL_ID,
      {
        amount: isVoid && !this.#random.once(6) ? 0n : this.#random.pick(amounts),
        pendingId: target.id,
        flags: isVoid ? voidPendingTransfer : postPendingTransfer,
        ledger: names ? target.ledger : 0,
        code: names ? target.code : 0,
        userData64: BigInt(this.#random.below(2)),
        ...(names && this.#random.once(10) ? this.#contradiction(target) : {}),
      },
    );
  }

  #contradiction(target: TransferEvent): Partial<TransferEvent> {
    return this.#random.pick<Partial<TransferEvent>>([
      { debitAccountId: target.creditAccountId },
      { creditAccountId: target.debitAccountId },
      { ledger: 3 - target.ledger },
      { code: target.code + 1 },
    ]);
  }

  #balancing(): TransferEvent {
    const flags = this.#random.pick([balancingDebit, balancingCredit, balancingDebit | balancingCredit]);
    return { ...this.#payment(), flags, amount: this.#random.once(2) ? UNITS_MAX : this.#amount() };
  }

  /** The same event again, or "poisoned": with one field altered. */
  #retry(): TransferEvent {
    if (this.#happened.length === 0) return this.#payment();
    const candidates = this.#random.pick([this.#happened, this.#happened, this.#sent, this.#sent.slice(-8)]);
    const event = this.#random.pick(candidates);
    return this.#random.once(2) ? event : { ...event, ...this.#alteration(event) };
  }

  #alteration(event: TransferEvent): Partial<TransferEvent> {
    return this.#random.pick<Partial<TransferEvent>>([
      { debitAccountId: this.#random.pick(this.accountIds) },
      { creditAccountId: this.#random.pick(this.accountIds) },
      { amount: event.amount + 1n },
      { amount: event.amount === 0n ? 1n : event.amount - 1n },
      { amount: this.#random.pick([0n, UNITS_MAX]) },
      { pendingId: this.#random.pick(this.#sent).id },
      { userData128: uuid(9) },
      { userData64: 9n },
      { userData32: 9 },
      { timeout: event.timeout + 1 },
      { ledger: 3 - event.ledger },
      { code: event.code + 1 },
      {
        flags: event.flags ^ this.#random.pick([pending, balancingDebit, closingDebit, voidPendingTransfer]),
      },
      { id: this.#newId() },
    ]);
  }

  #fault(): Partial<TransferEvent> {
    return this.#random.pick<Partial<TransferEvent>>([
      { id: this.#random.pick([NIL_ID, MAX_ID]) },
      { debitAccountId: this.#random.pick([NIL_ID, MAX_ID, uuid(999)]) },
      { creditAccountId: this.#random.pick([NIL_ID, MAX_ID, uuid(999)]) },
      { pendingId: this.#random.pick([MAX_ID, uuid(999)]) },
      { pendingId: this.#random.pick([NIL_ID, MAX_ID, uuid(999)]), flags: postPendingTransfer },
      { flags: this.#random.below(1_024) & ~linked },
      { timeout: 1 + this.#random.below(3) },
      { timestamp: 1n },
      { ledger: this.#random.below(3) },
      { code: 0 },
      { flags: this.#random.pick([closingDebit, closingCredit]) },
      { amount: UNITS_MAX - BigInt(this.#random.below(50)), flags: this.#random.pick([0, pending]) },
      { amount: UNITS_MAX + 1n },
    ]);
  }

  #accountFault(): Partial<AccountEvent> {
    return this.#random.pick<Partial<AccountEvent>>([
      {},
      { id: this.#random.pick([NIL_ID, MAX_ID]) },
      { flags: this.#random.below(256) },
      { id: uuid(500), flags: 1 | this.#random.below(64) },
      { id: uuid(501), debitsPending: 1n },
      { id: uuid(502), creditsPosted: 1n },
      { id: uuid(503), ledger: 0 },
      { id: uuid(504), code: 0 },
      { ledger: 3 },
      { code: 2 },
      { userData128: uuid(9) },
      { userData64: 9n },
      { userData32: 99 },
      { timestamp: 1n },
      { reserved: 1 },
    ]);
  }

  #accountFlags(index: number): number {
    const { debitsMustNotExceedCredits, creditsMustNotExceedDebits } = AccountFlags;
    if (index < 2 || index === 3) return 0;
    return this.#random.pick([
      debitsMustNotExceedCredits,
      debitsMustNotExceedCredits,
      creditsMustNotExceedDebits,
      0,
    ]);
  }

  #amount(): bigint {
    return BigInt(this.#random.once(10) ? this.#random.below(2_000) : this.#random.below(60));
  }

  #ledger(accountId: Uuid): number {
    return this.#ledgerOf.get(accountId) ?? 1;
  }

  #newId(): Uuid {
    this.#nextId += 1;
    return uuid(this.#nextId);
  }
}
