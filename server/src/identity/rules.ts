import type { Check } from '../core/explain.ts';
import { groupDigits } from '../core/money.ts';
import type { Policy } from '../policy/index.ts';
import { ageAt, birthday, type CalendarDate, isCalendarDate } from './age.ts';
import { lengthOf } from './text.ts';

/** The gates that this slice knows: what a person may do once every check passes. */
export const GATES = ['send', 'buy', 'earn', 'go-live', 'withdraw'] as const;
export type Gate = (typeof GATES)[number];

/** What the checks of a gate look at. */
export interface PersonFacts {
  readonly dateOfBirth: CalendarDate | null;
  /** Freezes in force at this instant. */
  readonly freezes: readonly Freeze[];
  readonly followers: number;
  /** Where the newest look at who they are stands; asked only where a gate needs it. */
  readonly identity?: IdentityState;
}

/** Where the newest look at who somebody is stands. */
export type IdentityState =
  | 'none'
  | 'started'
  | 'submitted'
  | 'approved'
  | 'refused'
  | 'expired'
  | 'revoked'
  | 'withdrawn'
  | 'undecided';

export interface Freeze {
  readonly gates: readonly Gate[];
  readonly reason: string;
  /** `null` = until somebody lifts it. */
  readonly until: Date | null;
  /** The person asked for it: a break. */
  readonly own: boolean;
}

