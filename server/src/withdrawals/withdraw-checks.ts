import { DAY_MS } from '../core/clock.ts';
import type { Check } from '../core/explain.ts';
import type { Uuid } from '../core/ids.ts';
import { convertDown, displayAmount, displayUsd, type Ratio } from '../core/money.ts';
import type { RefusalData, RefusalKind } from '../core/refusal.ts';
import { type GateCheck, type IdentityState, identityCheck } from '../identity/index.ts';
import type { PayoutMethodName, PayoutRules, PayoutTerms, Policy } from '../policy/index.ts';
import { matchPapers, type PaperName } from '../verification/index.ts';
import { isOutsideEea } from './bank-numbers.ts';
import { METHOD_WORDS } from './methods/words.ts';
import { missingWords } from './providers/missing-words.ts';
import { unitsForCents } from './quote-rules.ts';
import {
  FIRST_WITHDRAWAL_WAITS,
  INSUFFICIENT_DIAMONDS,
  PAYOUT_ACCOUNT_BOUNCED,
  PAYOUT_ACCOUNT_MISSING,
  PAYOUT_ACCOUNT_TOO_NEW,
  PAYOUT_IDENTITY_NEEDED,
  PAYOUT_METHOD_UNAVAILABLE,
  PAYOUT_NAME_DIFFERS,
  PAYOUT_SETUP_NEEDED,
  WITHDRAWAL_OVER_DAY_CAP,
  WITHDRAWAL_OVER_METHOD_CAP,
  WITHDRAWAL_OVER_WEEK_CAP,
  WITHDRAWAL_TOO_SMALL,
  WITHDRAWALS_ON_HOLD,
} from './refusals.ts';
import type { AccountDetails, AccountSetup } from './withdrawal.ts';

/** What the checks look at. */
export interface WithdrawFacts {
  readonly nowMs: number;
  /** Diamond units that could be reserved now. */
  readonly availableUnits: bigint;
  /** The person's accounts in use, the newest first. */
  readonly accounts: readonly AccountFacts[];
  /** What was asked for within the last seven days and neither failed nor was canceled nor came back. */
  readonly recent: readonly { readonly atMs: number; readonly cents: bigint; readonly method: string }[];
  /** A withdrawal that an operator holds, or held when it was canceled: it goes on until its date. */
  readonly held: { readonly reason: string; readonly until: Date } | null;
  /** Whether one was ever paid, and whether one is on its way. */
  readonly paidBefore: boolean;
  readonly oneOpen: boolean;
  /** Whether one waits until somebody has looked at it once. */
  readonly firstHeld: boolean;
  readonly centsPerUnit: Ratio;
  /** Where the newest look at who they are stands. */
  readonly identity: IdentityState;
  /** Of the approved papers; `null` without. */
  readonly paperName: PaperName | null;
}

export interface AccountFacts {
  readonly id: Uuid;
  readonly method: PayoutMethodName;
  readonly country: string;
  readonly holder: string;
  readonly usableFrom: Date;
  readonly setup: AccountSetup | null;
  readonly details?: AccountDetails;
  readonly masked?: string;
  /** Why its bank sent money back, where the account itself is to be corrected; nothing where it never did. */
  readonly bounced?: string | null;
}

/** A withdrawal that somebody asks for; without one the checks say whether any could be asked for. */
export interface Asked {
  readonly units: bigint;
  readonly accountId: Uuid;
}

/** What of the policy the checks read. */
export type WithdrawPolicy = Pick<Policy, 'withdrawals' | 'payouts'>;

/** What paying to this account costs and takes; undefined where the site does not. */
export function termsFor(
  { methods }: PayoutRules,
  { method, country, details }: Pick<AccountFacts, 'method' | 'country' | 'details'>,
): PayoutTerms | undefined {
  // It was given before its bank's own number was asked for.
  if (details?.method === 'sepa' && details.bic === null && isOutsideEea(country)) return undefined;
  return methods.find(
    (terms) => terms.method === method && (terms.countries.length === 0 || terms.countries.includes(country)),
  );
}

