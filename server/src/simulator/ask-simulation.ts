import { randomInt } from 'node:crypto';
import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { newId, publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { peopleByIds } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import {
  currentRate,
  draftById,
  draftRefusal,
  earliestStart,
  keptRatio,
  RATE_DRAFT_IS_OVER,
  ratioOfDollars,
} from '../rates/index.ts';
import { hashOf, type Scenario, type SimulationInputs } from './inputs.ts';
import { SIMULATION_IS_OVER, SIMULATIONS_OF_A_DAY, SIMULATIONS_TOO_MANY } from './refusals.ts';
import { startFromExample, startFromSite } from './starting-point.ts';
import {
  insertEnding,
  insertSimulation,
  lockAsker,
  openRunsOf,
  runsAskedSince,
  simulationById,
} from './store.ts';
import { tellAsker } from './tell-asker.ts';

/** What somebody asks for. */
export interface Asked {
  /** The draft that is tried, or dollars for 1,000 Diamonds. */
  readonly rate: { readonly draft: Uuid } | { readonly dollars: string };
  readonly scenario: Scenario;
  readonly start: 'site' | 'example';
  readonly seed: number | null;
  readonly days: number;
  readonly viewers: number;
  readonly creators: number;
}

/** Runs that one operator may have waiting or running. */
export const OPEN_MAX = 3;

/** Runs that one operator may ask for within a day: each takes a core for seconds and some hundred kilobytes. */
export const DAY_MAX = 50;

/** Seeds that are made here are short, so that one can tell them to somebody. */
const SEEDS = 1_000_000;

/**
 * Asks for a run. Everything it is made from is written down now, so that it can be run again and comes to the same.
 * Refuses with `rate_too_high`, `rate_draft_is_over`, `simulation_without_sales`, `simulations_too_many` or
 * `simulations_of_a_day`.
 */
export async function askSimulation(house: House, by: Uuid, asked: Asked): Promise<Uuid> {
  const { scenario, days, viewers, creators } = asked;
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const { proposed, startsAt } = await proposedRate(house, asked, nowMs);
  const refusal = draftRefusal(
    { dollars: proposed.dollars, startsAt: earliestStart(policy, nowMs) },
    policy,
    nowMs,
  );
  if (refusal !== null) throw refusal;
  const { version, centsPerUnit } = await currentRate(house.db, Math.max(startsAt.getTime(), nowMs));
  const start =
    asked.start === 'site'
      ? await startFromSite(house)
      : await startFromExample(house, { policy, rate: centsPerUnit, viewers });
  return write(house, by, null, {
    scenario,
    seed: asked.seed ?? randomInt(SEEDS),
    days,
    viewers,
    creators,
    policyVersion: policy.version,
    now: { version, centsPerUnit: keptRatio(centsPerUnit) },
    proposed,
    start,
  });
}

/**
 * Asks for the same run once more, from the very same inputs but for the seed when another is given.
 * Refuses with `simulations_too_many` or `simulations_of_a_day`.
 */
export async function repeatSimulation(
  house: House,
  by: Uuid,
  id: Uuid,
  seed: number | 'same' | 'another',
): Promise<Uuid> {
  const row = await simulationById(house.db, id);
  if (row === undefined) throw new Refusal(NOT_FOUND);
  const chosen = seed === 'same' ? row.inputs.seed : seed === 'another' ? randomInt(SEEDS) : seed;
  return write(house, by, id, { ...row.inputs, seed: chosen });
}

/**
 * Cancels a run, also one of a colleague, who is told: whoever runs it stops within a moment. Refuses with
 * `simulation_is_over`.
 */
export async function cancelSimulation(house: House, by: Uuid, id: Uuid): Promise<void> {
  const { db, clock } = house;
  const row = await simulationById(db, id);
  if (row === undefined) throw new Refusal(NOT_FOUND);
  const at = new Date(clock.now());
  const ended = await db.transaction(async (tx) => {
    const isFirst = await insertEnding(tx, { id, endedAt: at, ending: 'canceled', byId: by });
    if (isFirst && row.askedBy !== by) await tellAsker(house, tx, row, await canceledNews(tx, by, at));
    return isFirst;
  });
  if (ended) return;
  const now = await simulationById(db, id);
  // Canceling twice is canceling.
  if (now?.ending === 'canceled') return;
  throw new Refusal(SIMULATION_IS_OVER, { ending: now?.ending === 'failed' ? 'failed' : 'is done' });
}

async function canceledNews(db: Queryable, by: Uuid, at: Date) {
  const who = (await peopleByIds(db, [by])).get(by)?.displayName ?? 'An operator';
  return { at, title: 'Your simulation was canceled', text: `${who} canceled it. You can run it again.` };
}

async function write(
  { db, clock }: House,
  by: Uuid,
  repeats: Uuid | null,
  inputs: SimulationInputs,
): Promise<Uuid> {
  const id = newId();
  await db.transaction(async (tx) => {
    await lockAsker(tx, by);
    const { runs, first } = await runsAskedSince(tx, by, new Date(clock.now() - DAY_MS));
    if (runs >= DAY_MAX && first !== null) {
      // To the minute, and never before it: `2026-11-24 11:01 UTC`.
      const free = new Date(first.getTime() + DAY_MS + MINUTE_MS).toISOString();
      const from = `${free.slice(0, 10)} ${free.slice(11, 16)} UTC`;
      throw new Refusal(SIMULATIONS_OF_A_DAY, { most: DAY_MAX, from });
    }
    if ((await openRunsOf(tx, by)) >= OPEN_MAX) throw new Refusal(SIMULATIONS_TOO_MANY, { most: OPEN_MAX });
    await insertSimulation(tx, {
      id,
      askedBy: by,
      askedAt: new Date(clock.now()),
      inputs,
      inputsHash: hashOf(inputs),
      repeats,
    });
  });
  return id;
}

async function proposedRate(
  { db }: House,
  { rate }: Asked,
  nowMs: number,
): Promise<{ readonly proposed: SimulationInputs['proposed']; readonly startsAt: Date }> {
  if ('dollars' in rate) {
    const { dollars } = rate;
    return {
      proposed: { draft: null, dollars, centsPerUnit: keptRatio(ratioOfDollars(dollars)) },
      startsAt: new Date(nowMs),
    };
  }
  const draft = await draftById(db, rate.draft);
  if (draft === undefined) throw new Refusal(NOT_FOUND);
  const { revision, dollars, startsAt, endedAt, version } = draft;
  if (endedAt !== null) {
    const ending = version === null ? 'was given up' : `became rate version ${version}`;
    throw new Refusal(RATE_DRAFT_IS_OVER, { ending });
  }
  return {
    proposed: {
      draft: { id: publicId('rate', draft.id), revision },
      dollars,
      centsPerUnit: keptRatio(ratioOfDollars(dollars)),
    },
    startsAt,
  };
}
