import type { Static } from 'typebox';
import { type Approval, approvalById, approvalsJson, newestApproval } from '../approvals/index.ts';
import { DAY_MS } from '../core/clock.ts';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson, displayUsd } from '../core/money.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { peopleByIds } from '../identity/index.ts';
import { assetOfLedger, PlatformPurposes, TransferFlags, UserPurposes, WORLD_CODE } from '../ledger/index.ts';
import { approvedCases, matchPapers, type PaperName } from '../verification/index.ts';
import { type LedgerLeg, legsOf, type QueueFacts, queueFacts } from './console-store.ts';
import { type FileRow, fileOf } from './files-store.ts';
import { toLatin } from './latin.ts';
import { returnCodes } from './methods/return-codes.ts';
import { isProvided, METHOD_WORDS } from './methods/words.ts';
import { SAID_BY_PROVIDER } from './move-withdrawal.ts';
import { attemptsOf, NOT_PAID } from './providers/attempts-store.ts';
import { accountsKnown } from './providers/payers.ts';
import { whyWaiting } from './providers/waits-store.ts';
import { APPROVAL_KIND, countedSince, grossOf, secondOperatorFrom } from './release-withdrawal.ts';
import { RESOLUTION_KIND } from './resolve-withdrawal.ts';
import { FAILURE_KIND, failureTakesTwo, RETURN_KIND, returnTakesTwo } from './return-withdrawal.ts';
import type { detailAnswer, fileSchema, flagSchema, queueRowSchema } from './schema.ts';
import { moneyJson, quoteLinesJson, withdrawalsJson } from './show.ts';
import { decideMove, isHoldLeft, isUnclaimed, MOVES, type Move } from './states.ts';
import { accountById, eventsOf, letGoCents, paymentIdsOf, quoteById } from './store.ts';
import type { WithdrawalEvent, WithdrawalNow } from './withdrawal.ts';
import { diamondsBackId, reserveId, reservePostId, reserveVoidId } from './withdrawal-ids.ts';

export type QueueRowJson = Static<typeof queueRowSchema>;
type Flag = Static<typeof flagSchema>;

/** Accounts younger than this are new. */
export const NEW_ACCOUNT_MS = 7 * DAY_MS;
/** From this gross amount on something is large where the policy says nothing. */
export const LARGE_CENTS = 50_000n;

/** Withdrawals as operators see them, in the same order. */
export async function queueRowsJson(house: House, rows: readonly WithdrawalNow[]): Promise<QueueRowJson[]> {
  const [shown, facts, people, papers, from] = await Promise.all([
    withdrawalsJson(house, rows),
    queueFacts(
      house.db,
      rows.map(({ id }) => id),
    ),
    peopleByIds(house.db, [...new Set(rows.map(({ userId }) => userId))]),
    approvedCases(house.db, [...new Set(rows.map(({ userId }) => userId))]),
    secondOperatorFrom(house),
  ]);
  const factsOf = new Map(facts.map((fact) => [fact.id, fact]));
  const large = from ?? LARGE_CENTS;
  return rows.flatMap((row, index) => {
    const [json, fact, person] = [shown[index], factsOf.get(row.id), people.get(row.userId)];
    if (json === undefined || fact === undefined) return [];
    const displayName = person?.displayName ?? 'Somebody';
    const flags = flagsOf(row, fact, {
      displayName,
      large,
      paperName: papers.get(row.userId) ?? null,
    });
    const open = flags.filter(({ passed }) => !passed).length;
    return [
      {
        ...json,
        creator: { handle: person?.handle ?? '', displayName, avatar: person?.avatar ?? '' },
        flags,
        risk: open === 0 ? 'low' : open <= 2 ? 'some' : 'high',
      },
    ];
  });
}

/** What an operator looks at; each a fact in words, none of them a verdict. */
function flagsOf(
  row: WithdrawalNow,
  fact: QueueFacts,
  about: { readonly displayName: string; readonly large: bigint; readonly paperName: PaperName | null },
): Flag[] {
  const isNew = row.requestedAt.getTime() - fact.accountMadeAt.getTime() < NEW_ACCOUNT_MS;
  const young = row.requestedAt.getTime() - fact.signedUpAt.getTime() < 30 * DAY_MS;
  return [
    row.method === 'stripe' ? STRIPE_NAME : nameFlag(row.holder, about),
    {
      code: 'account',
      passed: fact.accountPaidBefore,
      words: fact.accountPaidBefore
        ? 'This account was paid before'
        : fact.personPaidBefore
          ? 'First payout to this account'
          : 'First payout to this person',
    },
    {
      code: 'age',
      passed: !isNew,
      words: isNew ? 'The account was given or changed within a week' : 'The account is older than a week',
    },
    {
      code: 'velocity',
      passed: fact.inWeek < 3,
      words: fact.inWeek === 0 ? 'No other within seven days' : `${fact.inWeek} others within seven days`,
    },
    {
      code: 'amount',
      passed: grossOf(row) < about.large,
      words:
        grossOf(row) < about.large
          ? `Under ${displayUsd(about.large)}`
          : `${displayUsd(about.large)} or more`,
    },
    {
      code: 'bounced',
      passed: !fact.bouncedBefore,
      words: fact.bouncedBefore ? 'One came back from the bank before' : 'None ever came back',
    },
    {
      code: 'shared',
      passed: fact.sharers.length === 0,
      words:
        fact.sharers.length === 0
          ? 'Nobody else gave this account'
          : `The same account as of ${fact.sharers.map((handle) => `@${handle}`).join(', ')}`,
    },
    {
      code: 'member',
      passed: !young,
      words: young ? 'Signed up within 30 days' : 'Here for more than 30 days',
    },
  ];
}

