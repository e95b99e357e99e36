import { defineRefusal } from '../core/refusal.ts';

// In the order in which a refund is judged.

export const ORDER_NOT_PAID = defineRefusal({
  code: 'order_not_paid',
  status: 409,
  sentence: 'This order was not paid, so there is nothing to give back.',
  remedy: 'If money was taken, the order shows it within minutes. Else ask support.',
});

export const ORDER_IS_DISPUTED = defineRefusal({
  code: 'order_is_disputed',
  status: 409,
  sentence: 'This payment is disputed with the bank, which decides about the money.',
  remedy: 'Wait for the bank. If you want the money back another way, withdraw the dispute there first.',
});

export const REFUND_UNDER_WAY = defineRefusal({
  code: 'refund_under_way',
  status: 409,
  sentence: 'A refund of this order is on its way.',
  remedy: 'Wait until it has arrived or failed; the order shows it.',
});

export const NOTHING_UNSPENT = defineRefusal({
  code: 'nothing_unspent',
  status: 409,
  sentence: 'None of the {ware} of this order are unspent.',
  remedy: 'What was spent is a gift or a purchase: ask support if something went wrong with it.',
});

export const REFUND_NEEDS_A_HAND = defineRefusal({
  code: 'refund_needs_a_hand',
  status: 409,
  sentence: 'This payment cannot be sent back the way it came.',
  remedy: 'Ask support: they pay it back by hand, to an address that you name.',
});

export const REFUND_OF_PLAY_MONEY = defineRefusal({
  code: 'refund_of_play_money',
  status: 409,
  sentence: 'This was paid with play money while the site was tried out, so no money can go back for it.',
  remedy: 'Nothing needs to be done: nobody lost any money.',
});

export const REFUND_TOO_LATE = defineRefusal({
  code: 'refund_too_late',
  status: 409,
  sentence: 'You could give this back yourself for {days} days after paying.',
  remedy: 'Ask support: they can still refund it.',
});

export const REFUND_MORE_THAN_UNSPENT = defineRefusal({
  code: 'refund_more_than_unspent',
  status: 409,
  sentence: 'Only {unspent} of this order are unspent, not {asked}.',
  remedy: 'Refund at most what is unspent.',
});

export const REFUND_CHANGED = defineRefusal({
  code: 'refund_changed',
  status: 409,
  sentence: 'It would be {cents} now, not {shown}. Nothing was done.',
  remedy: 'Look at the new amount and confirm again.',
});

export const REFUND_TOO_SMALL = defineRefusal({
  code: 'refund_too_small',
  status: 422,
  sentence: 'So little of this order is worth less than a cent, and that was given back before.',
  remedy: 'Refund more at once.',
});

export const REFUND_IS_YOUR_OWN = defineRefusal({
  code: 'refund_is_your_own',
  status: 403,
  sentence: 'This is about your own money, so another operator does it.',
  remedy: 'Ask a colleague.',
});

export const REFUND_MOVED_ON = defineRefusal({
  code: 'refund_moved_on',
  status: 409,
  sentence: 'This refund is {state} now.',
  remedy: 'Look at it again.',
});

export const REFUND_BUSY = defineRefusal({
  code: 'refund_busy',
  status: 503,
  sentence: 'This wallet changes too quickly just now. Nothing was done.',
  remedy: 'Try again in a moment.',
});

export const PAYMENT_DISPUTED = defineRefusal({
  code: 'payment_disputed',
  status: 403,
  sentence: 'A payment of yours is disputed with your bank, so you cannot {action} until that is decided.',
  remedy: 'If you did not mean to dispute it, tell your bank; else ask support.',
});

export const RECALL_NOT_LOST = defineRefusal({
  code: 'recall_not_lost',
  status: 409,
  sentence: 'Only after a lost dispute does somebody let the account buy and give again.',
  remedy: 'Look at the dispute again.',
});

export const REFERENCE_NEEDED = defineRefusal({
  code: 'reference_needed',
  status: 422,
  sentence: 'This money goes back by hand, so say what names the payment there.',
  remedy: 'Give the reference of the bank or the id of the transaction.',
});
// Orders that wait for a person.

export const ORDER_NOT_PARKED = defineRefusal({
  code: 'order_not_parked',
  status: 409,
  sentence: 'This order does not wait for anybody, or it was resolved before.',
  remedy: 'Look at it again.',
});

export const NOTHING_CAME = defineRefusal({
  code: 'nothing_came',
  status: 409,
  sentence:
    'The provider says that no money is there for this order, so it can neither be credited nor given back.',
  remedy: 'Close it instead, with the reason.',
});

export const MONEY_CAME = defineRefusal({
  code: 'money_came',
  status: 409,
  sentence: 'The provider says that {paid} came for this order, so it cannot simply be closed.',
  remedy: 'Credit it or give it back.',
});

export const PROVIDER_SILENT = defineRefusal({
  code: 'provider_silent',
  status: 503,
  sentence: 'The provider does not answer just now, and only it knows what came.',
  remedy: 'Try again in a moment.',
});

export const PROVIDER_SAYS_OTHERWISE = defineRefusal({
  code: 'provider_says_otherwise',
  status: 409,
  sentence: 'The provider says of this refund: {status}. The books do not say the opposite.',
  remedy: 'Look at it at the provider; it is asked about again and again here.',
});

export const ANOTHER_TAKES_BACK = defineRefusal({
  code: 'another_operator_takes_back',
  status: 403,
  sentence:
    'This may have been paid by hand already, so another operator than the one who asked takes it back.',
  remedy: 'Ask a colleague to look whether it was paid, and to take it back.',
});