/** The least that can be withdrawn by these terms, in Diamond units. */
export function leastUnits(
  { withdrawals }: Pick<Policy, 'withdrawals'>,
  terms: PayoutTerms | undefined,
  centsPerUnit: Ratio,
): bigint {
  // Something must be left after the fee.
  const inMoney =
    terms === undefined ? 0n : unitsForCents(larger(terms.minCents, terms.feeCents + 1n), centsPerUnit);
  return larger(withdrawals.minUnits, inMoney);
}

/**
 * The checks of the gate `withdraw` beside those of identity, in the order in which they refuse. With `asked`, of that
 * withdrawal; without, whether any could be asked for with the account that is nearest to it.
 */
export function withdrawalChecks(
  facts: WithdrawFacts,
  policy: WithdrawPolicy,
  asked: Asked | null,
): GateCheck[] {
  const account =
    asked === null ? likeliest(facts, policy) : facts.accounts.find(({ id }) => id === asked.accountId);
  const terms = account === undefined ? undefined : termsFor(policy.payouts, account);
  return [
    holdCheck(facts),
    ...(policy.payouts.firstHoldMs === 0 ? [] : [firstCheck(facts)]),
    ...(policy.payouts.identityNeeded ? [checkedCheck(facts)] : []),
    linkedCheck(account),
    ...(account === undefined || facts.paperName === null
      ? []
      : [nameCheck(account.holder, facts.paperName)]),
    ...(account === undefined
      ? []
      : [
          reachedCheck(account, terms),
          bouncedCheck(account),
          ...setUpChecks(account),
          coolCheck(account, facts.nowMs),
        ]),
    smallCheck(facts, policy, terms, asked),
    ...(asked === null ? [] : [availableCheck(facts, asked)]),
    ...capChecks(facts, policy, terms, asked),
  ];
}

/** The account with which least stands in the way. */
export function likeliest(
  { nowMs, accounts, paperName }: WithdrawFacts,
  { payouts }: WithdrawPolicy,
): AccountFacts | undefined {
  const rank = (account: AccountFacts) =>
    (paperName !== null && matchPapers(paperName, account.holder) === 'different' ? 4 : 0) +
    (termsFor(payouts, account) === undefined ? 2 : 0) +
    ((account.bounced ?? null) === null ? 0 : 2) +
    (account.setup === null || account.setup.ready ? 0 : 2) +
    (account.usableFrom.getTime() > nowMs ? 1 : 0);
  return accounts.toSorted((a, b) => rank(a) - rank(b))[0];
}

function holdCheck({ held }: WithdrawFacts): GateCheck {
  const until = held?.until.toISOString() ?? null;
  return made(
    WITHDRAWALS_ON_HOLD,
    { reason: held?.reason ?? null, until },
    {
      passed: held === null,
      rule: 'None of your withdrawals may be on hold for a reason of its own.',
      have: held === null ? 'none on hold for such a reason' : held.reason,
      need: 'none on hold for such a reason',
      remedy: held === null ? null : 'We look at it and tell you. You need do nothing.',
      whoCanChange: 'operator',
      earliest: until,
    },
  );
}

function firstCheck({ paidBefore, oneOpen, firstHeld }: WithdrawFacts): GateCheck {
  const passed = paidBefore || !oneOpen;
  return made(
    FIRST_WITHDRAWAL_WAITS,
    {},
    {
      passed,
      rule: 'Until your first withdrawal has arrived, it is one at a time.',
      have: paidBefore
        ? 'one has arrived'
        : firstHeld
          ? 'your first is on hold until somebody has looked at it'
          : oneOpen
            ? 'your first is on its way'
            : 'none on its way',
      need: 'your first one arrived, or none on its way',
      remedy: passed ? null : 'Wait until it has arrived, or cancel it.',
      whoCanChange: 'time',
      earliest: null,
    },
  );
}

function checkedCheck({ identity }: WithdrawFacts): GateCheck {
  const { code: _, ...check } = identityCheck(identity, 'withdraw');
  return made(PAYOUT_IDENTITY_NEEDED, {}, check);
}