/** The bank account behind it is nowhere here, and so is its holder's name. */
const STRIPE_NAME: Flag = {
  code: 'name',
  passed: false,
  words: 'Whose bank account it is, Stripe knows and we do not',
};

/** Against the papers where there are some, else against the profile. */
function nameFlag(
  holder: string,
  { displayName, paperName }: { readonly displayName: string; readonly paperName: PaperName | null },
): Flag {
  if (paperName !== null) {
    const match = matchPapers(paperName, holder);
    return {
      code: 'name',
      passed: match === 'exact',
      words:
        match === 'exact'
          ? 'The account’s name is the one on the papers'
          : `The account is of ${holder}, the papers of ${paperName.legalName}: ${match === 'close' ? 'close, look' : 'not the same'}`,
    };
  }
  const shares = sharesWord(holder, displayName);
  return {
    code: 'name',
    passed: shares,
    words: shares
      ? 'The account’s name fits the profile'
      : `The account is of ${holder}, the profile of ${displayName}`,
  };
}

/** Whether two names have a word in common, as banks write them. */
export function sharesWord(a: string, b: string): boolean {
  const words = (name: string) =>
    new Set(
      (toLatin(name) ?? '')
        .toLowerCase()
        .split(/[^a-z]+/)
        .filter((word) => word.length > 1),
    );
  const known = words(b);
  return [...words(a)].some((word) => known.has(word));
}

/** Everything about one, for whoever decides. */
export async function detailJson(
  house: House,
  row: WithdrawalNow,
  viewerId: Uuid,
): Promise<Static<typeof detailAnswer>> {
  const { db } = house;
  const ids = [reserveId(row.id), reservePostId(row.id), reserveVoidId(row.id), diamondsBackId(row.id)];
  const [[json], quote, account, events, payments, from, file, newest] = await Promise.all([
    queueRowsJson(house, [row]),
    quoteById(db, row.quoteId),
    accountById(db, row.accountId, accountsKnown(house)),
    eventsOf(db, [row.id]),
    paymentIdsOf(db, row.id),
    secondOperatorFrom(house),
    fileOf(db, row.id),
    newestOf(db, row),
  ]);
  if (json === undefined) throw new Error(`a withdrawal that cannot be shown: ${row.id}`);
  const people = await peopleByIds(db, [
    ...new Set(events.flatMap(({ byUser }) => (byUser === null ? [] : [byUser]))),
  ]);
  const [approval] =
    newest === null ? [] : await approvalsJson(db, [newest], { userId: viewerId, nowMs: house.clock.now() });
  const [attempts, waits, legs, letGo, returnNeedsSecond, failureNeedsSecond] = await Promise.all([
    attemptsOf(db, row.id),
    whyWaiting(db, row.id),
    legsOf(db, [...ids, ...payments]),
    letGoCents(db, row.userId, countedSince(house)),
    returnTakesTwo(house, row),
    failureTakesTwo(house, row),
  ]);
  const details = account?.details;
  return {
    withdrawal: json,
    needsSecond: from !== null && grossOf(row) + letGo >= from,
    returnNeedsSecond,
    failureNeedsSecond,
    approval: approval ?? null,
    instructions: details?.method === 'manual' && row.state === 'released' ? details.instructions : null,
    lines: quote === undefined ? [] : quoteLinesJson(quote).map(({ key: _, ...line }) => line),
    ledger: legs.map((leg) => legJson(leg, row.userId, json.creator.displayName)),
    history: events.map((event) => ({
      at: event.at.toISOString(),
      label: HISTORY[event.step],
      by: event.byUser === null ? null : (people.get(event.byUser)?.displayName ?? 'Somebody'),
      note: event.note,
      code: event.code,
    })),
    moves: possible(row, attempts[0]?.needsPeople === true, house.clock.now()),
    returnCodes: returnCodes(row.method),
    waits,
    attempts: attempts.map((attempt) => ({
      number: attempt.number,
      provider: attempt.provider,
      mode: attempt.mode,
      destination: attempt.destination,
      madeAt: attempt.madeAt.toISOString(),
      refs: [attempt.takenRef, attempt.payoutRef].filter((ref) => ref !== null),
      says: attempt.rawStatus,
      problem: attempt.closedAt === null || attempt.closedCode === NOT_PAID ? attempt.problem : null,
      closed: attempt.closedCode,
    })),
    file: file === null ? null : { id: publicId('payfile', file.id), name: file.name },
  };
}

