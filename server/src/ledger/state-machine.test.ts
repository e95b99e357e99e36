import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  accountEvent,
  MemoryLedger,
  SECOND_NS,
  transferEvent,
  uuid,
} from '../../test/simulation/memory-ledger.ts';
import type { Uuid } from '../core/ids.ts';
import { UNITS_MAX } from '../core/money.ts';
import { type AccountEvent, AccountFlags } from './account.ts';
import {
  AccountResult,
  type AccountResultName,
  TRANSIENT_RESULTS,
  TransferResult,
  type TransferResultName,
  transferResultName,
} from './results.ts';
import { createTransfers } from './state-machine.ts';
import { MAX_ID, NIL_ID, type TransferEvent, TransferFlags } from './transfer.ts';

const { linked, pending, postPendingTransfer, voidPendingTransfer } = TransferFlags;
const { balancingDebit, balancingCredit, closingDebit, closingCredit, imported } = TransferFlags;
const UNKNOWN_FLAG = 512;
const TIMESTAMP_MAX = 2n ** 63n - 1n;

/**
 * Each of these tables begins with an event with everything wrong and repairs one fault per row. After each
 * repair the answer is the next fault in order of precedence, so every rule is seen to win over those after it.
 */
interface Repair<Name, Event> {
  readonly answer: Name;
  readonly repair: Partial<Event>;
}