/** The e-mail address as it is kept (lower case), or `null` when it is not one. ASCII only. */
export function readEmail(raw: string): string | null {
  const email = raw.trim().toLowerCase();
  if (email.length > 254) return null;
  const [, local] =
    /^([a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/.exec(
      email,
    ) ?? [];
  return local === undefined || local.length > 64 ? null : email;
}

/** The most a password may have, so that hashing one costs the same as hashing any. */
export const PASSWORD_LENGTH_MAX = 128;

/**
 * The rule that a password breaks, or `null`. Any characters are welcome; what is refused is short,
 * repeats itself, or is the person's own name.
 */
export function passwordRuleBroken(
  password: string,
  rules: { readonly lengthMin: number; readonly own: readonly string[] },
): string | null {
  if (!password.isWellFormed()) return 'has half a character in it';
  const length = lengthOf(password);
  if (length < rules.lengthMin) return `needs at least ${rules.lengthMin} characters`;
  if (length > PASSWORD_LENGTH_MAX) return `may have at most ${PASSWORD_LENGTH_MAX} characters`;
  const plain = password.toLowerCase();
  if (new Set(plain).size < 5) return 'repeats too few different characters';
  if (isRun(plain)) return 'is a row of the keyboard or of the alphabet';
  if (COMMON.some((word) => plain.replaceAll(/[^a-z]/g, '') === word)) return 'is one that many people have';
  if (rules.own.some((own) => own.length >= 3 && withoutDigits(plain) === withoutDigits(own.toLowerCase()))) {
    return 'is your own name or e-mail address';
  }
  return null;
}

/** The rule that a date of birth breaks, or `null`. */
export function dateOfBirthRuleBroken(date: string, nowMs: number, ageMax: number): string | null {
  if (!isCalendarDate(date)) return 'is not a day of the calendar';
  const age = ageAt(date, nowMs);
  if (age < 0) return 'is in the future';
  if (age > ageMax) return `is more than ${ageMax} years ago`;
  return null;
}

/** Sending gifts: of age, not frozen, and not on a break. */
export function sendChecks(facts: PersonFacts, { people }: GatePolicy, nowMs: number): Check[] {
  return [...gateChecks('send', facts, people.adultAge, nowMs), noBreakCheck('send', facts, nowMs)];
}

/** Buying Coins: of age, not frozen, and not on a break. */
export function buyChecks(facts: PersonFacts, { people }: GatePolicy, nowMs: number): Check[] {
  return [...gateChecks('buy', facts, people.adultAge, nowMs), noBreakCheck('buy', facts, nowMs)];
}

/** Receiving gifts and being paid for them: of age, and not frozen. */
export function earnChecks(facts: PersonFacts, { people }: GatePolicy, nowMs: number): Check[] {
  return gateChecks('earn', facts, people.adultAge, nowMs);
}

/** Withdrawing: of age, and frozen neither for it nor for being paid. What else it takes, the slice of withdrawals says. */
export function withdrawChecks(facts: PersonFacts, { people }: GatePolicy, nowMs: number): Check[] {
  return [
    ageKnownCheck('withdraw', facts),
    adultCheck('withdraw', facts, people.adultAge, nowMs),
    notFrozenCheck('withdraw', facts, ['withdraw', 'earn']),
  ];
}

/**
 * Going live: of age, in good standing (frozen neither for going live nor for receiving gifts), followed by enough
 * people, and what else the policy asks for. What cannot be done on this site yet is said to be so.
 */
export function goLiveChecks(facts: PersonFacts, { goLive }: GatePolicy, nowMs: number): Check[] {
  return [
    ageKnownCheck('go-live', facts),
    adultCheck('go-live', facts, goLive.ageMin, nowMs),
    notFrozenCheck('go-live', facts, ['go-live', 'earn']),
    followedCheck(facts, goLive.followersMin),
    ...(goLive.identityNeeded ? [identityCheck(facts.identity ?? 'none', 'go live')] : []),
    ...(goLive.twoStepSignInNeeded ? [twoStepCheck()] : []),
  ];
}

/** What the checks read of the policy. */
export interface GatePolicy {
  readonly people: Pick<Policy['people'], 'adultAge'>;
  readonly goLive: Policy['goLive'];
}

/** What a gate lets a person do, to stand in a sentence after "can" or "to". */
export const GATE_ACTIONS: Readonly<Record<Gate, string>> = {
  send: 'send gifts',
  buy: 'buy Coins',
  earn: 'receive gifts',
  'go-live': 'go live',
  withdraw: 'withdraw',
};

/** The checks of identity, in the order in which they refuse. `code` is the refusal's code. */
function gateChecks(gate: Gate, facts: PersonFacts, adultAge: number, nowMs: number): Check[] {
  return [
    ageKnownCheck(gate, facts),
    adultCheck(gate, facts, adultAge, nowMs),
    notFrozenCheck(gate, facts, [gate]),
  ];
}

function ageKnownCheck(gate: Gate, { dateOfBirth }: PersonFacts): Check {
  const passed = dateOfBirth !== null;
  return {
    code: 'age_unknown',
    passed,
    rule: `We need your date of birth before you can ${GATE_ACTIONS[gate]}.`,
    have: dateOfBirth,
    need: 'a date of birth',
    remedy: passed ? null : 'Give your date of birth.',
    whoCanChange: 'you',
    earliest: null,
  };
}

function adultCheck(gate: Gate, { dateOfBirth }: PersonFacts, adultAge: number, nowMs: number): Check {
  const age = dateOfBirth === null ? null : ageAt(dateOfBirth, nowMs);
  const passed = age !== null && age >= adultAge;
  const from = dateOfBirth === null || passed ? null : birthday(dateOfBirth, adultAge);
  return {
    code: 'under_age',
    passed,
    rule: `You must be ${adultAge} or older to ${GATE_ACTIONS[gate]}.`,
    have: age === null ? null : `${age} years`,
    need: `${adultAge} years`,
    remedy: from === null ? null : `You can ${GATE_ACTIONS[gate]} from ${from} on.`,
    whoCanChange: 'time',
    earliest: from === null ? null : `${from}T00:00:00.000Z`,
  };
}

function notFrozenCheck(gate: Gate, { freezes }: PersonFacts, closedBy: readonly Gate[]): Check {
  const closing = freezes.filter(
    (freeze) => !freeze.own && freeze.gates.some((closed) => closedBy.includes(closed)),
  );
  const first = closing[0];
  const open = closing.some((freeze) => freeze.until === null);
  const last = Math.max(...closing.map((freeze) => freeze.until?.getTime() ?? 0));
  return {
    code: 'account_frozen',
    passed: first === undefined,
    rule: `Your account must not be frozen to ${GATE_ACTIONS[gate]}.`,
    have: first === undefined ? 'not frozen' : first.reason,
    need: 'not frozen',
    remedy: first === undefined ? null : 'Write to support if you think that this is wrong.',
    whoCanChange: 'support',
    earliest: first === undefined || open ? null : new Date(last).toISOString(),
  };
}

function noBreakCheck(gate: Gate, { freezes }: PersonFacts, nowMs: number): Check {
  const ends = freezes
    .filter(({ own, gates }) => own && gates.includes(gate))
    .map(({ until }) => until?.getTime() ?? 0)
    .filter((untilMs) => untilMs > nowMs);
  const last = ends.length === 0 ? null : new Date(Math.max(...ends)).toISOString();
  return {
    code: 'on_a_break',
    passed: last === null,
    rule: `You must not be on a break to ${GATE_ACTIONS[gate]}.`,
    have: last === null ? 'no break' : `a break that you asked for, until ${last}`,
    need: 'no break',
    remedy: last === null ? null : 'It ends by itself; nobody can end it earlier.',
    whoCanChange: 'time',
    earliest: last,
  };
}

function followedCheck({ followers }: PersonFacts, needed: number): Check {
  const passed = followers >= needed;
  return {
    code: 'too_few_followers',
    passed,
    rule: `You need ${followersText(needed)} to go live.`,
    have: followersText(followers),
    need: followersText(needed),
    remedy: passed ? null : 'Share your page: whoever follows you there counts.',
    whoCanChange: 'you',
    earliest: null,
    again: 'Counted anew each time you open this page and when you go live.',
  };
}

function followersText(count: number): string {
  return count === 1 ? '1 follower' : `${groupDigits(BigInt(count))} followers`;
}

/** Whether somebody has checked who the person is, before they do this. */
export function identityCheck(state: IdentityState, action: string): Check {
  const passed = state === 'approved';
  return {
    code: 'identity_unchecked',
    passed,
    rule: `Somebody must have checked who you are before you ${action}.`,
    have: IDENTITY_WORDS[state],
    need: 'a checked identity',
    remedy: passed
      ? null
      : state === 'submitted'
        ? 'Somebody looks at your papers; you need do nothing.'
        : state === 'refused'
          ? 'Mend what was named, and hand your papers in again.'
          : 'Show your papers.',
    whoCanChange: state === 'submitted' ? 'operator' : 'you',
    earliest: null,
  };
}

const IDENTITY_WORDS: Readonly<Record<IdentityState, string>> = {
  none: 'not checked',
  started: 'begun, not handed in',
  submitted: 'handed in, being looked at',
  approved: 'checked',
  refused: 'refused',
  expired: 'begun and left',
  revoked: 'taken back',
  withdrawn: 'taken back by you',
  undecided: 'nobody decided in time',
};

function twoStepCheck(): Check {
  return {
    code: 'two_step_sign_in_missing',
    passed: false,
    rule: 'Signing in must take a second step before you go live.',
    have: 'one step: this site has no second one yet',
    need: 'two-step sign-in',
    remedy: 'Nothing you can do here: write to the operator, whose policy asks for it.',
    whoCanChange: 'operator',
    earliest: null,
    again: 'When the operator changes the policy.',
  };
}

function withoutDigits(text: string): string {
  return text.replaceAll(/[0-9_.\s!-]/g, '');
}

/** Whether every character follows the one before it, up or down, in the alphabet or on a keyboard row. */
function isRun(text: string): boolean {
  return RUNS.some((run) => run.includes(text) || [...run].reverse().join('').includes(text));
}

const RUNS = [
  'abcdefghijklmnopqrstuvwxyz'.repeat(2),
  '1234567890'.repeat(4),
  'qwertyuiopasdfghjklzxcvbnm'.repeat(2),
];

/** Long enough to pass, and on every list of stolen passwords; digits and signs around them do not help. */
const COMMON = [
  'password',
  'passwordpassword',
  'mypassword',
  'letmein',
  'letmeinplease',
  'iloveyou',
  'iloveyousomuch',
  'qwertyuiop',
  'qwertyqwerty',
  'welcome',
  'administrator',
  'changeme',
  'superman',
  'trustno',
  'basketball',
  'princess',
  'sunshine',
  'football',
  'baseball',
];
