import { displayAmount } from '../core/money.ts';
import { defineRefusal, Refusal } from '../core/refusal.ts';

// In the order in which a request is told them.

export const GIFT_UNKNOWN = defineRefusal({
  code: 'gift_unknown',
  status: 404,
  sentence: 'There is no gift with the id {giftId}.',
  remedy: 'Choose a gift from the tray.',
});

export const GIFT_NOT_YET = defineRefusal({
  code: 'gift_not_yet',
  status: 409,
  sentence: '{name} can be sent from {from} on.',
  remedy: 'Choose another gift until then.',
});

export const GIFT_EXPIRED = defineRefusal({
  code: 'gift_expired',
  status: 409,
  sentence: '{name} left the tray at {until}.',
  remedy: 'Choose another gift; nothing was charged.',
});

export const QUANTITY_OUT_OF_RANGE = defineRefusal({
  code: 'quantity_out_of_range',
  status: 422,
  sentence: 'One request can send 1 to {max} of a gift, not {quantity}.',
  remedy: 'Send fewer at once.',
});

export const GIFT_NOT_STREAKABLE = defineRefusal({
  code: 'gift_not_streakable',
  status: 422,
  sentence: '{name} is sent on its own: only gifts up to {maxCoins} Coins can be sent in a streak.',
  remedy: 'Send it without a streak.',
});

export const STREAK_KEY_MISMATCH = defineRefusal({
  code: 'streak_key_mismatch',
  status: 422,
  sentence: 'The key of a streak request is its streak id, a colon and its count.',
  remedy: 'Send the key {expected}.',
});

export const STAGE_NOT_LIVE = defineRefusal({
  code: 'stage_not_live',
  status: 409,
  sentence: 'This stage is not live now.',
  remedy: 'Come back when the creator is live.',
});

export const RECEIVER_NOT_HERE = defineRefusal({
  code: 'receiver_not_here',
  status: 409,
  sentence: 'Whom you chose is not on this stage now, so nothing was sent.',
  remedy: 'Choose somebody who is. Nothing was charged.',
});

export const GIFTS_OFF = defineRefusal({
  code: 'gifts_off',
  status: 409,
  sentence: 'Gifts are off on this stage: {reason}',
  remedy: 'Nothing was charged. Chat and follow stay open.',
});

export const OWN_STAGE = defineRefusal({
  code: 'own_stage',
  status: 422,
  sentence: 'You cannot send a gift to yourself.',
  remedy: 'Send it on another stage.',
});

export const STREAK_CLOSED = defineRefusal({
  code: 'streak_closed',
  status: 409,
  sentence: 'This streak ended at {count}; the presses after it were not sent and not charged.',
  remedy: 'Press again: that begins a new streak.',
});

export const INSUFFICIENT_COINS = defineRefusal({
  code: 'insufficient_coins',
  status: 409,
  sentence: 'This costs {price} and you had {balance}, so nothing was sent.',
  remedy: 'Get {more} more, then send it again.',
});

export const GIFT_ACCOUNT_CLOSED = defineRefusal({
  code: 'gift_account_closed',
  status: 409,
  sentence: 'The account of {whose} is closed, so nothing was sent and nothing was charged.',
  remedy: 'Ask support if you think that this is wrong.',
});

/** Why somebody with `had` Coins cannot pay `needed`, and how many more it takes. */
export function insufficientCoins(needed: bigint, had: bigint): Refusal {
  const missing = needed - had;
  return new Refusal(INSUFFICIENT_COINS, {
    needed: needed.toString(),
    had: had.toString(),
    missing: missing.toString(),
    price: displayAmount({ asset: 'COIN', units: needed }),
    balance: displayAmount({ asset: 'COIN', units: had }),
    more: displayAmount({ asset: 'COIN', units: missing }),
  });
}