describe('precedence of transfer results', () => {
  const chainRows: TransferResultName[] = ['linked_event_chain_open', 'linked_event_failed'];

  test('a chain cut off is said before a chain broken, and that before any fault of the event', () => {
    const ledger = world();
    const wrong = transferEvent(NIL_ID, NIL_ID, NIL_ID, { flags: linked | imported });
    assert.deepEqual(ledger.answers([wrong]), [chainRows[0]]);
    assert.deepEqual(ledger.answers([wrong, wrong, wrong]), [
      'imported_event_not_expected',
      ...chainRows.toReversed(),
    ]);
  });

  const plainRows: Repair<TransferResultName, TransferEvent>[] = [
    {
      answer: 'imported_event_not_expected',
      repair: {
        flags: imported | UNKNOWN_FLAG | pending,
        timestamp: 5n,
        id: NIL_ID,
        pendingId: uuid(99),
        timeout: 9,
        debitAccountId: NIL_ID,
        creditAccountId: NIL_ID,
        amount: UNITS_MAX,
        userData128: uuid(99),
        userData64: 99n,
        userData32: 99,
        ledger: 0,
        code: 0,
      },
    },
    { answer: 'timestamp_must_be_zero', repair: { flags: UNKNOWN_FLAG | pending } },
    { answer: 'reserved_flag', repair: { timestamp: 0n } },
    { answer: 'id_must_not_be_zero', repair: { flags: pending } },
    { answer: 'id_must_not_be_int_max', repair: { id: MAX_ID } },
    { answer: 'exists_with_different_flags', repair: { id: uuid(100) } },
    { answer: 'exists_with_different_pending_id', repair: { flags: 0 } },
    { answer: 'exists_with_different_timeout', repair: { pendingId: NIL_ID } },
    { answer: 'exists_with_different_debit_account_id', repair: { timeout: 0 } },
    { answer: 'exists_with_different_credit_account_id', repair: { debitAccountId: uuid(1) } },
    { answer: 'exists_with_different_amount', repair: { creditAccountId: uuid(2) } },
    { answer: 'exists_with_different_user_data_128', repair: { amount: 100n } },
    { answer: 'exists_with_different_user_data_64', repair: { userData128: uuid(7) } },
    { answer: 'exists_with_different_user_data_32', repair: { userData64: 8n } },
    { answer: 'exists_with_different_ledger', repair: { userData32: 9 } },
    { answer: 'exists_with_different_code', repair: { ledger: 1 } },
    { answer: 'exists', repair: { code: 1 } },
    {
      answer: 'id_already_failed',
      repair: {
        id: uuid(101),
        debitAccountId: NIL_ID,
        creditAccountId: NIL_ID,
        pendingId: uuid(99),
        timeout: 9,
        flags: closingDebit,
        ledger: 0,
        code: 0,
        amount: UNITS_MAX,
      },
    },
    { answer: 'debit_account_id_must_not_be_zero', repair: { id: uuid(102) } },
    { answer: 'debit_account_id_must_not_be_int_max', repair: { debitAccountId: MAX_ID } },
    { answer: 'credit_account_id_must_not_be_zero', repair: { debitAccountId: uuid(90) } },
    { answer: 'credit_account_id_must_not_be_int_max', repair: { creditAccountId: MAX_ID } },
    { answer: 'accounts_must_be_different', repair: { creditAccountId: uuid(90) } },
    { answer: 'pending_id_must_be_zero', repair: { creditAccountId: uuid(91) } },
    { answer: 'timeout_reserved_for_pending_transfer', repair: { pendingId: NIL_ID } },
    { answer: 'closing_transfer_must_be_pending', repair: { timeout: 0 } },
    { answer: 'ledger_must_not_be_zero', repair: { flags: pending, timeout: 2 ** 32 - 1 } },
    { answer: 'code_must_not_be_zero', repair: { ledger: 3 } },
    { answer: 'debit_account_not_found', repair: { code: 1 } },
    { answer: 'credit_account_not_found', repair: { debitAccountId: uuid(10) } },
    { answer: 'accounts_must_have_the_same_ledger', repair: { creditAccountId: uuid(20) } },
    { answer: 'transfer_must_have_the_same_ledger_as_accounts', repair: { creditAccountId: uuid(11) } },
    { answer: 'debit_account_already_closed', repair: { ledger: 1 } },
    { answer: 'credit_account_already_closed', repair: { debitAccountId: uuid(30) } },
    { answer: 'overflows_debits_pending', repair: { creditAccountId: uuid(31) } },
    { answer: 'overflows_credits_pending', repair: { debitAccountId: uuid(32) } },
    { answer: 'overflows_debits_posted', repair: { creditAccountId: uuid(33) } },
    { answer: 'overflows_credits_posted', repair: { debitAccountId: uuid(34) } },
    {
      answer: 'overflows_debits',
      repair: { debitAccountId: uuid(30), creditAccountId: uuid(31), amount: UNITS_MAX - 2n },
    },
    { answer: 'overflows_credits', repair: { debitAccountId: uuid(34) } },
    {
      answer: 'overflows_timeout',
      repair: { debitAccountId: uuid(2), creditAccountId: uuid(3), amount: 1_000n },
    },
    { answer: 'exceeds_credits', repair: { timeout: 60 } },
    { answer: 'exceeds_debits', repair: { debitAccountId: uuid(1) } },
    { answer: 'created', repair: { creditAccountId: uuid(2) } },
  ];

  test('a transfer repaired fault by fault is told each fault in turn', () => {
    const ledger = world();
    ledger.now = TIMESTAMP_MAX - 4_000_000_000n * SECOND_NS;
    follow(plainRows, transferEvent(NIL_ID, NIL_ID, NIL_ID), (event) => tell(ledger, event));
  });

  const resolvingRows: Repair<TransferResultName, TransferEvent>[] = [
    {
      answer: 'flags_are_mutually_exclusive',
      repair: {
        flags: postPendingTransfer | voidPendingTransfer,
        pendingId: NIL_ID,
        timeout: 9,
        debitAccountId: uuid(90),
        creditAccountId: uuid(91),
        ledger: 9,
        code: 9,
        amount: 101n,
      },
    },
    { answer: 'pending_id_must_not_be_zero', repair: { flags: voidPendingTransfer } },
    { answer: 'pending_id_must_not_be_int_max', repair: { pendingId: MAX_ID } },
    { answer: 'pending_id_must_be_different', repair: { id: uuid(200), pendingId: uuid(200) } },
    { answer: 'timeout_reserved_for_pending_transfer', repair: { pendingId: uuid(99) } },
    { answer: 'pending_transfer_not_found', repair: { timeout: 0 } },
    { answer: 'pending_transfer_not_pending', repair: { id: uuid(201), pendingId: uuid(100) } },
    { answer: 'pending_transfer_has_different_debit_account_id', repair: { pendingId: uuid(110) } },
    { answer: 'pending_transfer_has_different_credit_account_id', repair: { debitAccountId: uuid(1) } },
    { answer: 'pending_transfer_has_different_ledger', repair: { creditAccountId: uuid(4) } },
    { answer: 'pending_transfer_has_different_code', repair: { ledger: 1 } },
    { answer: 'exceeds_pending_transfer_amount', repair: { code: 1 } },
    { answer: 'pending_transfer_has_different_amount', repair: { amount: 99n } },
    { answer: 'pending_transfer_already_posted', repair: { amount: 100n } },
    { answer: 'pending_transfer_already_voided', repair: { pendingId: uuid(111) } },
    {
      answer: 'pending_transfer_expired',
      repair: { pendingId: uuid(112), creditAccountId: NIL_ID, debitAccountId: NIL_ID },
    },
    { answer: 'debit_account_already_closed', repair: { flags: postPendingTransfer, pendingId: uuid(113) } },
    { answer: 'credit_account_already_closed', repair: { id: uuid(202), pendingId: uuid(114) } },
    { answer: 'created', repair: { id: uuid(203), flags: voidPendingTransfer } },
  ];

  test('a void repaired fault by fault is told each fault in turn', () => {
    const ledger = world();
    follow(resolvingRows, transferEvent(uuid(199), NIL_ID, NIL_ID), (event) => tell(ledger, event));
  });

  test('a post excludes all that a new pending transfer may be', () => {
    const ledger = world();
    for (const other of [
      pending,
      voidPendingTransfer,
      balancingDebit,
      balancingCredit,
      closingDebit,
      closingCredit,
    ]) {
      const post = resolving(uuid(300 + other), uuid(110), { flags: postPendingTransfer | other });
      assert.equal(tell(ledger, post), 'flags_are_mutually_exclusive');
    }
  });

  test('the tables go down the list of results, and together they leave none out', () => {
    const rows = [chainRows, plainRows.map((row) => row.answer), resolvingRows.map((row) => row.answer)];
    const names = Object.keys(TransferResult) as TransferResultName[];
    for (const answers of rows) assertInOrder(answers, names);
    assert.deepEqual([...new Set(rows.flat())].sort(), [...names].sort());
  });
});

