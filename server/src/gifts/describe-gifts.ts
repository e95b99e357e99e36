import { publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayDiamonds } from '../core/money.ts';
import { peopleByIds } from '../identity/index.ts';
import { TransferCodes } from '../ledger/index.ts';
import {
  type Describer,
  describeTransfers,
  type EntryDescription,
  type EntryGroup,
} from '../wallet/index.ts';
import { readCatalogue } from './catalogue.ts';
import { ENTRY_STATUS, earningFacts, earningStanding } from './earning-standing.ts';
import type { Gift } from './gift.ts';
import { giftIdOfTransfer } from './gift-ids.ts';
import { spentOn, versionsOf } from './gift-money.ts';
import { giftsByIds } from './store.ts';

/** Says of the two legs of a gift what was given, by whom and to whom. */
const gifts: Describer = {
  kind: 'gift',
  async describe(db, transfers) {
    const rows = await giftsByIds(db, [...new Set(transfers.map(({ id }) => giftIdOfTransfer(id)))]);
    const [catalogue, people, facts] = await Promise.all([
      readCatalogue(db),
      peopleByIds(db, [...new Set(rows.flatMap((gift) => [gift.senderId, gift.creatorId]))]),
      earningFacts(
        db,
        rows.map((gift) => gift.id),
      ),
    ]);
    const byId = new Map(rows.map((gift) => [gift.id, gift]));
    const described = new Map<Uuid, EntryDescription>();
    for (const { id, code } of transfers) {
      const gift = byId.get(giftIdOfTransfer(id));
      if (gift === undefined) continue;
      const earned = code === TransferCodes.gift_earned;
      const other = people.get(earned ? gift.senderId : gift.creatorId)?.displayName ?? 'somebody';
      const name = catalogue.byId.get(gift.catalogueId)?.name ?? gift.catalogueId;
      const title = `${name} ×${gift.quantity}`;
      const standing = earningStanding(gift, facts);
      described.set(id, {
        title: earned ? `${title} from ${other}` : `${title} to ${other}`,
        detail: detailOf(gift),
        art: catalogue.byId.get(gift.catalogueId)?.art ?? null,
        group: groupOf(gift, earned ? `${name} from ${other}` : `${name} to ${other}`),
        status: earned ? ENTRY_STATUS[standing.status] : 'settled',
        moneyCents: null,
        link: { type: 'gift', id: publicId('gift', gift.id) },
        versions: versionsOf(gift),
        spent: spentOn(gift),
        how: [
          {
            label: name,
            value: displayAmount({ asset: 'COIN', units: gift.coins }),
            note: `${gift.coins / BigInt(gift.quantity)} × ${gift.quantity}`,
          },
          {
            label: 'The creator gets',
            value: `${displayDiamonds(gift.diamondUnits)} Diamonds`,
            note: `Policy version ${gift.policyVersion}, ${availableFrom(gift, standing)}`,
          },
        ],
      });
    }
    return described;
  },
};

function availableFrom({ maturesAt }: Gift, { status, held }: ReturnType<typeof earningStanding>): string {
  if (status === 'reversed') return 'taken back before they were available';
  if (held !== null) return `held until it is decided, by ${held.until.slice(0, 10)}`;
  return `available from ${maturesAt.toISOString().slice(0, 10)} on`;
}

/** The requests of one streak are told as one. */
function groupOf({ streakId, quantity }: Gift, title: string): EntryGroup | null {
  return streakId === null ? null : { id: publicId('streak', streakId), title, count: quantity };
}

function detailOf({ streakId, streakFrom, streakTo }: Gift): string {
  if (streakId === null || streakFrom === 0) return '';
  return `Part of a streak of ${streakTo}`;
}

/** Says of a maturity how many gifts and answers it made available: the transfer keeps the number. */
const maturities: Describer = {
  kind: 'maturity',
  async describe(_db, transfers) {
    return new Map(
      transfers.map(({ id, userData32: count }): [Uuid, EntryDescription] => [
        id,
        {
          title: 'Diamonds available',
          detail: `From ${count} ${count === 1 ? 'earning' : 'earnings'} that matured`,
          status: 'settled',
          moneyCents: null,
          link: null,
          how: [],
        },
      ]),
    );
  },
};

describeTransfers(TransferCodes.gift, gifts);
describeTransfers(TransferCodes.gift_earned, gifts);
describeTransfers(TransferCodes.maturity, maturities);
