import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { House } from '../house.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { refreshTiers } from './current-tier.ts';
import { conditionsOf, levelOf, PLAIN_YIELD, type TierInputs } from './rules.ts';
import {
  type CreatorInputs,
  inputsOf,
  insertTier,
  insertTierDay,
  lockTiers,
  newestTier,
  tiersMade,
} from './store.ts';

/** The sums of earnings follow the gifts by seconds. */
const CLOSED_AFTER_MS = 5 * MINUTE_MS;
const CREATORS_AT_ONCE = 200;

/**
 * Looks at every creator for today (UTC), once a day: who reaches another tier gets it from the next midnight on. A turn
 * takes some creators, so that no transaction is long; who was looked at is not written again, so a process that dies is
 * followed by another. Answers whether the day was finished now.
 */
export async function makeTiers({ db, clock }: Pick<House, 'db' | 'clock'>): Promise<boolean> {
  const nowMs = clock.now();
  const midnightMs = Math.floor((nowMs - CLOSED_AFTER_MS) / DAY_MS) * DAY_MS;
  const day = dayText(midnightMs);
  // Told before it starts: too late for tomorrow is for the day after.
  const startMs = midnightMs + DAY_MS;
  if (startMs <= nowMs || (await tiersMade(db, day))) return false;
  const policy = await currentPolicy(db, nowMs);
  const range = windowOf(policy, midnightMs);
  let after: string | null = null;
  let seen = 0;
  for (;;) {
    const creators: CreatorInputs[] = await inputsOf(db, {
      after,
      only: null,
      ...range,
      limit: CREATORS_AT_ONCE,
    });
    await db.transaction(async (tx) => {
      await lockTiers(tx);
      if (await tiersMade(tx, day)) return;
      for (const inputs of creators) {
        const level = policy.tiers.levels[levelOf(policy.tiers.levels, inputs)];
        const name = level?.name ?? null;
        const yieldBasisPoints = level?.yieldBasisPoints ?? PLAIN_YIELD;
        const newest = await newestTier(tx, inputs.creatorId);
        const isSame =
          (newest?.name ?? null) === name && (newest?.yieldBasisPoints ?? PLAIN_YIELD) === yieldBasisPoints;
        if (isSame) continue;
        await insertTier(
          tx,
          {
            id: newId(),
            creatorId: inputs.creatorId,
            day,
            effectiveFrom: new Date(startMs),
            name,
            yieldBasisPoints,
            policyVersion: policy.version,
          },
          keptInputs(inputs, range),
          new Date(nowMs),
        );
      }
      seen += creators.length;
      if (creators.length < CREATORS_AT_ONCE) await insertTierDay(tx, day, seen, new Date(nowMs));
    });
    after = creators.at(-1)?.creatorId ?? null;
    if (creators.length < CREATORS_AT_ONCE) break;
  }
  await refreshTiers(db, nowMs);
  return true;
}

/** The days that count, `from` and `to` (not included). */
export function windowOf(
  { tiers }: Policy,
  midnightMs: number,
): { readonly from: string; readonly to: string } {
  return { from: dayText(midnightMs - tiers.windowDays * DAY_MS), to: dayText(midnightMs) };
}

function dayText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function keptInputs(inputs: TierInputs, range: { from: string; to: string }): object {
  const [followers, viewerMinutes, engagement] = conditionsOf(
    { name: '', followers: 0, viewerMinutes: 0, engagementCoins: 0, yieldBasisPoints: PLAIN_YIELD },
    inputs,
  ).map(({ have }) => have.toString());
  return { ...range, followers, viewerMinutes, coins: inputs.coins.toString(), engagementCoins: engagement };
}