describe('precedence of account results', () => {
  const chainRows: AccountResultName[] = ['linked_event_chain_open', 'linked_event_failed'];

  test('a chain cut off is said before a chain broken, and that before any fault of the event', () => {
    const ledger = new MemoryLedger();
    const wrong = accountEvent(NIL_ID, { flags: AccountFlags.linked | AccountFlags.imported });
    assert.deepEqual(ledger.accountAnswers([wrong]), [chainRows[0]]);
    assert.deepEqual(ledger.accountAnswers([wrong, wrong, wrong]), [
      'imported_event_not_expected',
      ...chainRows.toReversed(),
    ]);
  });

  const limits = AccountFlags.debitsMustNotExceedCredits | AccountFlags.creditsMustNotExceedDebits;
  const rows: Repair<AccountResultName, AccountEvent>[] = [
    {
      answer: 'imported_event_not_expected',
      repair: {
        flags: AccountFlags.imported | 64 | limits,
        timestamp: 5n,
        reserved: 1,
        debitsPending: 1n,
        debitsPosted: 1n,
        creditsPending: 1n,
        creditsPosted: 1n,
        userData128: uuid(99),
        userData64: 99n,
        userData32: 99,
        ledger: 0,
        code: 0,
      },
    },
    { answer: 'timestamp_must_be_zero', repair: { flags: 64 | limits } },
    { answer: 'reserved_field', repair: { timestamp: 0n } },
    { answer: 'reserved_flag', repair: { reserved: 0 } },
    { answer: 'id_must_not_be_zero', repair: { flags: limits } },
    { answer: 'id_must_not_be_int_max', repair: { id: MAX_ID } },
    { answer: 'exists_with_different_flags', repair: { id: uuid(2) } },
    {
      answer: 'exists_with_different_user_data_128',
      repair: { flags: AccountFlags.debitsMustNotExceedCredits },
    },
    { answer: 'exists_with_different_user_data_64', repair: { userData128: NIL_ID } },
    { answer: 'exists_with_different_user_data_32', repair: { userData64: 0n } },
    { answer: 'exists_with_different_ledger', repair: { userData32: 0 } },
    { answer: 'exists_with_different_code', repair: { ledger: 1 } },
    { answer: 'exists', repair: { code: 1 } },
    { answer: 'flags_are_mutually_exclusive', repair: { id: uuid(99), flags: limits, ledger: 0, code: 0 } },
    { answer: 'debits_pending_must_be_zero', repair: { flags: 0 } },
    { answer: 'debits_posted_must_be_zero', repair: { debitsPending: 0n } },
    { answer: 'credits_pending_must_be_zero', repair: { debitsPosted: 0n } },
    { answer: 'credits_posted_must_be_zero', repair: { creditsPending: 0n } },
    { answer: 'ledger_must_not_be_zero', repair: { creditsPosted: 0n } },
    { answer: 'code_must_not_be_zero', repair: { ledger: 1 } },
    { answer: 'created', repair: { code: 1 } },
  ];

  test('an account repaired fault by fault is told each fault in turn', () => {
    const ledger = world();
    follow(rows, accountEvent(NIL_ID), (event) => ledger.accountAnswers([event])[0]);
  });

  test('the tables go down the list of results, and together they leave none out', () => {
    assert.deepEqual([...chainRows, ...rows.map((row) => row.answer)], Object.keys(AccountResult));
  });
});

