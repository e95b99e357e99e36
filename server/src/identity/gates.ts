import { allPassed, type Check } from '../core/explain.ts';
import type { Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import { Refusal, type RefusalData, type RefusalKind } from '../core/refusal.ts';
import { Together } from '../core/together.ts';
import type { Database } from '../db/database.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import {
  ACCOUNT_FROZEN,
  AGE_UNKNOWN,
  IDENTITY_UNCHECKED,
  ON_A_BREAK,
  TOO_FEW_FOLLOWERS,
  TWO_STEP_SIGN_IN_MISSING,
  UNDER_AGE,
} from './refusals.ts';
import {
  buyChecks,
  earnChecks,
  GATE_ACTIONS,
  type Gate,
  type GatePolicy,
  goLiveChecks,
  type IdentityState,
  type PersonFacts,
  sendChecks,
  withdrawChecks,
} from './rules.ts';
import { personFactsRows } from './store.ts';

/** A check with the refusal that it becomes when the verb behind the gate is tried. */
export interface GateCheck {
  readonly check: Check;
  readonly kind: RefusalKind;
  readonly data: RefusalData;
}

/** What another slice has to say about a person at a gate. */
export type GateChecks = (house: House, userId: Uuid) => Promise<readonly GateCheck[]>;

let verified: ((house: House, userId: Uuid) => Promise<IdentityState>) | null = null;

/** Says where the newest look at who somebody is stands. The slice that looks says so. */
export function useVerified(ask: (house: House, userId: Uuid) => Promise<IdentityState>): void {
  verified = ask;
}

async function identityStateOf(house: House, userId: Uuid): Promise<IdentityState> {
  return verified === null ? 'none' : verified(house, userId);
}

const added = new Map<Gate, Map<string, GateChecks>>();

/** Adds a slice's checks to a gate, after those of identity. A slice has one set per gate. */
export function addGateChecks(gate: Gate, slice: string, checks: GateChecks): void {
  const ofGate = added.get(gate) ?? new Map<string, GateChecks>();
  added.set(gate, ofGate.set(slice, checks));
}

const explained = new Map<Gate, Map<string, GateChecks>>();

/**
 * Adds what a slice has to say where its verb refuses by itself, once it knows how much is asked for: whether anything at
 * all could be. Told where a gate is explained, never asked when it is passed. A slice has one set per gate.
 */
export function addExplanation(gate: Gate, slice: string, checks: GateChecks): void {
  const ofGate = explained.get(gate) ?? new Map<string, GateChecks>();
  explained.set(gate, ofGate.set(slice, checks));
}

/** All that stands between a person and what is behind a gate. For `GET /v1/me/explain/:gate`. */
export async function explainWhole(house: House, gate: Gate, userId: Uuid): Promise<Check[]> {
  const checks = await judge(house, gate, userId);
  for (const more of explained.get(gate)?.values() ?? []) checks.push(...(await more(house, userId)));
  return checks.map(({ check }) => check);
}

/** Every check of a gate for a person, in the order in which they refuse. */
export async function explainGate(house: House, gate: Gate, userId: Uuid): Promise<Check[]> {
  return (await judge(house, gate, userId)).map(({ check }) => check);
}

/**
 * Refuses with the first check that fails: `age_unknown`, `under_age`, `account_frozen`, for going live
 * `too_few_followers`, `identity_unchecked` or `two_step_sign_in_missing`, or one of another slice.
 * Cheap enough for every gift: what it knows of a person is up to a second old, and forgotten at once
 * when it changes in this process.
 */
export async function requireGate(house: House, gate: Gate, userId: Uuid): Promise<void> {
  for (const { check, kind, data } of await judge(house, gate, userId)) {
    if (!check.passed) throw new Refusal(kind, data);
  }
}

/** Every check of a gate with the refusal it becomes, in the order in which they refuse, of identity alone. */
export async function ownGateChecks(house: House, gate: Gate, userId: Uuid): Promise<GateCheck[]> {
  return judgeSelf(house, gate, userId);
}