/** What was asked about it last: its release, that it came back or that it is not paid. */
async function newestOf(db: Queryable, row: WithdrawalNow): Promise<Approval | null> {
  const asked = await Promise.all([
    newestApproval(db, RETURN_KIND, row.id),
    newestApproval(db, FAILURE_KIND, row.id),
    newestApproval(db, RESOLUTION_KIND, row.id),
    row.approvalId === null ? newestApproval(db, APPROVAL_KIND, row.id) : approvalById(db, row.approvalId),
  ]);
  const [newest = null] = asked
    .filter((one) => one !== null && one !== undefined)
    .sort((a, b) => b.askedAt.getTime() - a.askedAt.getTime());
  return newest;
}

/** What an operator can do to it now. */
function possible(row: WithdrawalNow, needsPeople: boolean, nowMs: number): (Move | 'resolve')[] {
  const byOperators: readonly Move[] = ['release', 'hold', 'fail', 'send', 'pay', 'return', 'park'];
  if (isProvided(row.method) && (row.state === 'parked' || (row.state === 'sending' && needsPeople))) {
    return ['resolve'];
  }
  if (row.state === 'canceled') return isHoldLeft(row, nowMs) ? ['lift_hold'] : [];
  if (isUnclaimed(row) && row.calledBackAt === null) return ['call_back'];
  return byOperators.filter((move) => {
    // What goes by file is sent with its file.
    if (move === 'send' && row.method !== 'manual') return false;
    // What becomes of it at a provider, the provider says.
    if (isProvided(row.method) && SAID_BY_PROVIDER.has(move)) return false;
    return MOVES[move].from.includes(row.state) && decideMove(row.state, move) === 'move';
  });
}

const HISTORY: Readonly<Record<WithdrawalEvent['step'], string>> = {
  requested: 'Requested',
  hold: 'Put on hold',
  end_hold: 'Hold reached its latest date',
  lift_hold: 'Hold lifted',
  ask_approval: 'Asked a second operator',
  release: 'Released',
  file: 'Put in a file',
  unfile: 'Its file was withdrawn',
  submit: 'Handed to the provider',
  unsubmit: 'It did not happen there: tried again',
  refuse: 'Refused by the provider',
  send: 'Sent',
  call_back: 'Called back, as nobody had accepted it',
  pay: 'Arrived',
  return: 'Came back',
  fail: 'Not sent',
  cancel: 'Canceled',
  park: 'Parked: whoever pays is asked',
  resolve_arrived: 'Two operators: it arrived',
  resolve_back: 'Two operators: it did not arrive',
  resolve_paid: 'Two operators: it was paid',
  resolve_unpaid: 'Two operators: it was not paid',
};

function legJson(
  leg: LedgerLeg,
  userId: Uuid,
  creator: string,
): Static<typeof detailAnswer>['ledger'][number] {
  const party = (owner: Uuid | null, code: number) => accountWords(owner === userId ? creator : null, code);
  return {
    id: publicId('tx', leg.id),
    what:
      (leg.flags & TransferFlags.pending) !== 0
        ? 'Reserved'
        : (leg.flags & TransferFlags.postPendingTransfer) !== 0
          ? 'Redeemed'
          : (leg.flags & TransferFlags.voidPendingTransfer) !== 0
            ? 'Free again'
            : 'Booked',
    from: party(leg.fromOwner, leg.fromCode),
    to: party(leg.toOwner, leg.toCode),
    amount: amountJson(assetOfLedger(leg.ledger), leg.amount),
    at: leg.at.toISOString(),
  };
}

/** `Mira Solane: diamonds_available`, `platform:cash`, `world`. */
function accountWords(person: string | null, code: number): string {
  if (code === WORLD_CODE) return 'the bank';
  const purposes = person === null ? PlatformPurposes : UserPurposes;
  const purpose = Object.entries(purposes).find(([, number]) => number === code)?.[0] ?? 'account';
  return `${person ?? 'house'}: ${purpose.replaceAll('_', ' ')}`;
}

/** A file as it is listed. */
export async function filesJson(
  house: House,
  rows: readonly FileRow[],
): Promise<Static<typeof fileSchema>[]> {
  const people = await peopleByIds(house.db, [...new Set(rows.map(({ byUser }) => byUser))]);
  return rows.map((row) => ({
    id: publicId('payfile', row.id),
    name: row.name,
    method: row.method,
    methodName: METHOD_WORDS[row.method],
    payments: row.payments,
    sum: moneyJson(row.sumMinor, row.currency),
    sha256: row.sha256.toString('hex'),
    payOn: row.payOn,
    madeAt: row.madeAt.toISOString(),
    madeBy: people.get(row.byUser)?.displayName ?? 'Somebody',
    sentAt: row.sentAt?.toISOString() ?? null,
    isTaken: row.isTaken,
    withdrawnAt: row.withdrawnAt?.toISOString() ?? null,
    sending: row.sending,
    onTheWay: row.onTheWay,
    paid: row.paid,
  }));
}
