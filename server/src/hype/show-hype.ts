import { publicId } from '../core/ids.ts';
import { amountJson, convertUp, displayAmount } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Principal } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { nameInRanks, peopleByIds } from '../identity/index.ts';
import { liveSession, stageNamed } from '../live/index.ts';
import { currentPolicy, type HypeRules, type Policy, policyVersion } from '../policy/index.ts';
import { readHead } from '../realtime/room-events.ts';
import type { HypeNow } from './hype.ts';
import type { Hyping } from './hyping.ts';
import { standingAt, supportersOf, windowStart } from './rules.ts';
import type { HypeJson, StageHypeJson } from './schema.ts';
import { bestOf, contributionOf, meterOf, newestOf, readWarmUps, topOf } from './store.ts';

const CONTRIBUTIONS_SHOWN = 50;

/** The hype of a stage: the running one, the best one, and the very numbers of its rules. Refuses with `not_found`. */
export async function showHype({ house }: Hyping, handle: string, asker: Principal): Promise<StageHypeJson> {
  const { db, clock } = house;
  const stage = await stageNamed(house, handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  // Read before the rest: what happens meanwhile is told again rather than missed.
  const seq = await readHead(db, stage.id);
  const nowMs = clock.now();
  const session = liveSession(stage);
  const policy = await currentPolicy(db, nowMs);
  const [meter, newest, best] = await Promise.all([
    meterOf(db, stage.id),
    stage.session === null ? undefined : newestOf(db, stage.session.id),
    bestOf(db, stage.id),
  ]);
  const isRunning = newest !== undefined && newest.state !== 'ended';
  const since = windowStart(BigInt(nowMs) * 1_000_000n, policy.hype.windowMs);
  const [top, yours, warm] = await Promise.all([
    newest === undefined ? [] : topOf(db, newest.id, CONTRIBUTIONS_SHOWN),
    newest === undefined || asker.kind !== 'user' ? 0n : contributionOf(db, newest.id, asker.userId),
    session === null || isRunning ? [] : readWarmUps(db, session.id, since),
  ]);
  const people = await peopleByIds(
    db,
    top.map(({ senderId }) => senderId),
  );
  const json = (hype: HypeNow) => hypeJson(hype, policyVersion(db, hype.policyVersion) ?? policy);
  // What runs keeps the rules that it began under.
  const inForce = isRunning ? (policyVersion(db, newest.policyVersion) ?? policy) : policy;
  return {
    live: session !== null,
    on: meter.isOn,
    running: isRunning ? json(newest) : null,
    last: newest === undefined || isRunning ? null : json(newest),
    best: best === undefined ? null : json(best),
    contributions: top.map(({ senderId, coins }, index) => ({
      rank: index + 1,
      ...nameInRanks(people.get(senderId)),
      coins: amountJson('COIN', coins),
    })),
    yours: amountJson('COIN', yours),
    warm: supportersOf(warm),
    restsUntil:
      meter.restsUntil !== null && meter.restsUntil.getTime() > nowMs ? meter.restsUntil.toISOString() : null,
    rules: rulesJson(inForce),
    seq,
  };
}

function hypeJson(hype: HypeNow, { hype: rules, coins: { centsPerCoin } }: Policy): HypeJson {
  const { level, percent, isFull, progressCoins, goalCoins } = standingAt(hype.coins, rules);
  return {
    id: publicId('hype', hype.id),
    state: hype.state === 'ended' ? 'ended' : 'running',
    level,
    percent,
    full: isFull,
    progress: amountJson('COIN', progressCoins),
    goal: amountJson('COIN', goalCoins),
    total: amountJson('COIN', hype.coins),
    money: amountJson('USD', convertUp(hype.coins, centsPerCoin)),
    supporters: hype.supporters,
    startedAt: hype.startedAt.toISOString(),
    endsAt: hype.endsAt.toISOString(),
    endedBy: hype.state === 'ended' ? hype.endedHow : null,
  };
}

function rulesJson({ version, hype: rules, coins: { centsPerCoin } }: Policy): StageHypeJson['rules'] {
  return {
    supportersNeeded: rules.supportersNeeded,
    windowSeconds: rules.windowMs / 1_000,
    levels: rules.levelCoins.map((coins) => amountJson('COIN', coins)),
    levelSeconds: rules.levelMs / 1_000,
    restSeconds: rules.restMs / 1_000,
    how: howLines(rules, (coins) => displayAmount({ asset: 'USD', units: convertUp(coins, centsPerCoin) })),
    policyVersion: version,
  };
}

function howLines(rules: HypeRules, money: (coins: bigint) => string): StageHypeJson['rules']['how'] {
  return [
    {
      label: 'It begins',
      value: `${rules.supportersNeeded} different supporters within ${duration(rules.windowMs)}`,
      note: 'One person alone never starts it, however much they give. The gifts that start it count.',
    },
    {
      label: 'It counts',
      value: 'every Coin given in this live',
      note: 'To the creator or to a guest, by all supporters together, from the beginning. A gift counts when it has been paid for, never before.',
    },
    ...rules.levelCoins.map((coins, index) => ({
      label: `Level ${index + 1} is full at`,
      value: displayAmount({ asset: 'COIN', units: coins }),
      note: `About ${money(coins)}`,
    })),
    {
      label: 'It ends',
      value: `after ${duration(rules.levelMs)} without a new level`,
      note: `Each level that is filled begins the ${duration(rules.levelMs)} anew.`,
    },
    {
      label: 'It rests',
      value: rules.restMs === 0 ? 'not at all' : `for ${duration(rules.restMs)}`,
      note: 'Then another one may begin. Nobody wins anything by it: it shows what all did together.',
    },
  ];
}

/** `120000` → `2 minutes`. */
function duration(ms: number): string {
  const seconds = ms / 1_000;
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
