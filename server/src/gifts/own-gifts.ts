import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson, convertUp } from '../core/money.ts';
import type { Page } from '../core/page.ts';
import type { Queryable } from '../db/database.ts';
import { TransferCodes } from '../ledger/index.ts';
import { currentPolicy, policyVersion } from '../policy/index.ts';
import { WalletStatement } from '../wallet/index.ts';
import { earningFacts, earningStanding } from './earning-standing.ts';
import type { Gift } from './gift.ts';
import { nobody } from './gift-event.ts';
import { giftIdOfTransfer } from './gift-ids.ts';
import type { Gifting } from './gifting.ts';
import { giftStatus, personJson } from './receipt.ts';
import type { GiftSide, ownGiftSchema } from './schema.ts';
import { giftsByIds } from './store.ts';

export type OwnGift = Static<typeof ownGiftSchema>;

/** Which account of the person a gift is on, and as what. */
const LEGS = {
  sender: { account: 'coins', code: TransferCodes.gift },
  receiver: { account: 'diamonds_pending', code: TransferCodes.gift_earned },
} as const satisfies Record<GiftSide, unknown>;

/** Lines looked through for one page; see the wallet's statement. */
const SCAN_MAX = 2_000;

/**
 * One page of the gifts that a person has given, or been given, newest first. They are found by the person's own
 * statement: an index on the gifts themselves would cost every gift an entry. Refuses a cursor that no page gave
 * with `invalid_request`.
 */
export async function ownGifts(
  gifting: Gifting,
  userId: Uuid,
  side: GiftSide,
  place: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<OwnGift>> {
  const { account, code } = LEGS[side];
  const statement = new WalletStatement(gifting.house.db, userId, [account], {}, place.cursor);
  const ids: Uuid[] = [];
  // Purchases and maturities are on the same accounts, so lines are taken until the page is full.
  for (let scanned = 0; scanned < SCAN_MAX && ids.length < place.limit; scanned += 1) {
    const line = await statement.next();
    if (line === null) break;
    if (line.transfer.code === code) ids.push(giftIdOfTransfer(line.transfer.id));
  }
  return { items: await described(gifting, ids), nextCursor: await statement.cursor() };
}

/** The gifts with these ids, in their order. */
async function described(gifting: Gifting, ids: readonly Uuid[]): Promise<OwnGift[]> {
  if (ids.length === 0) return [];
  const { db, clock } = gifting.house;
  const gifts = await giftsByIds(db, ids);
  const [catalogue, people, facts, relayed, policy] = await Promise.all([
    gifting.catalogue.now(),
    gifting.people.find(
      db,
      gifts.flatMap(({ senderId, creatorId }) => [senderId, creatorId]),
    ),
    earningFacts(db, ids),
    relayedTo(db),
    currentPolicy(db, clock.now()),
  ]);
  const person = (id: Uuid) => personJson(people.get(id) ?? nobody(id));
  const centsPerCoin = (gift: Gift) => (policyVersion(db, gift.policyVersion) ?? policy).coins.centsPerCoin;
  const statusOf = (gift: Gift) => giftStatus(earningStanding(gift, facts).status, gift.committed <= relayed);
  const places = new Map(ids.map((id, index) => [id, index]));
  return gifts
    .sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
    .map((gift) => {
      const item = catalogue.byId.get(gift.catalogueId);
      if (item === undefined) throw new Error(`no gift in the catalogue is called ${gift.catalogueId}`);
      return {
        id: publicId('gift', gift.id),
        at: gift.sentAt.toISOString(),
        gift: { id: item.id, name: item.name, art: item.art, tier: item.tier },
        quantity: gift.quantity,
        sender: person(gift.senderId),
        receiver: person(gift.creatorId),
        stageId: publicId('stage', gift.stageId),
        coins: amountJson('COIN', gift.coins),
        money: amountJson('USD', convertUp(gift.coins, centsPerCoin(gift))),
        diamonds: amountJson('DIAMOND', gift.diamondUnits),
        status: statusOf(gift),
        maturesAt: gift.maturesAt.toISOString(),
      };
    });
}

/** Up to which commit stages were told. */
async function relayedTo(db: Queryable): Promise<bigint> {
  const [row] = await db.query<{ relayed: bigint }>('select relayed from gift_relay');
  return row?.relayed ?? 0n;
}
