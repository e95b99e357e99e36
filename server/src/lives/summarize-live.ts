import { MINUTE_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import {
  giftIdOfTransfer,
  giftsByIds,
  kindsOf,
  liveOfGift,
  readCatalogue,
  topSupporters,
} from '../gifts/index.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { nameInRanks, peopleByIds } from '../identity/index.ts';
import { accountId, statement, TransferCodes } from '../ledger/index.ts';
import { pricesAt } from '../wallet/index.ts';
import { agree, type Counts, howTotal } from './rules.ts';
import type { SummaryAnswer } from './schema.ts';
import { liveJson } from './show-dashboard.ts';
import { followersSince, type LiveRow, liveById } from './store.ts';

const SUPPORTERS_SHOWN = 10;
/** A gift that was on its way when the live ended is committed within this time. */
const LATE_MS = MINUTE_MS;
const PAGE = 200;

/**
 * What a live of this creator brought, and the proof: the stage's count, the gifts and the ledger's entries, each added
 * up on its own. Refuses with `not_found` when it is no live of theirs.
 */
export async function summarizeLive(
  house: House,
  creatorId: Uuid,
  sessionId: Uuid | null,
): Promise<SummaryAnswer> {
  const { db, clock } = house;
  const nowMs = clock.now();
  const known = sessionId === null ? undefined : await liveById(db, sessionId);
  if (known === undefined || known.creatorId !== creatorId) throw new Refusal(NOT_FOUND);
  const counted = await countLedger(db, known, nowMs);
  // Read after the ledger: the stage counts a moment behind it.
  const live = (await liveById(db, known.id)) ?? known;
  const counts: Counts = { ...counted, stage: live.diamondUnits };
  const [prices, kinds, top, catalogue, newFollowers] = await Promise.all([
    pricesAt(db, nowMs),
    kindsOf(db, live.id),
    topSupporters(db, { sessionId: live.id, limit: SUPPORTERS_SHOWN }),
    readCatalogue(db),
    followersSince(db, creatorId, live.startedAt, live.endedAt),
  ]);
  const people = await peopleByIds(
    db,
    top.map(({ senderId }) => senderId),
  );
  const diamonds = (units: bigint) => amountJson('DIAMOND', units);
  return {
    live: {
      ...liveJson(live, prices),
      durationSeconds: Math.round(((live.endedAt?.getTime() ?? nowMs) - live.startedAt.getTime()) / 1_000),
      likes: Number(live.likes),
      newFollowers,
      peakViewers: live.peakViewers,
      kinds: kinds.map(({ catalogueId, gifts, coins, diamondUnits }) => {
        const gift = catalogue.byId.get(catalogueId);
        return {
          id: catalogueId,
          name: gift?.name ?? catalogueId,
          art: gift?.art ?? '',
          tier: gift?.tier ?? 1,
          gifts: Number(gifts),
          coins: amountJson('COIN', coins),
          diamonds: diamonds(diamondUnits),
        };
      }),
      supporters: top.map(({ senderId, coins, diamondUnits }, index) => ({
        rank: index + 1,
        ...nameInRanks(people.get(senderId)),
        coins: amountJson('COIN', coins),
        diamonds: diamonds(diamondUnits),
      })),
      proof: {
        stage: diamonds(counts.stage),
        gifts: diamonds(counts.gifts),
        ledger: diamonds(counts.ledger),
        entries: counts.entries,
        agrees: agree(counts),
        how: howTotal(counts),
      },
    },
  };
}

/**
 * Walks the creator's account of pending Diamonds over the time of the live, entry by entry, and takes the entries whose
 * gifts are of this live.
 */
async function countLedger(db: Queryable, live: LiveRow, nowMs: number): Promise<Omit<Counts, 'stage'>> {
  const account = accountId(live.creatorId, 'diamonds_pending', 'DIAMOND');
  const to = new Date((live.endedAt?.getTime() ?? nowMs) + LATE_MS);
  let [gifts, ledger, entries] = [0n, 0n, 0];
  let cursor: string | null = null;
  do {
    const page = await statement(db, account, { cursor, limit: PAGE, from: live.startedAt, to });
    const earned = page.items.filter(({ transfer }) => transfer.code === TransferCodes.gift_earned);
    const byId = new Map(
      (
        await giftsByIds(
          db,
          earned.map(({ transfer }) => giftIdOfTransfer(transfer.id)),
        )
      ).map((gift) => [gift.id, gift]),
    );
    for (const line of earned) {
      const gift = byId.get(giftIdOfTransfer(line.transfer.id));
      if (gift === undefined || liveOfGift(gift) !== live.id) continue;
      gifts += gift.diamondUnits;
      ledger += line.amount;
      entries += 1;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { gifts, ledger, entries };
}
