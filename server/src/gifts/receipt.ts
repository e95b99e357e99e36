import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson, convertUp } from '../core/money.ts';
import { currentPolicy, policyVersion } from '../policy/index.ts';
import { currentRate, rateAt } from '../rates/index.ts';
import { tierById } from '../tiers/index.ts';
import type { EarningReversal } from './earning-holds.ts';
import { type EarningStatus, earningFacts, earningStanding } from './earning-standing.ts';
import type { Gift, Streak } from './gift.ts';
import { nobody, type ShownPerson } from './gift-event.ts';
import { coinTransferId, diamondTransferId, streakKeyOfGift } from './gift-ids.ts';
import { moneyOf } from './gift-money.ts';
import type { Gifting } from './gifting.ts';
import { howGift } from './how.ts';
import type { GiftStep, receiptSchema } from './schema.ts';
import { type Maturity, newestStreak, shownAt } from './store.ts';

export type GiftReceipt = Static<typeof receiptSchema>;

/** Everything about one gift, step by step, for those who paid, earned or look after it. */
export async function giftReceipt(gifting: Gifting, gift: Gift): Promise<GiftReceipt> {
  const { house } = gifting;
  const { db } = house;
  const [catalogue, people, shown, facts, streak, money, policy, rate, tier] = await Promise.all([
    gifting.catalogue.now(),
    gifting.people.find(db, [gift.senderId, gift.creatorId]),
    shownAt(db, gift.committed),
    earningFacts(db, [gift.id]),
    gift.streakId === null ? undefined : newestStreak(db, streakKeyOfGift(gift.id)),
    moneyOf(db, gift),
    currentPolicy(db, house.clock.now()).then((now) => policyVersion(db, gift.policyVersion) ?? now),
    rateAt(db, gift.rateVersion).then((then) => then ?? currentRate(db)),
    gift.tierId === null ? null : tierById(db, gift.tierId),
  ]);
  const standing = earningStanding(gift, facts);
  const maturity = facts.maturities.get(gift.id);
  const item = catalogue.byId.get(gift.catalogueId);
  if (item === undefined) throw new Error(`no gift in the catalogue is called ${gift.catalogueId}`);
  const sender = people.get(gift.senderId) ?? nobody(gift.senderId);
  const receiver = people.get(gift.creatorId) ?? nobody(gift.creatorId);
  return {
    id: publicId('gift', gift.id),
    gift: { id: item.id, name: item.name, art: item.art, tier: item.tier },
    quantity: gift.quantity,
    sender: personJson(sender),
    receiver: personJson(receiver),
    stageId: publicId('stage', gift.stageId),
    coins: amountJson('COIN', gift.coins),
    money: amountJson('USD', convertUp(gift.coins, policy.coins.centsPerCoin)),
    diamonds: amountJson('DIAMOND', gift.diamondUnits),
    streak: streakJson(gift, streak),
    status: giftStatus(standing.status, shown !== null),
    held: standing.held,
    reversed: standing.reversed,
    delay: standing.delay,
    steps: stepsOf(gift, { shown, maturity, standing, receiver: receiver.displayName }),
    transfers: transfersOf(gift, {
      maturity,
      reversals: facts.reversals,
      sender: sender.displayName,
      receiver: receiver.displayName,
    }),
    how: howGift(
      {
        coins: gift.coins,
        quantity: gift.quantity,
        diamondUnits: gift.diamondUnits,
        centsPerUnit: rate.centsPerUnit,
        diamondUnitsPerCoin: policy.gifts.diamondUnitsPerCoin,
        money,
      },
      { gift: item.name, rateVersion: gift.rateVersion, tier },
    ),
    policyVersion: gift.policyVersion,
    rateVersion: gift.rateVersion,
  };
}

/** Whether this person may look at a gift: sender, receiver, operators and support. */
export function maySee(
  gift: Gift,
  viewer: { readonly userId: Uuid; readonly roles: ReadonlySet<string> },
): boolean {
  return (
    gift.senderId === viewer.userId ||
    gift.creatorId === viewer.userId ||
    viewer.roles.has('operator') ||
    viewer.roles.has('support')
  );
}

/** Nanoseconds of the ledger as an instant. */
export function instantOf(timestamp: bigint): Date {
  return new Date(Number(timestamp / 1_000_000n));
}

