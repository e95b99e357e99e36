import { defineRefusal } from '../core/refusal.ts';

// In the order in which an order is judged.

export const BUYING_NOT_SET_UP = defineRefusal({
  code: 'buying_not_set_up',
  status: 409,
  sentence: 'Nothing can be bought on this site yet: no payment provider is set up.',
  remedy: 'Ask whoever runs the site. To try it without money, they can start it with CARAT_SANDBOX=on.',
});

export const UNKNOWN_PACK = defineRefusal({
  code: 'unknown_pack',
  status: 422,
  sentence: 'There is no pack {packId}.',
  remedy: 'Choose one of the packs that are offered now, or an exact amount.',
});

export const COINS_OUT_OF_BOUNDS = defineRefusal({
  code: 'coins_out_of_bounds',
  status: 422,
  sentence: 'You can buy between {min} and {max} Coins at once, not {coins}.',
  remedy: 'Choose an amount between {min} and {max}.',
});

export const DIAMONDS_OUT_OF_BOUNDS = defineRefusal({
  code: 'diamonds_out_of_bounds',
  status: 422,
  sentence: 'You can buy between {min} and {max} Diamonds at once, not {diamonds}.',
  remedy: 'Choose an amount between {min} and {max}.',
});

export const METHOD_NOT_OFFERED = defineRefusal({
  code: 'method_not_offered',
  status: 422,
  sentence: 'You cannot pay by {method} here.',
  remedy: 'Choose one of the ways to pay that are offered.',
});

export const BELOW_METHOD_MINIMUM = defineRefusal({
  code: 'below_method_minimum',
  status: 422,
  sentence: 'Whoever takes the money by {method} takes at least {min}, and this costs {price}.',
  remedy: 'Buy a little more, or pay another way.',
});

export const PRICE_CHANGED = defineRefusal({
  code: 'price_changed',
  status: 409,
  sentence: 'The price is now {price}, not {shown}. You have not been charged.',
  remedy: 'Look at the new price and confirm again.',
});

export const TOO_MANY_OPEN_ORDERS = defineRefusal({
  code: 'too_many_open_orders',
  status: 409,
  sentence: 'You have {most} orders that are not paid yet, which is the most.',
  remedy: 'Pay or cancel one of them, or wait: the first is over at {from}.',
});

export const WEBHOOK_NOT_CONFIGURED = defineRefusal({
  code: 'webhook_not_configured',
  status: 404,
  sentence: 'No webhook is expected here.',
  remedy: 'Give the server the secret of this webhook.',
});

export const WEBHOOK_MALFORMED = defineRefusal({
  code: 'webhook_malformed',
  status: 400,
  sentence: 'This is not a webhook that can be read.',
  remedy: 'Send the body and the signature header as the provider made them.',
});

export const WEBHOOK_REJECTED = defineRefusal({
  code: 'webhook_rejected',
  status: 401,
  sentence: 'The signature of this webhook does not hold: {reason}.',
  remedy: 'Sign the exact bytes with the shared secret and send them within five minutes.',
});

export const PROVIDER_UNAVAILABLE = defineRefusal({
  code: 'payment_provider_unavailable',
  status: 503,
  sentence: 'The payment provider does not answer just now. Nothing was ordered, and nothing is lost.',
  remedy: 'Try again in a moment, or pay another way.',
});
