import { defineRefusal } from '../core/refusal.ts';

export const WITHDRAWALS_ON_HOLD = defineRefusal({
  code: 'withdrawals_on_hold',
  status: 403,
  sentence: 'One of your withdrawals is on hold: {reason}',
  remedy: 'You will know by {until} at the latest; nothing is lost meanwhile.',
});

export const FIRST_WITHDRAWAL_WAITS = defineRefusal({
  code: 'first_withdrawal_waits',
  status: 409,
  sentence: 'Your first withdrawal is still on its way; until it has arrived it is one at a time.',
  remedy: 'Wait until it has arrived, or cancel it and ask anew.',
});

export const PAYOUT_IDENTITY_NEEDED = defineRefusal({
  code: 'payout_identity_needed',
  status: 403,
  sentence: 'Somebody must have checked who you are before you withdraw.',
  remedy: 'Show your papers in the studio.',
});

export const PAYOUT_NAME_DIFFERS = defineRefusal({
  code: 'payout_name_differs',
  status: 409,
  sentence: 'The account is in the name of {holder}, and your papers say {legalName}.',
  remedy: 'Give an account of your own, or write the holder as it stands on your papers.',
});

export const PAYOUT_ACCOUNT_BOUNCED = defineRefusal({
  code: 'payout_account_bounced',
  status: 409,
  sentence: 'Money to {account} came back: {words}.',
  remedy:
    'Change the account. If your bank has put it right meanwhile, give it again as it is: then we try it anew.',
});

export const PAYOUT_CHANGES_TOO_MANY = defineRefusal({
  code: 'payout_changes_too_many',
  status: 429,
  sentence: 'You have given or changed an account {most} times within a day, which is the most.',
  remedy: 'Try again tomorrow.',
});

export const QUOTES_TOO_MANY = defineRefusal({
  code: 'quotes_too_many',
  status: 429,
  sentence: 'You have asked for {most} prices within an hour, which is the most.',
  remedy: 'Use the price that you have, or wait a while.',
});

export const PAYOUT_ACCOUNT_MISSING = defineRefusal({
  code: 'payout_account_missing',
  status: 409,
  sentence: 'You have not said yet where your money should go.',
  remedy: 'Add a bank account.',
});

export const PAYOUT_SETUP_NEEDED = defineRefusal({
  code: 'payout_setup_needed',
  status: 409,
  sentence: '{provider} does not pay to your account yet: {missing}.',
  remedy: 'Go on with the set-up there.',
});

export const PAYOUT_PROVIDER_AWAY = defineRefusal({
  code: 'payout_provider_away',
  status: 503,
  sentence: 'The provider that would pay you does not answer now.',
  remedy: 'Nothing has happened. Try again in a minute.',
});

export const PAYOUT_BY_PROVIDER = defineRefusal({
  code: 'payout_by_provider',
  status: 409,
  sentence: 'A provider pays this withdrawal, and only what the provider says moves it on.',
  remedy: 'Look at it there; what changes there is found here by itself.',
});

export const PAYOUT_PROVIDER_SILENT = defineRefusal({
  code: 'payout_provider_silent',
  status: 503,
  sentence: 'The provider of this payment does not say now what became of it.',
  remedy: 'Nothing was changed. Try again in some minutes.',
});

export const PAYOUT_SETTLES_ITSELF = defineRefusal({
  code: 'payout_settles_itself',
  status: 409,
  sentence: 'The provider says “{said}” now, and that is booked by itself.',
  remedy: 'Look at it again in a minute.',
});

export const PAYOUT_NUMBER_NEEDED = defineRefusal({
  code: 'payout_number_needed',
  status: 422,
  sentence: 'Nobody said under which number the provider has this payment.',
  remedy: 'Find it in the provider’s activity and give its number.',
});

export const PAYOUT_NUMBER_WRONG = defineRefusal({
  code: 'payout_number_wrong',
  status: 409,
  sentence: 'The number {number} is not of this payment: {why}.',
  remedy: 'Look it up in the provider’s activity, and give the number of this one.',
});

export const PAYOUT_STILL_MOVES = defineRefusal({
  code: 'payout_still_moves',
  status: 409,
  sentence: 'The provider says “{said}” now: some of it may be stopped there, or has not arrived.',
  remedy: 'Cancel there what was not sent, and decide when the rest has arrived.',
});

