import assert from 'node:assert/strict';
import { parsePublicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { IDEMPOTENCY_KEY_REUSED, NOT_FOUND } from '../http/refusals.ts';
import { personByHandle } from '../identity/index.ts';
import {
  type Account,
  accountId,
  debitRoom,
  LEDGER_BUSY,
  LedgerConflict,
  NIL_ID,
  type Posted,
  type Posting,
} from '../ledger/index.ts';
import { policyNow } from '../policy/index.ts';
import { rateNow } from '../rates/index.ts';
import { tierNow } from '../tiers/index.ts';
import type { Clearing } from './clearing.ts';
import { clearingFor, delayRows } from './clearing-dates.ts';
import type { Gift } from './gift.ts';
import { isUuidV7, requestHash, singleGiftId, streakGiftId, streakKeyOf } from './gift-ids.ts';
import { giftTransfers } from './gift-transfers.ts';
import type { Gifting } from './gifting.ts';
import { findReceiver, type Receiver } from './receivers.ts';
import { GIFT_ACCOUNT_CLOSED, insufficientCoins, STREAK_CLOSED } from './refusals.ts';
import { decideGift, type GiftDecision, type StreakSoFar } from './rules.ts';
import { findStage, type StageNow } from './stages.ts';
import {
  GIFT_ROWS,
  giftById,
  giftOfCount,
  giftValues,
  keepRefusal,
  keptRefusal,
  lastOfStreak,
} from './store.ts';

/** What a client asks for, by socket or HTTP. */
export interface GiftRequest {
  /** The client's name for this intention; of a streak, `<streakId>:<count>`. */
  readonly key: string;
  readonly stageId: Uuid;
  /** Whom it is for, by public id or handle: a guest on the stage. Without it, the stage's own creator. */
  readonly to?: string | undefined;
  /** Which gift of the catalogue, `rose`. */
  readonly catalogueId: string;
  /** How many; a streak says it by its count instead. */
  readonly quantity: number;
  /** A UUIDv7 that the client made for the streak; `null` for a gift on its own. */
  readonly streakId: Uuid | null;
  /** How many the streak has in all with this request; `null` for a gift on its own. */
  readonly count: number | null;
}

/** The answer to a request, the first time and each time after. */
export interface SentGift {
  readonly gift: Gift;
  /** The confirmed count of the streak, or the quantity of a gift on its own. */
  readonly count: number;
  /** What the sender has left, as of now. */
  readonly coinsLeft: bigint;
  /** Whether this was answered before: nothing happened this time. */
  readonly replayed: boolean;
}

/** Two requests of one streak can meet at the ledger; each meeting moves one of them on. */
const MEETINGS_MAX = 8;

/**
 * Sends a gift: debits the sender's Coins, credits the creator's pending Diamonds and keeps the gift, in one commit.
 * A gift to a guest on the stage passes the gates of both stages, and commits only while the guest is there.
 *
 * The ids of the transfers are worked out from the request, so however often, wherever and over whatever it is
 * repeated, it happens once; a repeat is answered like the first time. A streak asks for an absolute count: what is
 * already confirmed of it is not sent again.
 *
 * Refuses as `refusals.ts` lists, with `idempotency_key_reused`, and with what the gate `send` says.
 */
export async function sendGift(gifting: Gifting, senderId: Uuid, request: GiftRequest): Promise<SentGift> {
  const streak = streakKey(senderId, request);
  if (streak === null) return settle(gifting, senderId, request, null);
  // Presses of one streak are taken in the order in which they came: a later one that the ledger refuses must not
  // end the streak before an earlier one was heard.
  return gifting.turns.take(streak, () => settle(gifting, senderId, request, streak));
}

/** The sender's confirmed count of a streak, and what they have left: what an optimistic client goes back to. */
export async function confirmedOf(
  gifting: Gifting,
  senderId: Uuid,
  streakId: Uuid | null,
): Promise<{ count: number; coinsLeft: bigint }> {
  const { db } = gifting.house;
  const [last, coinsLeft] = await Promise.all([
    streakId === null ? undefined : lastOfStreak(db, streakKeyOf(senderId, streakId)),
    coinsOf(gifting, senderId),
  ]);
  return { count: last?.streakTo ?? 0, coinsLeft };
}

/** The gift that a key was answered with; `undefined` when the key was never accepted. */
export async function giftByKey(gifting: Gifting, senderId: Uuid, key: string): Promise<Gift | undefined> {
  const [, streakId, count] = /^(.{36}):([1-9][0-9]{0,6})$/.exec(key) ?? [];
  if (streakId !== undefined && count !== undefined && isUuidV7(streakId)) {
    const gift = await giftOfCount(gifting.house.db, streakKeyOf(senderId, streakId), Number(count));
    if (gift !== undefined) return gift;
  }
  // Nobody has to keep this form for streaks: a gift on its own may have such a key too.
  return giftById(gifting.house.db, singleGiftId(senderId, key));
}

async function settle(
  gifting: Gifting,
  senderId: Uuid,
  request: GiftRequest,
  streakKey: Uuid | null,
): Promise<SentGift> {
  const { house, streaks } = gifting;
  const catalogue = await gifting.catalogue.now();
  const stage = await findStage(house, request.stageId);
  const guestId = request.to === undefined ? null : await guestOf(gifting, request.to, stage);
  const asked: Asked = { senderId, request, guestId, hash: hashOf(request, guestId), streakKey };
  let isFresh = false;
  for (let meetings = 0; meetings < MEETINGS_MAX; meetings += 1) {
    const nowMs = house.clock.now();
    const policy = policyNow(house.db, nowMs);
    const known = asked.streakKey === null ? undefined : streaks.get(asked.streakKey);
    const streak = asked.streakKey === null ? null : (known ?? NEW_STREAK);
    // A streak is of one gift on one stage, whatever it costs.
    if (known !== undefined && known.requestHash !== asked.hash) throw new Refusal(IDEMPOTENCY_KEY_REUSED);
    if (streak !== null && (request.count ?? 0) <= streak.count) return repeatOfStreak(gifting, asked);

    const home = stage === undefined ? undefined : homeOf(gifting, asked, stage, isFresh);
    const receiver = home instanceof Promise ? await home : home;
    const told = receiver === undefined ? null : tierNow(house.db, receiver.stage.creatorId, nowMs);
    const tier = told instanceof Promise ? await told : told;
    const decision =
      stage === undefined
        ? new Refusal(NOT_FOUND, {}, '/stageId')
        : decideGift({
            request,
            senderId,
            gift: catalogue.byId.get(request.catalogueId),
            stage,
            receiver: receiver?.stage,
            streak,
            policy: policy.gifts,
            yieldBasisPoints: tier?.yieldBasisPoints,
            nowMs,
          });
    const granted =
      decision instanceof Refusal || stage === undefined || receiver === undefined
        ? decision
        : (stage.refusalOf?.(senderId) ??
          (receiver.guest === null ? null : receiver.stage.refusalOf?.(senderId)) ??
          (await gifting.senders.refusal(senderId, receiver.stage.creatorId)) ??
          (await gifting.room.take(senderId, decision.coins)) ??
          decision);
    if (granted instanceof Refusal || stage === undefined || receiver === undefined) {
      // Only what was never answered may be refused: the stage may have ended since.
      const before = await answeredBefore(gifting, asked, streak);
      if (before === 'look again') continue;
      if (before !== null) return before;
      assert(granted instanceof Refusal, 'nobody to give to, and nothing against it');
      throw granted;
    }
    // From here on the Coins are taken from the sender's limits, until it is known what became of them.
    let left: Account | undefined;
    let gift: Gift;
    let posted: Posted | 'guest gone';
    try {
      await gifting.senders.openAccounts([senderId, receiver.stage.creatorId]);
      const payer = {
        id: senderId,
        givenCoins: gifting.room.givenBy(senderId),
        givenNow: () => gifting.room.givenNow(senderId),
      };
      const dated = clearingFor(house.db, policy, payer, nowMs);
      const clearing = dated instanceof Promise ? await dated : dated;
      gift = giftOf(asked, granted, stage, receiver, {
        streakFrom: streak?.count ?? 0,
        nowMs,
        maturesAtMs: clearing.maturesAtMs,
        policyVersion: policy.version,
        rateVersion: (await rateNow(house.db, nowMs)).version,
        tierId: tier?.id ?? null,
      });
      posted = await postWhileThere(gifting, postingOf(gift, receiver, clearing));
      if (posted !== 'guest gone' && posted.kind === 'posted') left = coinsAfter(posted, senderId);
    } finally {
      gifting.room.done(senderId, granted.coins, left);
    }
    if (posted === 'guest gone') {
      isFresh = true;
      continue;
    }
    if (posted.kind === 'posted') return sent(gifting, asked, gift, posted);
    if (posted.kind === 'exists') return repeatOf(gifting, asked, gift.id);
    if (!posted.result.startsWith('exists_with_different')) {
      throw await ledgerRefusal(gifting, asked, gift, posted);
    }
    const repeat = await afterMeeting(gifting, asked, gift.id);
    if (repeat !== null) return repeat;
  }
  throw new Refusal(LEDGER_BUSY);
}

interface Asked {
  readonly senderId: Uuid;
  readonly request: GiftRequest;
  /** `null`: it is for the stage's own creator. */
  readonly guestId: Uuid | null;
  readonly hash: bigint;
  /** `null` for a gift on its own. */
  readonly streakKey: Uuid | null;
}

const NEW_STREAK: StreakSoFar = { count: 0, lastAtMs: null };

function hashOf({ stageId, catalogueId, quantity, streakId }: GiftRequest, guestId: Uuid | null): bigint {
  return requestHash({
    stageId,
    catalogueId,
    quantity: streakId === null ? quantity : null,
    receiverId: guestId,
  });
}

/** Whom a gift is for, other than the stage's own creator; nobody's id when nobody is called so. */
async function guestOf(gifting: Gifting, to: string, stage: StageNow | undefined): Promise<Uuid | null> {
  const id = parsePublicId('user', to) ?? (await personByHandle(gifting.house.db, to.toLowerCase()))?.id;
  return id === stage?.creatorId ? null : (id ?? NIL_ID);
}

/** Who gets the gift: the stage that is theirs, and what must be true of them when they are a guest. */
interface Home {
  readonly stage: StageNow;
  readonly guest: Receiver | null;
}

/** Where the receiver is at home; `undefined` when they are not on this stage now. */
function homeOf(
  { house }: Gifting,
  { guestId }: Asked,
  stage: StageNow,
  fresh: boolean,
): Home | undefined | Promise<Home | undefined> {
  if (guestId === null) return { stage, guest: null };
  return (async () => {
    const guest = await findReceiver(house, { stageId: stage.stageId, receiverId: guestId, fresh });
    const own = guest === undefined ? undefined : await findStage(house, guest.stageId);
    return guest === undefined || own === undefined ? undefined : { stage: own, guest };
  })();
}

/** Posts a gift; `guest gone` when the guest it was for left before it committed: then nothing happened. */
async function postWhileThere({ house }: Gifting, posting: Posting): Promise<Posted | 'guest gone'> {
  try {
    return await house.ledger.post(posting);
  } catch (error) {
    if (error instanceof LedgerConflict && error.code === 'CL002') return 'guest gone';
    throw error;
  }
}

function streakKey(senderId: Uuid, { streakId }: GiftRequest): Uuid | null {
  return streakId === null ? null : streakKeyOf(senderId, streakId);
}

function giftOf(
  { senderId, request, hash, streakKey }: Asked,
  decision: GiftDecision,
  stage: StageNow,
  home: Home,
  at: {
    streakFrom: number;
    nowMs: number;
    maturesAtMs: number;
    policyVersion: number;
    rateVersion: number;
    tierId: Uuid | null;
  },
): Gift {
  const { streakId, key } = request;
  const { streakFrom } = at;
  assert(stage.sessionId !== null, 'the rules let through a stage that is not live');
  return {
    id: streakKey === null ? singleGiftId(senderId, key) : streakGiftId(streakKey, streakFrom),
    committed: 0n,
    sentAt: new Date(at.nowMs),
    maturesAt: new Date(at.maturesAtMs),
    stageId: stage.stageId,
    sessionId: stage.sessionId,
    senderId,
    creatorId: home.stage.creatorId,
    homeStageId: home.guest === null ? null : home.stage.stageId,
    homeSessionId: home.guest === null ? null : home.stage.sessionId,
    catalogueId: decision.gift.id,
    quantity: decision.quantity,
    coins: decision.coins,
    diamondUnits: decision.diamondUnits,
    streakId,
    streakFrom,
    streakTo: streakFrom + decision.quantity,
    policyVersion: at.policyVersion,
    rateVersion: at.rateVersion,
    requestHash: hash,
    tierId: at.tierId,
  };
}

/** Two legs and one row. */
function postingOf(gift: Gift, { guest }: Home, clearing: Clearing): Posting {
  return {
    transfers: giftTransfers(gift),
    rows: [{ table: GIFT_ROWS, values: giftValues(gift) }, ...delayRows(gift, clearing)],
    ...(guest === null || gift.homeSessionId === null
      ? {}
      : { statements: [guest.whileHere(gift.id, gift.homeSessionId)] }),
  };
}

/** The sender's Coins as the ledger left them. */
function coinsAfter({ accounts }: Posted & { kind: 'posted' }, senderId: Uuid): Account | undefined {
  return accounts.get(accountId(senderId, 'coins', 'COIN'));
}

/** The commit is done; tells whoever waits for it. */
function sent(gifting: Gifting, asked: Asked, gift: Gift, posted: Posted & { kind: 'posted' }): SentGift {
  const [first] = posted.transfers;
  const account = coinsAfter(posted, gift.senderId);
  assert(first !== undefined && account !== undefined, 'a posted gift has a Coin leg');
  const coinsLeft = debitRoom(account);
  if (asked.streakKey !== null) gifting.streaks.confirm(asked.streakKey, gift);
  gifting.relay.poke();
  gifting.notices.spent(gift.senderId, coinsLeft);
  gifting.notices.earned(gift.creatorId);
  return { gift: { ...gift, committed: first.timestamp }, count: gift.streakTo, coinsLeft, replayed: false };
}

/** Another request used this id: one of the same streak that started from the same count, or another intention. */
async function afterMeeting(gifting: Gifting, asked: Asked, giftId: Uuid): Promise<SentGift | null> {
  const gift = await giftById(gifting.house.db, giftId);
  if (gift === undefined || gift.requestHash !== asked.hash) throw new Refusal(IDEMPOTENCY_KEY_REUSED);
  // The Coins are the same and something else differs: the policy has changed between the two tries.
  if (asked.streakKey === null) return repeated(gifting, asked, gift);
  await lookAgain(gifting, asked);
  return null;
}

/** Whether a request that would be refused now was granted before. */
async function answeredBefore(
  gifting: Gifting,
  asked: Asked,
  streak: StreakSoFar | null,
): Promise<SentGift | 'look again' | null> {
  if (streak === null) {
    const gift = await giftById(gifting.house.db, singleGiftId(asked.senderId, asked.request.key));
    return gift === undefined ? null : repeated(gifting, asked, gift);
  }
  const count = await lookAgain(gifting, asked);
  return count > streak.count ? 'look again' : null;
}

/** Reads how far the streak is, keeps it, and says it. */
async function lookAgain(gifting: Gifting, { streakKey }: Asked): Promise<number> {
  if (streakKey === null) return 0;
  const last = await lastOfStreak(gifting.house.db, streakKey);
  if (last === undefined) return 0;
  gifting.streaks.confirm(streakKey, last);
  return last.streakTo;
}

async function repeatOf(gifting: Gifting, asked: Asked, giftId: Uuid): Promise<SentGift> {
  const gift = await giftById(gifting.house.db, giftId);
  assert(gift !== undefined, `transfers without their gift: ${giftId}`);
  return repeated(gifting, asked, gift);
}

/** The streak has come further than what is asked for: the answer is the gift that covers it. */
async function repeatOfStreak(gifting: Gifting, asked: Asked): Promise<SentGift> {
  const { count } = asked.request;
  assert(asked.streakKey !== null && count !== null, 'not a streak');
  const gift = await giftOfCount(gifting.house.db, asked.streakKey, count);
  assert(gift !== undefined, `a confirmed count without its gift: ${asked.request.key}`);
  return repeated(gifting, asked, gift);
}

async function repeated(gifting: Gifting, asked: Asked, gift: Gift): Promise<SentGift> {
  if (gift.requestHash !== asked.hash) throw new Refusal(IDEMPOTENCY_KEY_REUSED);
  const [confirmed, coinsLeft] = await Promise.all([
    lookAgain(gifting, asked),
    coinsOf(gifting, asked.senderId),
  ]);
  return { gift, count: Math.max(gift.streakTo, confirmed), coinsLeft, replayed: true };
}

/** Why the ledger said no. The first no stands: the same key is told the same, whatever was bought since. */
async function ledgerRefusal(
  gifting: Gifting,
  asked: Asked,
  gift: Gift,
  { result, replayed }: Posted & { kind: 'refused' },
): Promise<Refusal> {
  const { db } = gifting.house;
  switch (result) {
    case 'exceeds_credits': {
      const kept = replayed ? await keptRefusal(db, gift.id) : undefined;
      if (kept !== undefined) {
        if (kept.requestHash !== asked.hash) return new Refusal(IDEMPOTENCY_KEY_REUSED);
        if (kept.streakTo !== gift.streakTo) return new Refusal(STREAK_CLOSED, { count: gift.streakFrom });
        return insufficientCoins(kept.coinsNeeded, kept.coinsHad);
      }
      const coinsHad = smaller(await coinsOf(gifting, asked.senderId), gift.coins - 1n);
      await keepRefusal(db, {
        id: gift.id,
        senderId: asked.senderId,
        requestHash: asked.hash,
        streakTo: gift.streakTo,
        coinsNeeded: gift.coins,
        coinsHad,
        refusedAt: gift.sentAt,
      });
      return insufficientCoins(gift.coins, coinsHad);
    }
    case 'debit_account_already_closed':
      return new Refusal(GIFT_ACCOUNT_CLOSED, { whose: 'the sender' });
    case 'credit_account_already_closed':
      return new Refusal(GIFT_ACCOUNT_CLOSED, { whose: 'the creator' });
    default:
      throw new Error(`the ledger refused gift ${gift.id}: ${result}`);
  }
}

async function coinsOf(gifting: Gifting, userId: Uuid): Promise<bigint> {
  const id = accountId(userId, 'coins', 'COIN');
  const account = (await gifting.house.ledger.balances([id])).get(id);
  return account === undefined ? 0n : debitRoom(account);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