describe('retries', () => {
  test('a chain that happened answers exists at its first event, with the first timestamp', () => {
    const ledger = world();
    const gift = [
      transferEvent(uuid(300), uuid(2), uuid(1), { flags: linked }),
      transferEvent(uuid(301), uuid(2), uuid(1)),
    ];
    const first = ledger.createTransfers(gift).results;
    const again = ledger.createTransfers(gift).results;
    assert.deepEqual(again[0], { result: TransferResult.exists, timestamp: first[0]?.timestamp });
    assert.equal(again[1]?.result, TransferResult.linked_event_failed);
    assert.equal(ledger.theAccount(uuid(2)).debitsPosted, 2n);
  });

  test('a transient refusal uses up the id, any other leaves it free', () => {
    const ledger = world();
    const tooMuch = transferEvent(uuid(300), uuid(2), uuid(1), { amount: 101n });
    const malformed = transferEvent(uuid(301), uuid(2), uuid(1), { code: 0 });
    assert.deepEqual(ledger.answers([tooMuch, malformed]), ['exceeds_credits', 'code_must_not_be_zero']);
    const corrected = [
      { ...tooMuch, amount: 1n },
      { ...malformed, code: 1 },
    ];
    assert.deepEqual(ledger.answers(corrected), ['id_already_failed', 'created']);
  });

  test('only the event at fault loses its id, and a chain undone does not give it back', () => {
    const ledger = world();
    const chain = [
      transferEvent(uuid(300), uuid(2), uuid(1), { flags: linked }),
      transferEvent(uuid(301), uuid(2), uuid(1), { amount: 101n, flags: linked }),
      transferEvent(uuid(302), uuid(2), uuid(1)),
    ];
    const effects = ledger.createTransfers(chain);
    assert.deepEqual(effects.failedIds, [uuid(301)]);
    assert.deepEqual(ledger.answers(chain), [
      'linked_event_failed',
      'id_already_failed',
      'linked_event_failed',
    ]);
    const alone = chain.map((event) => ({ ...event, amount: 1n, flags: 0 }));
    assert.deepEqual(ledger.answers(alone), ['created', 'id_already_failed', 'created']);
  });

  test('a post or void may leave out again what it inherited, or say it', () => {
    const ledger = world();
    const post = resolving(uuid(300), uuid(110), { amount: UNITS_MAX });
    assert.equal(tell(ledger, post), 'pending_transfer_already_posted');
    const said = resolving(uuid(120), uuid(110), {
      amount: 60n,
      ledger: 1,
      code: 1,
      debitAccountId: uuid(1),
    });
    assert.equal(tell(ledger, resolving(uuid(120), uuid(110), { amount: 60n })), 'exists');
    assert.equal(tell(ledger, said), 'exists');
    const rows: [Partial<TransferEvent>, TransferResultName][] = [
      [{ pendingId: uuid(111) }, 'exists_with_different_pending_id'],
      [{ timeout: 1 }, 'exists_with_different_timeout'],
      [{ debitAccountId: uuid(2) }, 'exists_with_different_debit_account_id'],
      [{ creditAccountId: uuid(1) }, 'exists_with_different_credit_account_id'],
      [{ amount: UNITS_MAX }, 'exists_with_different_amount'],
      [{ userData128: uuid(9) }, 'exists_with_different_user_data_128'],
      [{ userData64: 9n }, 'exists_with_different_user_data_64'],
      [{ userData32: 9 }, 'exists_with_different_user_data_32'],
      [{ ledger: 2 }, 'exists_with_different_ledger'],
      [{ code: 2 }, 'exists_with_different_code'],
    ];
    for (const [change, answer] of rows) assert.equal(tell(ledger, { ...said, ...change }), answer);
    assert.equal(
      tell(ledger, resolving(uuid(121), uuid(111), { flags: voidPendingTransfer, amount: 0n })),
      'exists',
    );
    assert.equal(
      tell(ledger, resolving(uuid(121), uuid(111), { flags: voidPendingTransfer, amount: 100n })),
      'exists',
    );
  });

  test('a balancing transfer exists for any maximum that allows what it moved', () => {
    const ledger = world();
    const sweep = transferEvent(uuid(300), uuid(2), uuid(1), { amount: UNITS_MAX, flags: balancingDebit });
    assert.equal(tell(ledger, sweep), 'created');
    assert.equal(ledger.theTransfer(uuid(300)).amount, 100n);
    assert.equal(tell(ledger, { ...sweep, amount: 100n }), 'exists');
    assert.equal(tell(ledger, { ...sweep, amount: 99n }), 'exists_with_different_amount');
  });
});