/** Whether the person may pass now. */
export async function passesGate(house: House, gate: Gate, userId: Uuid): Promise<boolean> {
  return allPassed(await explainGate(house, gate, userId));
}

/** Call when a freeze, a date of birth or the number of followers changed. */
export function forgetFacts(db: Database, userId: Uuid): void {
  factsIn(db).delete(userId);
}

async function judge(house: House, gate: Gate, userId: Uuid): Promise<GateCheck[]> {
  const checks = await judgeSelf(house, gate, userId);
  for (const more of added.get(gate)?.values() ?? []) checks.push(...(await more(house, userId)));
  return checks;
}

async function judgeSelf(house: House, gate: Gate, userId: Uuid): Promise<GateCheck[]> {
  const nowMs = house.clock.now();
  const facts = await factsOf(house, userId);
  const policy: GatePolicy = await currentPolicy(house.db, nowMs);
  const asksWho = gate === 'go-live' && policy.goLive.identityNeeded;
  const identity = asksWho ? await identityStateOf(house, userId) : 'none';
  return OWN_CHECKS[gate]({ ...facts, identity }, policy, nowMs).map((check) => ({
    check,
    ...refusalOf(check, gate, gate === 'go-live' ? policy.goLive.ageMin : policy.people.adultAge),
  }));
}

const OWN_CHECKS = {
  send: sendChecks,
  buy: buyChecks,
  earn: earnChecks,
  'go-live': goLiveChecks,
  withdraw: withdrawChecks,
} as const;

function refusalOf(check: Check, gate: Gate, years: number): { kind: RefusalKind; data: RefusalData } {
  const action = GATE_ACTIONS[gate];
  switch (check.code) {
    case AGE_UNKNOWN.code:
      return { kind: AGE_UNKNOWN, data: { action } };
    case UNDER_AGE.code:
      return { kind: UNDER_AGE, data: { action, years, earliest: check.earliest } };
    case ACCOUNT_FROZEN.code:
      return { kind: ACCOUNT_FROZEN, data: { action, reason: check.have, earliest: check.earliest } };
    case ON_A_BREAK.code:
      return { kind: ON_A_BREAK, data: { action, until: check.earliest } };
    case TOO_FEW_FOLLOWERS.code:
      return { kind: TOO_FEW_FOLLOWERS, data: { have: check.have, needed: check.need } };
    case IDENTITY_UNCHECKED.code:
      return { kind: IDENTITY_UNCHECKED, data: {} };
    case TWO_STEP_SIGN_IN_MISSING.code:
      return { kind: TWO_STEP_SIGN_IN_MISSING, data: {} };
    default:
      throw new Error(`the check ${check.code} has no refusal`);
  }
}

/** How old the facts about a person may be. A freeze made in another process holds after so long. */
const FACTS_MS = 1_000;
const FACTS_KEPT_MAX = 20_000;

const factsIn = oncePer(
  (_db: Database) => new Map<Uuid, { readonly facts: PersonFacts; readonly readMs: number }>(),
);

const factsTogether = oncePer(
  (house: House) =>
    new Together<Uuid, PersonFacts>((ids) => personFactsRows(house.db, ids, new Date(house.clock.now()))),
);

async function factsOf(house: House, userId: Uuid): Promise<PersonFacts> {
  const kept = factsIn(house.db);
  const found = kept.get(userId);
  // Real time, not the house's clock: a turned clock does not make memory fresh.
  if (found !== undefined && performance.now() - found.readMs < FACTS_MS) return found.facts;
  const readMs = performance.now();
  const facts = await factsTogether(house).find(userId);
  if (facts === undefined) throw new Refusal(NOT_FOUND);
  if (kept.size >= FACTS_KEPT_MAX) kept.clear();
  kept.set(userId, { facts, readMs });
  return facts;
}