export const PAYOUT_BACK_WRONG = defineRefusal({
  code: 'payout_back_wrong',
  status: 422,
  sentence: '“{back}” cannot be what came back of {paid}.',
  remedy: 'Give more than nothing and at most all of it, in the currency that was paid.',
});

export const PAYOUT_SAYS_OTHERWISE = defineRefusal({
  code: 'payout_says_otherwise',
  status: 409,
  sentence: 'The provider says “{said}” now, which is not what this was to be decided of.',
  remedy: 'Look at what it says, and ask anew.',
});

export const COIN_PRICE_MISSING = defineRefusal({
  code: 'coin_price_missing',
  status: 503,
  sentence: 'What a bitcoin costs cannot be asked now.',
  remedy: 'Nothing has happened. Try again in a minute, or choose another account.',
});

export const PAYOUT_METHOD_UNAVAILABLE = defineRefusal({
  code: 'payout_method_unavailable',
  status: 409,
  sentence: 'This site does not pay by {method} to {country} now.',
  remedy: 'Choose another way to be paid.',
});

export const PAYOUT_ACCOUNT_TOO_NEW = defineRefusal({
  code: 'payout_account_too_new',
  status: 409,
  sentence: 'This account is new or was changed; it can be used from {usableFrom} on.',
  remedy: 'Wait until then, or use another account. It gives you time to notice a change that was not yours.',
});

export const WITHDRAWAL_TOO_SMALL = defineRefusal({
  code: 'withdrawal_too_small',
  status: 422,
  sentence: 'The least that can be withdrawn is {least}.',
  remedy: 'Withdraw more, or wait until more is available.',
});

export const INSUFFICIENT_DIAMONDS = defineRefusal({
  code: 'insufficient_diamonds',
  status: 402,
  sentence: 'You want to withdraw {needed} and have {have} available.',
  remedy: 'Withdraw less, or wait until pending Diamonds become available.',
});

export const WITHDRAWAL_OVER_DAY_CAP = defineRefusal({
  code: 'withdrawal_over_day_cap',
  status: 409,
  sentence: 'Within 24 hours at most {cap} can be withdrawn; {left} of it are left to you.',
  remedy: 'Withdraw less now, and the rest later.',
});

export const WITHDRAWAL_OVER_METHOD_CAP = defineRefusal({
  code: 'withdrawal_over_method_cap',
  status: 409,
  sentence: 'This way of payment takes at most {cap} within 24 hours; {left} of it are left to you.',
  remedy: 'Withdraw less now, or choose another account.',
});

export const WITHDRAWAL_OVER_WEEK_CAP = defineRefusal({
  code: 'withdrawal_over_week_cap',
  status: 409,
  sentence: 'Within seven days at most {cap} can be withdrawn; {left} of it are left to you.',
  remedy: 'Withdraw less now, and the rest later.',
});

export const NOTHING_LEFT_AFTER_FEE = defineRefusal({
  code: 'nothing_left_after_fee',
  status: 422,
  sentence: 'Of {gross}, nothing is left after the fee of {fee}.',
  remedy: 'Withdraw more.',
});

export const QUOTE_EXPIRED = defineRefusal({
  code: 'quote_expired',
  status: 409,
  sentence: 'This price was held until {until}.',
  remedy: 'Get a new quote; your amount is kept.',
});

export const QUOTE_USED = defineRefusal({
  code: 'quote_used',
  status: 409,
  sentence: 'A withdrawal was asked for with this quote before.',
  remedy: 'Look at your withdrawals, or get a new quote.',
});

export const PAYOUT_ACCOUNT_CHANGED = defineRefusal({
  code: 'payout_account_changed',
  status: 409,
  sentence: 'This account was changed or removed since.',
  remedy: 'Look at your accounts again, and get a new quote.',
});

export const PAYOUT_ACCOUNT_INVALID = defineRefusal({
  code: 'payout_account_invalid',
  status: 422,
  sentence: 'The {what} {rule}.',
  remedy: 'Compare it with what your bank or your wallet shows, and correct it.',
});