describe('effects', () => {
  test('the view is read, never written, and the same batch on it gives the same effects', () => {
    const ledger = world();
    const before = structuredClone([ledger.accounts, ledger.transfers, ledger.resolutions, ledger.failedIds]);
    const batch = [
      transferEvent(uuid(300), uuid(2), uuid(1), { flags: linked }),
      transferEvent(uuid(301), uuid(2), uuid(90)),
      transferEvent(uuid(302), uuid(2), uuid(1)),
    ];
    const first = createTransfers(ledger, batch, ledger.now);
    assert.deepEqual([ledger.accounts, ledger.transfers, ledger.resolutions, ledger.failedIds], before);
    assert.deepEqual(createTransfers(ledger, batch, ledger.now), first);
  });

  test('each created transfer shows both accounts just after it', () => {
    const ledger = world();
    const { now } = ledger;
    const { created, accounts } = ledger.createTransfers([
      transferEvent(uuid(300), uuid(1), uuid(2), { amount: 5n }),
      transferEvent(uuid(301), uuid(1), uuid(2), { amount: 0n, code: 0 }),
      transferEvent(uuid(302), uuid(1), uuid(2), { amount: 7n, flags: pending }),
    ]);
    const shown = created.map(({ transfer, creditAfter }) => [
      transfer.timestamp - now,
      creditAfter.creditsPosted,
      creditAfter.creditsPending,
    ]);
    assert.deepEqual(shown, [
      [0n, 105n, 0n],
      [2n, 105n, 7n],
    ]);
    assert.equal(accounts.get(uuid(2)), created[1]?.creditAfter);
    assert.equal(accounts.get(uuid(1)), created[1]?.debitAfter);
  });

  test('a chain undone leaves nothing: no account, no transfer, no resolution', () => {
    const ledger = world();
    assert.equal(tell(ledger, transferEvent(uuid(300), uuid(1), uuid(2), { flags: pending })), 'created');
    const effects = ledger.createTransfers([
      transferEvent(uuid(301), uuid(33), uuid(34), { flags: linked | pending | closingDebit }),
      resolving(uuid(302), uuid(300), { flags: linked | voidPendingTransfer, amount: 0n }),
      transferEvent(uuid(303), uuid(2), uuid(90)),
    ]);
    const answers = effects.results.map(({ result }) => transferResultName(result));
    assert.deepEqual(answers, ['linked_event_failed', 'linked_event_failed', 'credit_account_not_found']);
    assert.deepEqual([...effects.accounts], []);
    assert.deepEqual([...effects.resolutions], []);
    assert.deepEqual(effects.created, []);
    assert.equal(tell(ledger, resolving(uuid(302), uuid(300), { amount: UNITS_MAX })), 'created');
  });

  test('a refused chain gives back what earlier events of the batch had left, not what was there before', () => {
    const ledger = world();
    const effects = ledger.createTransfers([
      transferEvent(uuid(300), uuid(2), uuid(1), { amount: 10n }),
      transferEvent(uuid(301), uuid(2), uuid(1), { amount: 80n, flags: linked }),
      transferEvent(uuid(302), uuid(2), uuid(1), { amount: 80n }),
      transferEvent(uuid(303), uuid(2), uuid(1), { amount: 90n }),
    ]);
    const answers = effects.results.map(({ result }) => transferResultName(result));
    assert.deepEqual(answers, ['created', 'linked_event_failed', 'exceeds_credits', 'created']);
    assert.equal(effects.accounts.get(uuid(2))?.debitsPosted, 100n);
  });

  test('one id twice in a chain is a retry of its own first leg, and undoes both', () => {
    const ledger = world();
    const leg = transferEvent(uuid(300), uuid(2), uuid(1), { flags: linked });
    assert.deepEqual(ledger.answers([leg, leg, { ...leg, id: uuid(301), flags: 0 }]), [
      'linked_event_failed',
      'exists',
      'linked_event_failed',
    ]);
    assert.equal(tell(ledger, { ...leg, flags: 0 }), 'created');
  });

  test('an amount below zero is a mistake of the program', () => {
    const ledger = world();
    assert.throws(
      () => ledger.createTransfers([transferEvent(uuid(300), uuid(1), uuid(2), { amount: -1n })]),
      RangeError,
    );
  });
});