/** A name that differs is not paid; one that is close an operator sees. */
function nameCheck(holder: string, papers: PaperName): GateCheck {
  const { legalName } = papers;
  const passed = matchPapers(papers, holder) !== 'different';
  return made(
    PAYOUT_NAME_DIFFERS,
    { holder, legalName },
    {
      passed,
      rule: 'Your account must be in the name on your papers.',
      have: holder,
      need: legalName,
      remedy: passed ? null : 'Change the holder of your account, or give another one.',
      whoCanChange: 'you',
      earliest: null,
    },
  );
}

function linkedCheck(account: AccountFacts | undefined): GateCheck {
  return made(
    PAYOUT_ACCOUNT_MISSING,
    {},
    {
      passed: account !== undefined,
      rule: 'We need to know where your money should go.',
      have: account === undefined ? 'no account' : METHOD_WORDS[account.method],
      need: 'a bank account',
      remedy: account === undefined ? 'Add a bank account.' : null,
      whoCanChange: 'you',
      earliest: null,
    },
  );
}

function reachedCheck({ method, country }: AccountFacts, terms: PayoutTerms | undefined): GateCheck {
  const way = METHOD_WORDS[method];
  return made(
    PAYOUT_METHOD_UNAVAILABLE,
    { method: way, country },
    {
      passed: terms !== undefined,
      rule: 'This site must be able to pay to your account.',
      have: `${way}, ${country}`,
      need: terms === undefined ? 'another way to be paid' : `${way}, ${country}`,
      remedy: terms === undefined ? 'Choose another way to be paid.' : null,
      whoCanChange: 'you',
      earliest: null,
    },
  );
}

/** An account is what was given at one time: changed, or given again as it is, it is another one. */
function bouncedCheck({ method, masked = '', bounced = null }: AccountFacts): GateCheck {
  return made(
    PAYOUT_ACCOUNT_BOUNCED,
    { account: `${METHOD_WORDS[method]} ${masked}`.trim(), words: bounced },
    {
      passed: bounced === null,
      rule: 'No bank may have sent money back because of the account.',
      have: bounced === null ? 'nothing came back' : `it came back: ${bounced}`,
      need: 'nothing came back',
      remedy: bounced === null ? null : PAYOUT_ACCOUNT_BOUNCED.remedy,
      whoCanChange: 'you',
      earliest: null,
    },
  );
}

/** Of an account at a provider: whether it pays to it, and what it misses. */
function setUpChecks({ method, setup }: AccountFacts): GateCheck[] {
  if (setup === null) return [];
  const provider = METHOD_WORDS[method];
  const missing = missingWords(setup);
  return [
    made(
      PAYOUT_SETUP_NEEDED,
      { provider, missing },
      {
        passed: setup.ready,
        rule: `${provider} must be ready to pay to your account.`,
        have: setup.ready ? 'ready' : missing,
        need: 'ready',
        remedy: setup.ready
          ? null
          : setup.rejected
            ? 'Choose another way to be paid.'
            : `Go on with the set-up at ${provider}.`,
        whoCanChange: 'you',
        earliest: null,
      },
    ),
  ];
}

function coolCheck({ usableFrom }: AccountFacts, nowMs: number): GateCheck {
  const passed = usableFrom.getTime() <= nowMs;
  const from = usableFrom.toISOString();
  return made(
    PAYOUT_ACCOUNT_TOO_NEW,
    { usableFrom: from },
    {
      passed,
      rule: 'A new or changed account waits before it is used, so that a change that was not yours is noticed.',
      have: passed ? 'has waited' : 'waits',
      need: 'has waited',
      remedy: passed ? null : 'Wait, or use another account.',
      whoCanChange: 'time',
      earliest: passed ? null : from,
    },
  );
}

function smallCheck(
  { availableUnits, centsPerUnit }: WithdrawFacts,
  policy: WithdrawPolicy,
  terms: PayoutTerms | undefined,
  asked: Asked | null,
): GateCheck {
  const least = leastUnits(policy, terms, centsPerUnit);
  const units = asked?.units ?? availableUnits;
  const passed = units >= least;
  return made(
    WITHDRAWAL_TOO_SMALL,
    { least: diamonds(least) },
    {
      passed,
      rule: `The least that can be withdrawn is ${diamonds(least)}.`,
      have: `${diamonds(units)}${asked === null ? ' available' : ''}`,
      need: diamonds(least),
      remedy: passed
        ? null
        : asked === null
          ? 'Pending Diamonds become available on their day.'
          : 'Withdraw more.',
      whoCanChange: asked === null ? 'time' : 'you',
      earliest: null,
    },
  );
}