export const TOO_MANY_PAYOUT_ACCOUNTS = defineRefusal({
  code: 'too_many_payout_accounts',
  status: 409,
  sentence: 'You have {most} accounts, which is the most.',
  remedy: 'Remove one first.',
});

export const WITHDRAWAL_MOVED_ON = defineRefusal({
  code: 'withdrawal_moved_on',
  status: 409,
  sentence: 'This withdrawal is {state} now.',
  remedy: 'Look at it again: somebody was faster.',
});

export const SECOND_OPERATOR_NEEDED = defineRefusal({
  code: 'second_operator_needed',
  status: 409,
  sentence:
    'From {from} on a second operator must approve; what one creator gets within seven days is added up ({before} before this).',
  remedy: 'Ask for approval; somebody else decides.',
});

export const PAYEE_FROZEN = defineRefusal({
  code: 'payee_frozen',
  status: 409,
  sentence: 'The account of this creator is frozen, so nothing is paid to them: {reason}',
  remedy: 'It goes on when the freeze ends or is lifted.',
});

export const RETURN_TAKES_TWO = defineRefusal({
  code: 'return_takes_two',
  status: 409,
  sentence:
    'This was sent. From {from} on two operators say together that it came back; what one creator gets back within seven days is added up.',
  remedy: 'Ask for approval; somebody else decides.',
});

export const FAILURE_TAKES_TWO = defineRefusal({
  code: 'failure_takes_two',
  status: 409,
  sentence:
    'This was released to be paid by hand. From {from} on two operators say together that it is not paid; what one creator gets back within seven days is added up.',
  remedy: 'Ask for approval; somebody else decides.',
});

export const NO_PAYMENTS_TO_SEND = defineRefusal({
  code: 'no_payments_to_send',
  status: 409,
  sentence: 'No released withdrawal waits for a file of this kind.',
  remedy: 'Release some first.',
});

export const WITHDRAWAL_IN_FILE = defineRefusal({
  code: 'withdrawal_in_file',
  status: 409,
  sentence: 'This withdrawal is in a file for the bank, which would pay it all the same.',
  remedy: 'Withdraw the whole file while nobody has taken it; what was in it can then be stopped.',
});

export const PAYOUT_FILE_WITHDRAWN = defineRefusal({
  code: 'payout_file_withdrawn',
  status: 409,
  sentence: 'This file was withdrawn: it must not reach the bank.',
  remedy: 'Make another one of what is released.',
});

export const PAYOUT_FILE_TAKEN = defineRefusal({
  code: 'payout_file_taken',
  status: 409,
  sentence: 'Somebody has taken this file, so the bank may have it.',
  remedy: 'Say that it is at the bank; what is not to be paid, the bank sends back.',
});

export const PAYOUT_FILE_NOT_WHOLE = defineRefusal({
  code: 'payout_file_not_whole',
  status: 409,
  sentence: 'The payment {reference} of this file is {state} now.',
  remedy: 'Withdraw the file and make another one.',
});

export const PAYOUT_FILE_FROZEN = defineRefusal({
  code: 'payout_file_frozen',
  status: 409,
  sentence: 'The payment {reference} of this file is for somebody whose account is frozen.',
  remedy: 'Withdraw the file and make another one; theirs waits until the freeze ends.',
});

export const PAYOUT_SENDER_MISSING = defineRefusal({
  code: 'payout_sender_missing',
  status: 409,
  sentence: 'This server does not know from which account of yours to pay.',
  remedy: 'Set {settings} and restart.',
});

export const PAYOUT_NOT_UNCLAIMED = defineRefusal({
  code: 'payout_not_unclaimed',
  status: 409,
  sentence: 'This payment does not wait to be accepted, so {provider} does not give it back.',
  remedy: 'Look at where it is now: only what nobody has accepted yet can be taken back.',
});

export const HOUSE_SHORT_OF_CASH = defineRefusal({
  code: 'house_short_of_cash',
  status: 409,
  sentence: 'By the books the house holds less money than this payment needs.',
  remedy: 'It is tried again by itself, as soon as fans have paid enough in.',
});

export const WITHDRAWAL_IS_YOUR_OWN = defineRefusal({
  code: 'withdrawal_is_your_own',
  status: 403,
  sentence: 'This withdrawal is your own, so another operator decides about it.',
  remedy: 'Ask a colleague to look at it.',
});
