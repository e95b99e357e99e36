/**
 * What the ledger answers to each event: one result, the first that applies.
 *
 * Names and numbers are TigerBeetle's (`CreateTransferStatus`, `CreateAccountStatus`), so that the two can be
 * compared answer by answer. The order is the order of precedence: an event that breaks two rules is told the
 * earlier one, and `created` is what is left when none applies. The checks in `create-transfer.ts`,
 * `post-or-void.ts`, `retry.ts` and `create-account.ts`, the table in `docs/ledger-results.md` and the tests
 * keep this order.
 *
 * Events with their own timestamp (TigerBeetle's `imported`) are not taken, so of the results about them only
 * `imported_event_not_expected` is here.
 */
export const TransferResult = {
  linked_event_chain_open: 2,
  linked_event_failed: 1,
  imported_event_not_expected: 57,
  timestamp_must_be_zero: 3,
  reserved_flag: 4,
  id_must_not_be_zero: 5,
  id_must_not_be_int_max: 6,
  exists_with_different_flags: 36,
  exists_with_different_pending_id: 40,
  exists_with_different_timeout: 44,
  exists_with_different_debit_account_id: 37,
  exists_with_different_credit_account_id: 38,
  exists_with_different_amount: 39,
  exists_with_different_user_data_128: 41,
  exists_with_different_user_data_64: 42,
  exists_with_different_user_data_32: 43,
  exists_with_different_ledger: 67,
  exists_with_different_code: 45,
  exists: 46,
  id_already_failed: 68,
  flags_are_mutually_exclusive: 7,
  debit_account_id_must_not_be_zero: 8,
  debit_account_id_must_not_be_int_max: 9,
  credit_account_id_must_not_be_zero: 10,
  credit_account_id_must_not_be_int_max: 11,
  accounts_must_be_different: 12,
  pending_id_must_be_zero: 13,
  pending_id_must_not_be_zero: 14,
  pending_id_must_not_be_int_max: 15,
  pending_id_must_be_different: 16,
  timeout_reserved_for_pending_transfer: 17,
  closing_transfer_must_be_pending: 64,
  ledger_must_not_be_zero: 19,
  code_must_not_be_zero: 20,
  debit_account_not_found: 21,
  credit_account_not_found: 22,
  accounts_must_have_the_same_ledger: 23,
  transfer_must_have_the_same_ledger_as_accounts: 24,
  pending_transfer_not_found: 25,
  pending_transfer_not_pending: 26,
  pending_transfer_has_different_debit_account_id: 27,
  pending_transfer_has_different_credit_account_id: 28,
  pending_transfer_has_different_ledger: 29,
  pending_transfer_has_different_code: 30,
  exceeds_pending_transfer_amount: 31,
  pending_transfer_has_different_amount: 32,
  pending_transfer_already_posted: 33,
  pending_transfer_already_voided: 34,
  pending_transfer_expired: 35,
  debit_account_already_closed: 65,
  credit_account_already_closed: 66,
  overflows_debits_pending: 47,
  overflows_credits_pending: 48,
  overflows_debits_posted: 49,
  overflows_credits_posted: 50,
  overflows_debits: 51,
  overflows_credits: 52,
  overflows_timeout: 53,
  exceeds_credits: 54,
  exceeds_debits: 55,
  created: 4_294_967_295,
} as const;

export type TransferResultName = keyof typeof TransferResult;
export type TransferResult = (typeof TransferResult)[TransferResultName];

/**
 * Results that depend on the moment: the same event could succeed a second later. They use up the event's id
 * (a retry is told `id_already_failed`), so that a transfer refused once can never happen behind the back of
 * whoever read the refusal. All other refusals leave the id free.
 */
export const TRANSIENT_RESULTS: ReadonlySet<TransferResult> = new Set([
  TransferResult.debit_account_not_found,
  TransferResult.credit_account_not_found,
  TransferResult.pending_transfer_not_found,
  TransferResult.debit_account_already_closed,
  TransferResult.credit_account_already_closed,
  TransferResult.exceeds_credits,
  TransferResult.exceeds_debits,
]);