describe('expiry', () => {
  test('a pending transfer expires at its second, once, and not a nanosecond early', () => {
    const ledger = worldOnTime();
    const hold = transferEvent(uuid(300), uuid(2), uuid(1), { amount: 40n, flags: pending, timeout: 10 });
    const start = ledger.now;
    assert.equal(tell(ledger, hold), 'created');
    ledger.now = start + 10n * SECOND_NS - 1n;
    assert.deepEqual(ledger.expire().expired, []);
    ledger.now = start + 10n * SECOND_NS;
    const { expired, resolutions } = ledger.expire();
    assert.deepEqual(
      expired.map((it) => it.pending.id),
      [uuid(300)],
    );
    assert.deepEqual(expired[0]?.debitAfter, ledger.theAccount(uuid(2)));
    assert.deepEqual([...resolutions], [[uuid(300), 'expired']]);
    assert.equal(ledger.theAccount(uuid(2)).debitsPending, 0n);
    assert.deepEqual(ledger.expire().expired, []);
  });

  test('the last moment to post is the nanosecond before', () => {
    for (const [earlyNs, answer] of [
      [1n, 'created'],
      [0n, 'pending_transfer_expired'],
    ] as const) {
      const ledger = worldOnTime();
      const start = ledger.now;
      const hold = transferEvent(uuid(300), uuid(2), uuid(1), { flags: pending, timeout: 10 });
      assert.equal(tell(ledger, hold), 'created');
      ledger.now = start + 10n * SECOND_NS - earlyNs;
      assert.equal(tell(ledger, resolving(uuid(301), uuid(300), { amount: UNITS_MAX })), answer);
    }
  });

  test('what was posted or voided in time is passed over', () => {
    const ledger = worldOnTime();
    const holds = [300, 301].map((id) =>
      transferEvent(uuid(id), uuid(2), uuid(1), { amount: 40n, flags: pending, timeout: 10 }),
    );
    ledger.createTransfers(holds);
    ledger.answers([
      resolving(uuid(310), uuid(300), { amount: 30n }),
      resolving(uuid(311), uuid(301), { flags: voidPendingTransfer, amount: 0n }),
    ]);
    const before = ledger.theAccount(uuid(2));
    ledger.now += 3_600n * SECOND_NS;
    assert.deepEqual(ledger.expire().expired, []);
    assert.deepEqual(ledger.theAccount(uuid(2)), before);
  });

  test('an account opens again when the pending transfer that closed it expires', () => {
    const ledger = worldOnTime();
    const close = transferEvent(uuid(300), uuid(2), uuid(3), {
      amount: 0n,
      flags: pending | closingDebit | closingCredit,
      timeout: 10,
    });
    assert.equal(tell(ledger, close), 'created');
    assert.equal(tell(ledger, transferEvent(uuid(301), uuid(1), uuid(2))), 'credit_account_already_closed');
    ledger.now += 10n * SECOND_NS;
    ledger.expire();
    assert.equal(ledger.theAccount(uuid(2)).flags, AccountFlags.debitsMustNotExceedCredits);
    assert.equal(ledger.theAccount(uuid(3)).flags, AccountFlags.creditsMustNotExceedDebits);
    assert.equal(tell(ledger, transferEvent(uuid(302), uuid(1), uuid(2))), 'created');
  });
});

