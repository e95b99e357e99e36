import { newId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Gift, GiftTally, RoomNews } from '../gifts/index.ts';
import { policyNow } from '../policy/index.ts';
import type { HypeMoment } from './hype-event.ts';
import { eventsOf, type Hyping, rulesOf } from './hyping.ts';
import { beginningOf, filledBy, type WarmUp, windowStart } from './rules.ts';
import {
  type CountedTurn,
  countTurn,
  forgetWarmUps,
  hypeById,
  insertHype,
  keepWarmUps,
  type LiveTurn,
  markTold,
  raiseLevel,
  sumContributions,
  warmUpsOf,
} from './store.ts';

/** What one turn of the relay brought in one live, and from whom. */
interface Given extends LiveTurn {
  coins: bigint;
  lastCommitted: bigint;
  readonly from: Map<Uuid, { first: bigint; coins: bigint }>;
}

/**
 * Feeds the hype meters: every gift given in a live counts, whoever on the stage gets it. Where a hype runs or rests,
 * which is where gifts come fast, a turn is one statement for all stages; only while a hype may begin is it kept who
 * gave, and of those there are few: with enough of them it would have begun.
 */
export function hypeTally(hyping: Hyping): GiftTally {
  return {
    name: 'hype',
    // Any gift may start one.
    isOpen: 'true',
    async run(tx, { gifts, now }) {
      const given = sumUp(gifts);
      const news: RoomNews[] = [];
      for (const counted of await countTurn(tx, [...given.values()], now)) {
        const mine = given.get(counted.sessionId);
        if (mine === undefined) continue;
        if (counted.hypeId !== null) news.push(...(await fill(hyping, tx, counted, now)));
        else if (counted.mayBegin) news.push(...(await warm(hyping, tx, mine, now)));
      }
      return news;
    },
  };
}

function sumUp(gifts: readonly Gift[]): Map<Uuid, Given> {
  const lives = new Map<Uuid, Given>();
  for (const { sessionId, stageId, senderId, coins, committed } of gifts) {
    let live = lives.get(sessionId);
    if (live === undefined) {
      live = { sessionId, stageId, coins: 0n, lastCommitted: committed, from: new Map() };
      lives.set(sessionId, live);
    }
    live.coins += coins;
    live.lastCommitted = committed;
    const sender = live.from.get(senderId);
    if (sender === undefined) live.from.set(senderId, { first: committed, coins });
    else sender.coins += coins;
  }
  return lives;
}

/** A running hype got Coins: tells of each level that they filled; what else changed is told a moment later. */
async function fill(
  hyping: Hyping,
  tx: Queryable,
  counted: CountedTurn & { readonly hypeId: Uuid },
  now: Date,
): Promise<RoomNews[]> {
  const rules = rulesOf(hyping, counted.policyVersion);
  const filled = filledBy(counted.total, rules);
  if (filled <= counted.filled) return [];
  await raiseLevel(tx, counted.hypeId, filled, new Date(now.getTime() + rules.levelMs));
  return tell(hyping, tx, counted.hypeId, 'levelUp', now);
}

/** No hype runs: remembers who gave, or begins one with all of them. */
async function warm(hyping: Hyping, tx: Queryable, given: Given, now: Date): Promise<RoomNews[]> {
  const { version, hype: rules } = policyNow(hyping.house.db, now.getTime());
  const turn = [...given.from].map(
    ([senderId, { first, coins }]): WarmUp => ({
      senderId,
      turnCommitted: given.lastCommitted,
      firstCommitted: first,
      coins,
    }),
  );
  const before = await warmUpsOf(tx, given.sessionId, windowStart(given.lastCommitted, rules.windowMs));
  const beginning = beginningOf([...before, ...turn], rules);
  if (beginning === null) {
    await keepWarmUps(tx, given.sessionId, turn);
    return [];
  }
  await forgetWarmUps(tx, given.sessionId);
  const id = newId();
  await insertHype(tx, {
    id,
    stageId: given.stageId,
    sessionId: given.sessionId,
    startedAt: now,
    fromCommitted: beginning.fromCommitted,
    policyVersion: version,
    coins: beginning.coins,
    countedTo: given.lastCommitted,
    filled: filledBy(beginning.coins, rules),
    endsAt: new Date(now.getTime() + rules.levelMs),
  });
  return tell(hyping, tx, id, 'started', now);
}

async function tell(
  hyping: Hyping,
  tx: Queryable,
  hypeId: Uuid,
  moment: HypeMoment,
  now: Date,
): Promise<RoomNews[]> {
  await sumContributions(tx, hypeId, null);
  const hype = await hypeById(tx, hypeId);
  if (hype === undefined) return [];
  // Or the same figures were told again a moment later, as of a hype that runs.
  await markTold(tx, hypeId, hype.coins.toString(), now);
  return [{ stageId: hype.stageId, events: await eventsOf(hyping, tx, hype, moment) }];
}