/** What each transfer result means, in a sentence for a person. */
export const TRANSFER_RESULT_SENTENCES: Readonly<Record<TransferResultName, string>> = {
  linked_event_chain_open: 'The last transfer of the request says that another linked one follows.',
  linked_event_failed: 'Another transfer of the same chain was refused, so none of the chain happened.',
  imported_event_not_expected: 'Transfers that bring their own timestamp are not taken.',
  timestamp_must_be_zero: 'The timestamp is given by the ledger and must be left out.',
  reserved_flag: 'A flag is set that has no meaning.',
  id_must_not_be_zero: 'The id must not be the nil UUID.',
  id_must_not_be_int_max: 'The id must not be the largest UUID.',
  exists_with_different_flags: 'A transfer with this id exists, with other flags.',
  exists_with_different_pending_id: 'A transfer with this id exists, for another pending transfer.',
  exists_with_different_timeout: 'A transfer with this id exists, with another timeout.',
  exists_with_different_debit_account_id: 'A transfer with this id exists, from another account.',
  exists_with_different_credit_account_id: 'A transfer with this id exists, to another account.',
  exists_with_different_amount: 'A transfer with this id exists, with another amount.',
  exists_with_different_user_data_128: 'A transfer with this id exists, with another 128-bit reference.',
  exists_with_different_user_data_64: 'A transfer with this id exists, with another 64-bit reference.',
  exists_with_different_user_data_32: 'A transfer with this id exists, with another 32-bit reference.',
  exists_with_different_ledger: 'A transfer with this id exists, in another asset.',
  exists_with_different_code: 'A transfer with this id exists, with another code.',
  exists: 'This very transfer has already happened, once.',
  id_already_failed: 'A transfer with this id was refused before; a new attempt needs a new id.',
  flags_are_mutually_exclusive: 'Two flags are set that exclude each other.',
  debit_account_id_must_not_be_zero: 'The account to debit must not be the nil UUID.',
  debit_account_id_must_not_be_int_max: 'The account to debit must not be the largest UUID.',
  credit_account_id_must_not_be_zero: 'The account to credit must not be the nil UUID.',
  credit_account_id_must_not_be_int_max: 'The account to credit must not be the largest UUID.',
  accounts_must_be_different: 'An account cannot pay itself.',
  pending_id_must_be_zero: 'Only a transfer that posts or voids may name a pending transfer.',
  pending_id_must_not_be_zero: 'A transfer that posts or voids must name its pending transfer.',
  pending_id_must_not_be_int_max: 'The pending transfer must not be the largest UUID.',
  pending_id_must_be_different: 'A transfer cannot post or void itself.',
  timeout_reserved_for_pending_transfer: 'Only a pending transfer can have a timeout.',
  closing_transfer_must_be_pending: 'Only a pending transfer can close an account.',
  ledger_must_not_be_zero: 'The asset is missing.',
  code_must_not_be_zero: 'The code is missing.',
  debit_account_not_found: 'The account to debit does not exist.',
  credit_account_not_found: 'The account to credit does not exist.',
  accounts_must_have_the_same_ledger: 'The two accounts hold different assets.',
  transfer_must_have_the_same_ledger_as_accounts: 'The accounts hold another asset than the transfer moves.',
  pending_transfer_not_found: 'The pending transfer does not exist.',
  pending_transfer_not_pending: 'The transfer to post or void is not a pending one.',
  pending_transfer_has_different_debit_account_id: 'The pending transfer debits another account.',
  pending_transfer_has_different_credit_account_id: 'The pending transfer credits another account.',
  pending_transfer_has_different_ledger: 'The pending transfer moves another asset.',
  pending_transfer_has_different_code: 'The pending transfer has another code.',
  exceeds_pending_transfer_amount: 'The amount is more than the pending transfer reserved.',
  pending_transfer_has_different_amount: 'A pending transfer can only be voided as a whole.',
  pending_transfer_already_posted: 'The pending transfer was already posted.',
  pending_transfer_already_voided: 'The pending transfer was already voided.',
  pending_transfer_expired: 'The pending transfer ran out of time.',
  debit_account_already_closed: 'The account to debit is closed.',
  credit_account_already_closed: 'The account to credit is closed.',
  overflows_debits_pending: 'The pending debits of the account would be more than the ledger can count.',
  overflows_credits_pending: 'The pending credits of the account would be more than the ledger can count.',
  overflows_debits_posted: 'The debits of the account would be more than the ledger can count.',
  overflows_credits_posted: 'The credits of the account would be more than the ledger can count.',
  overflows_debits: 'Posted and pending debits together would be more than the ledger can count.',
  overflows_credits: 'Posted and pending credits together would be more than the ledger can count.',
  overflows_timeout: 'The timeout ends later than the ledger can tell the time.',
  exceeds_credits: 'The account to debit does not hold that much.',
  exceeds_debits: 'The account to credit may not receive that much.',
  created: 'The transfer happened.',
};