/** The world after everything overdue has expired. */
function worldOnTime(): MemoryLedger {
  const ledger = world();
  ledger.expire();
  return ledger;
}

/** The accounts and transfers that the tables speak of. */
function world(): MemoryLedger {
  const ledger = new MemoryLedger();
  const { debitsMustNotExceedCredits, creditsMustNotExceedDebits, closed } = AccountFlags;
  const accounts: [number, Partial<AccountEvent>][] = [
    [1, {}],
    [2, { flags: debitsMustNotExceedCredits }], // holds 100
    [3, { flags: creditsMustNotExceedDebits }], // may not receive anything
    [4, {}],
    [10, { flags: closed }],
    [11, { flags: closed }],
    [20, { ledger: 2 }],
    [30, {}],
    [31, {}],
    [32, {}],
    [33, {}],
    [34, {}],
    [35, {}],
    [40, {}],
    [41, {}],
  ];
  const opened = ledger.accountAnswers(accounts.map(([id, fields]) => accountEvent(uuid(id), fields)));
  assert.ok(opened.every((answer) => answer === 'created'));

  const transfers = [
    transferEvent(uuid(100), uuid(1), uuid(2), {
      amount: 100n,
      userData128: uuid(7),
      userData64: 8n,
      userData32: 9,
    }),
    // 30 has debits, posted and pending, and 31 credits; 32 and 33 have posted ones only.
    transferEvent(uuid(103), uuid(30), uuid(31), { amount: 2n }),
    transferEvent(uuid(104), uuid(30), uuid(31), { amount: 2n, flags: pending }),
    transferEvent(uuid(105), uuid(32), uuid(33), { amount: 2n }),
    transferEvent(uuid(110), uuid(1), uuid(4), { amount: 100n, flags: pending }),
    transferEvent(uuid(111), uuid(1), uuid(4), { amount: 100n, flags: pending }),
    transferEvent(uuid(112), uuid(1), uuid(4), { amount: 100n, flags: pending, timeout: 1 }),
    transferEvent(uuid(113), uuid(40), uuid(41), { amount: 100n, flags: pending }),
    transferEvent(uuid(114), uuid(35), uuid(41), { amount: 100n, flags: pending }),
    transferEvent(uuid(115), uuid(40), uuid(41), {
      amount: 0n,
      flags: pending | closingDebit | closingCredit,
    }),
    resolving(uuid(120), uuid(110), { amount: 60n }),
    resolving(uuid(121), uuid(111), { flags: voidPendingTransfer, amount: 0n }),
  ];
  const moved = ledger.answers(transfers);
  assert.ok(
    moved.every((answer) => answer === 'created'),
    moved.join(),
  );
  assert.equal(
    tell(ledger, transferEvent(uuid(101), uuid(2), uuid(1), { amount: 1_000n })),
    'exceeds_credits',
  );
  ledger.now += SECOND_NS;
  return ledger;
}

function resolving(id: Uuid, pendingId: Uuid, fields: Partial<TransferEvent>): TransferEvent {
  return transferEvent(id, NIL_ID, NIL_ID, {
    pendingId,
    flags: postPendingTransfer,
    ledger: 0,
    code: 0,
    ...fields,
  });
}

function tell(ledger: MemoryLedger, event: TransferEvent): TransferResultName | undefined {
  return ledger.answers([event])[0];
}

/** Sends the event after each repair. An id that a refusal has used up is replaced by the next free one. */
function follow<Name extends string, Event extends { readonly id: Uuid }>(
  rows: readonly Repair<Name, Event>[],
  start: Event,
  send: (event: Event) => Name | undefined,
): void {
  let event = start;
  let nextId = 1_000;
  for (const { answer, repair } of rows) {
    event = { ...event, ...repair };
    assert.equal(send(event), answer);
    if (isTransient(answer)) {
      event = { ...event, id: uuid(nextId) };
      nextId += 1;
    }
  }
}

function isTransient(answer: string): boolean {
  return [...TRANSIENT_RESULTS].some((result) => transferResultName(result) === answer);
}

function assertInOrder<Name>(answers: readonly Name[], names: readonly Name[]): void {
  const places = answers.map((answer) => names.indexOf(answer));
  assert.ok(
    places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0)),
    answers.join(),
  );
}