function availableCheck({ availableUnits }: WithdrawFacts, { units }: Asked): GateCheck {
  const passed = units <= availableUnits;
  return made(
    INSUFFICIENT_DIAMONDS,
    { needed: diamonds(units), have: diamonds(availableUnits) },
    {
      passed,
      rule: 'You can withdraw what is available.',
      have: diamonds(availableUnits),
      need: diamonds(units),
      remedy: passed ? null : 'Withdraw less, or wait until pending Diamonds become available.',
      whoCanChange: 'you',
      earliest: null,
    },
  );
}

function capChecks(
  facts: WithdrawFacts,
  { withdrawals, payouts: _ }: WithdrawPolicy,
  terms: PayoutTerms | undefined,
  asked: Asked | null,
): GateCheck[] {
  const caps: Cap[] = [
    {
      kind: WITHDRAWAL_OVER_DAY_CAP,
      words: 'Within 24 hours',
      cents: withdrawals.dayMaxCents,
      windowMs: DAY_MS,
    },
    {
      kind: WITHDRAWAL_OVER_METHOD_CAP,
      words: 'By this way of payment, within 24 hours,',
      cents: terms?.dayMaxCents ?? null,
      windowMs: DAY_MS,
      method: terms?.method,
    },
    {
      kind: WITHDRAWAL_OVER_WEEK_CAP,
      words: 'Within seven days',
      cents: withdrawals.weekMaxCents,
      windowMs: 7 * DAY_MS,
    },
  ];
  const units = asked?.units ?? leastUnits({ withdrawals }, terms, facts.centsPerUnit);
  const cents = larger(convertDown(units, facts.centsPerUnit), 1n);
  return caps.flatMap((cap) => (cap.cents === null ? [] : [capCheck(facts, cap, cap.cents, cents, asked)]));
}

interface Cap {
  readonly kind: RefusalKind;
  readonly words: string;
  readonly cents: bigint | null;
  readonly windowMs: number;
  readonly method?: string | undefined;
}

function capCheck(
  { recent, nowMs }: WithdrawFacts,
  { kind, words, windowMs, method }: Cap,
  most: bigint,
  cents: bigint,
  asked: Asked | null,
): GateCheck {
  const counted = recent
    .filter((one) => one.atMs > nowMs - windowMs && (method === undefined || one.method === method))
    .toSorted((a, b) => a.atMs - b.atMs);
  const used = counted.reduce((sum, one) => sum + one.cents, 0n);
  const left = larger(most - used, 0n);
  const passed = cents <= left;
  // When enough of what counts now is older than the window.
  let freed = left;
  const next = counted.find((one) => {
    freed += one.cents;
    return freed >= cents;
  });
  return made(
    kind,
    { cap: displayUsd(most), left: displayUsd(left) },
    {
      passed,
      rule: `${words} at most ${displayUsd(most)} can be withdrawn.`,
      have: `${displayUsd(left)} left`,
      need: asked === null ? `${displayUsd(cents)}, the least that can be withdrawn` : displayUsd(cents),
      remedy: passed
        ? null
        : next === undefined
          ? 'Withdraw less at a time.'
          : asked === null
            ? 'Wait until enough of it is over.'
            : 'Withdraw less now, and the rest later.',
      whoCanChange: next === undefined ? 'you' : 'time',
      earliest: passed || next === undefined ? null : new Date(next.atMs + windowMs).toISOString(),
    },
  );
}

export function made(kind: RefusalKind, data: RefusalData, check: Omit<Check, 'code'>): GateCheck {
  return { kind, data, check: { code: kind.code, ...check } };
}

function diamonds(units: bigint): string {
  return displayAmount({ asset: 'DIAMOND', units });
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