/** See `TransferResult`: the same order, the same rules. */
export const AccountResult = {
  linked_event_chain_open: 2,
  linked_event_failed: 1,
  imported_event_not_expected: 23,
  timestamp_must_be_zero: 3,
  reserved_field: 4,
  reserved_flag: 5,
  id_must_not_be_zero: 6,
  id_must_not_be_int_max: 7,
  exists_with_different_flags: 15,
  exists_with_different_user_data_128: 16,
  exists_with_different_user_data_64: 17,
  exists_with_different_user_data_32: 18,
  exists_with_different_ledger: 19,
  exists_with_different_code: 20,
  exists: 21,
  flags_are_mutually_exclusive: 8,
  debits_pending_must_be_zero: 9,
  debits_posted_must_be_zero: 10,
  credits_pending_must_be_zero: 11,
  credits_posted_must_be_zero: 12,
  ledger_must_not_be_zero: 13,
  code_must_not_be_zero: 14,
  created: 4_294_967_295,
} as const;

export type AccountResultName = keyof typeof AccountResult;
export type AccountResult = (typeof AccountResult)[AccountResultName];

/** What each account result means, in a sentence for a person. */
export const ACCOUNT_RESULT_SENTENCES: Readonly<Record<AccountResultName, string>> = {
  linked_event_chain_open: 'The last account of the request says that another linked one follows.',
  linked_event_failed: 'Another account of the same chain was refused, so none of the chain was opened.',
  imported_event_not_expected: 'Accounts that bring their own timestamp are not taken.',
  timestamp_must_be_zero: 'The timestamp is given by the ledger and must be left out.',
  reserved_field: 'The reserved field must be left out.',
  reserved_flag: 'A flag is set that has no meaning.',
  id_must_not_be_zero: 'The id must not be the nil UUID.',
  id_must_not_be_int_max: 'The id must not be the largest UUID.',
  exists_with_different_flags: 'An account with this id exists, with other flags.',
  exists_with_different_user_data_128: 'An account with this id exists, with another 128-bit reference.',
  exists_with_different_user_data_64: 'An account with this id exists, with another 64-bit reference.',
  exists_with_different_user_data_32: 'An account with this id exists, with another 32-bit reference.',
  exists_with_different_ledger: 'An account with this id exists, for another asset.',
  exists_with_different_code: 'An account with this id exists, with another code.',
  exists: 'This very account is already open.',
  flags_are_mutually_exclusive: 'An account cannot be limited on both sides.',
  debits_pending_must_be_zero: 'A new account starts without pending debits.',
  debits_posted_must_be_zero: 'A new account starts without debits.',
  credits_pending_must_be_zero: 'A new account starts without pending credits.',
  credits_posted_must_be_zero: 'A new account starts without credits.',
  ledger_must_not_be_zero: 'The asset is missing.',
  code_must_not_be_zero: 'The code is missing.',
  created: 'The account is open.',
};

/** `46` → `'exists'`. */
export function transferResultName(result: TransferResult): TransferResultName {
  return nameOf(transferNames, result);
}

/** `21` → `'exists'`. */
export function accountResultName(result: AccountResult): AccountResultName {
  return nameOf(accountNames, result);
}

const transferNames = namesByNumber(TransferResult);
const accountNames = namesByNumber(AccountResult);

function namesByNumber<Name extends string>(results: Readonly<Record<Name, number>>): Map<number, Name> {
  return new Map((Object.keys(results) as Name[]).map((name) => [results[name], name]));
}

function nameOf<Name extends string>(names: ReadonlyMap<number, Name>, result: number): Name {
  const name = names.get(result);
  if (name === undefined) throw new RangeError(`not a result of the ledger: ${result}`);
  return name;
}