/** A person as receipts and lists of gifts show them. */
export function personJson({ id, handle, displayName, avatar }: ShownPerson): GiftReceipt['sender'] {
  return { id: publicId('user', id), handle, displayName, avatar };
}

function streakJson(gift: Gift, streak: Streak | undefined): GiftReceipt['streak'] {
  if (gift.streakId === null) return null;
  return {
    id: gift.streakId,
    count: Math.max(gift.streakTo, streak?.count ?? 0),
    final: streak !== undefined && streak.finalAt !== null && streak.count >= gift.streakTo,
  };
}

/** The Diamonds are pending from the same commit as the debit; it is called so once the stage has shown it. */
export function giftStatus(status: EarningStatus, isShown: boolean): GiftStep {
  return status === 'pending' && !isShown ? 'debited' : status;
}

interface Way {
  readonly shown: Date | null;
  readonly maturity: Maturity | undefined;
  readonly standing: ReturnType<typeof earningStanding>;
  readonly receiver: string;
}

function stepsOf(gift: Gift, way: Way): GiftReceipt['steps'] {
  const { shown, standing, receiver } = way;
  const committed = instantOf(gift.committed).toISOString();
  return [
    { step: 'requested', at: gift.sentAt.toISOString(), note: 'The request reached the server.' },
    { step: 'debited', at: committed, note: 'The Coins left the wallet, once.' },
    {
      step: 'shown',
      at: shown?.toISOString() ?? null,
      note: shown === null ? 'It is on its way to the stage.' : 'The stage was told.',
    },
    { step: 'pending', at: committed, note: `The Diamonds are ${receiver}’s, pending until their date.` },
    ...heldStep(standing),
    ...reversedStep(standing),
    ...(standing.status === 'reversed' ? [] : [availableStep(gift, way)]),
  ];
}

function heldStep({ held }: Way['standing']): GiftReceipt['steps'] {
  if (held === null) return [];
  return [
    {
      step: 'held',
      at: null,
      expected: held.until,
      note: `${held.reason}. ${held.decidedBy} decides; on this date it is decided at the latest.`,
    },
  ];
}

function reversedStep({ reversed }: Way['standing']): GiftReceipt['steps'] {
  if (reversed === null) return [];
  return [
    {
      step: 'reversed',
      at: reversed.at,
      note: `${reversed.reason}: ${reversed.amount.display} went back, since the payment was taken back before their date.`,
    },
  ];
}

/** What is held has no date of its own until that is decided. */
function availableStep(gift: Gift, { maturity, standing }: Way): GiftReceipt['steps'][number] {
  return {
    step: 'available',
    at: maturity?.maturedAt.toISOString() ?? null,
    ...(standing.status === 'held' ? {} : { expected: gift.maturesAt.toISOString() }),
    note: maturity === undefined ? 'On this date the Diamonds are available.' : 'The Diamonds are available.',
  };
}

function transfersOf(
  gift: Gift,
  way: {
    readonly maturity: Maturity | undefined;
    readonly reversals: readonly EarningReversal[];
    readonly sender: string;
    readonly receiver: string;
  },
): GiftReceipt['transfers'] {
  const { maturity, sender, receiver } = way;
  const pending = `${receiver}: pending Diamonds`;
  const reversals = way.reversals.filter(({ diamondUnits }) => diamondUnits > 0n);
  const reversedUnits = reversals.reduce((sum, { diamondUnits }) => sum + diamondUnits, 0n);
  return [
    {
      id: publicId('tx', coinTransferId(gift.id)),
      amount: amountJson('COIN', gift.coins),
      from: `${sender}: Coins`,
      to: 'Carat: Coins spent',
    },
    {
      id: publicId('tx', diamondTransferId(gift.id)),
      amount: amountJson('DIAMOND', gift.diamondUnits),
      from: 'Carat: Diamonds issued',
      to: pending,
    },
    ...reversals.map(({ transferId, diamondUnits }) => ({
      id: publicId('tx', transferId),
      amount: amountJson('DIAMOND', diamondUnits),
      from: pending,
      to: 'Carat: Diamonds issued',
    })),
    ...(maturity === undefined
      ? []
      : [
          {
            id: publicId('tx', maturity.transferId),
            amount: amountJson('DIAMOND', gift.diamondUnits - reversedUnits),
            from: pending,
            to: `${receiver}: available Diamonds`,
          },
        ]),
  ];
}
