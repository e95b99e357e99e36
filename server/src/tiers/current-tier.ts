import type { Uuid } from '../core/ids.ts';
import type { Database } from '../db/database.ts';
import { highestYield, policyNow } from '../policy/index.ts';
import { PLAIN_YIELD, type Tier } from './rules.ts';
import { tierOf, tiersFrom } from './store.ts';

/** How old the tiers in memory may be. Each is told hours before it starts, so none starts unseen. */
const KEPT_MS = 60_000;

interface Known {
  /** Of creators with a yield of their own alone, in the order of their starts. */
  readonly byCreator: ReadonlyMap<Uuid, readonly Tier[]>;
  readonly readAtMs: number;
}

const known = new WeakMap<Database, Known>();
const reading = new WeakMap<Database, Promise<Known>>();

/**
 * The tier of a creator at an instant, where it gives more than the policy's yield; `null` for everybody else. At once
 * when tiers are in memory: for hot paths. It never gives more than the highest tier of the policy in force.
 */
export function tierNow(db: Database, creatorId: Uuid, atMs: number): Tier | null | Promise<Tier | null> {
  const now = known.get(db);
  if (now === undefined) return refreshTiers(db, atMs).then(() => tierNow(db, creatorId, atMs));
  if (performance.now() - now.readAtMs > KEPT_MS) refreshTiers(db, atMs).catch(() => {});
  const tiers = now.byCreator.get(creatorId);
  const tier = tiers?.findLast(({ effectiveFrom }) => effectiveFrom.getTime() <= atMs);
  if (tier === undefined || tier.yieldBasisPoints === PLAIN_YIELD) return null;
  // The policy may have moved since; a gift may never be worth more than it cost.
  return tier.yieldBasisPoints <= highestYield(policyNow(db, atMs).tiers.levels) ? tier : null;
}

/** Reads the tiers again. */
export async function refreshTiers(db: Database, atMs: number): Promise<void> {
  let running = reading.get(db);
  if (running === undefined) {
    running = read(db, atMs).finally(() => reading.delete(db));
    reading.set(db, running);
  }
  known.set(db, await running);
}

/** One tier by its id, for receipts. @throws when there is none. */
export async function tierById(db: Database, id: Uuid): Promise<Tier> {
  const tier = await tierOf(db, id);
  if (tier === undefined) throw new Error(`no tier has the id ${id}`);
  return tier;
}

async function read(db: Database, atMs: number): Promise<Known> {
  const byCreator = new Map<Uuid, Tier[]>();
  for (const tier of await tiersFrom(db, new Date(atMs))) {
    const others = byCreator.get(tier.creatorId);
    if (others === undefined) byCreator.set(tier.creatorId, [tier]);
    else others.push(tier);
  }
  return { byCreator, readAtMs: performance.now() };
}
