import { SECOND_MS } from '../core/clock.ts';
import { ASSET_LEDGERS, accountId, NIL_ID, TransferCodes, type TransferEvent } from '../ledger/index.ts';
import type { Gift } from './gift.ts';
import { coinTransferId, diamondTransferId } from './gift-ids.ts';

/** What of a gift its transfers are made from. */
export type GiftParts = Pick<
  Gift,
  'id' | 'senderId' | 'creatorId' | 'coins' | 'diamondUnits' | 'maturesAt' | 'requestHash'
>;

/** The two legs of a gift. The Coin leg comes first, so that "not enough Coins" is what is refused. */
export function giftTransfers(gift: GiftParts): readonly [coins: TransferEvent, diamonds: TransferEvent] {
  return [
    {
      ...BLANK_TRANSFER,
      id: coinTransferId(gift.id),
      debitAccountId: accountId(gift.senderId, 'coins', 'COIN'),
      creditAccountId: accountId('platform', 'coins_spent', 'COIN'),
      amount: gift.coins,
      // The ledger compares it on a retry: the same key for another stage or gift is a conflict.
      userData64: gift.requestHash,
      ledger: ASSET_LEDGERS.COIN,
      code: TransferCodes.gift,
    },
    {
      ...BLANK_TRANSFER,
      id: diamondTransferId(gift.id),
      debitAccountId: accountId('platform', 'diamonds_issued', 'DIAMOND'),
      creditAccountId: accountId(gift.creatorId, 'diamonds_pending', 'DIAMOND'),
      amount: gift.diamondUnits,
      // When they mature, in seconds since 1970, so that earnings can be read from the ledger alone.
      userData32: Math.floor(gift.maturesAt.getTime() / SECOND_MS),
      ledger: ASSET_LEDGERS.DIAMOND,
      code: TransferCodes.gift_earned,
    },
  ];
}

const BLANK_TRANSFER = {
  pendingId: NIL_ID,
  userData128: NIL_ID,
  userData64: 0n,
  userData32: 0,
  timeout: 0,
  flags: 0,
} as const;
