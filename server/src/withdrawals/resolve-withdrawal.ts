import {
  type Approval,
  askApproval,
  type Decision,
  decideApproval,
  decisionStatement,
  requireDecidable,
} from '../approvals/index.ts';
import { DAY_MS } from '../core/clock.ts';
import { publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import type { CompanionStatement } from '../ledger/index.ts';
import { displayMoney, minorOf } from './currencies.ts';
import { lookAtForgotten, requireUnheard } from './forgotten-payout.ts';
import { isProvided } from './methods/words.ts';
import { type MoveAsked, moveWithdrawal } from './move-withdrawal.ts';
import {
  type Attempt,
  attemptsOf,
  lookSoon,
  notPaidStatement,
  paidThereStatement,
  takenStatement,
} from './providers/attempts-store.ts';
import { ownAccountAt, payerOf } from './providers/payers.ts';
import type { PayoutOperation, PayoutProvider, PayoutSnapshot } from './providers/provider.ts';
import {
  adoptable,
  NO_TRACE,
  type ResolutionVerdict,
  type Resolvable,
  resolvable,
  saidOf,
} from './providers/resolution-rules.ts';
import { adoptionRows, resolutionRow } from './providers/resolutions-store.ts';
import {
  PAYOUT_BACK_WRONG,
  PAYOUT_NUMBER_NEEDED,
  PAYOUT_PROVIDER_SILENT,
  PAYOUT_SAYS_OTHERWISE,
  PAYOUT_SETTLES_ITSELF,
  PAYOUT_STILL_MOVES,
  WITHDRAWAL_IS_YOUR_OWN,
  WITHDRAWAL_MOVED_ON,
} from './refusals.ts';
import { adoptionChoice, bookedWords, type Choice, choiceOf, type Resolving } from './resolution-choices.ts';
import { STATE_WORDS } from './states.ts';
import { withdrawalById } from './store.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/** The kind of an approval of what became of a payment that its provider does not say clearly. */
export const RESOLUTION_KIND = 'withdrawal_resolution';
const ASKED_FOR_MS = 7 * DAY_MS;

/** What people found out by themselves of a payment. */
interface Found {
  /** The provider's own number of it, where nobody can look it up otherwise. */
  readonly number?: string | null;
  /** How much of it came back, in its currency, `12.50`; `null` = all of it. */
  readonly back?: string | null;
}

/**
 * Asks the provider what is true of a withdrawal that waits for a person. Refuses with `not_found`, `withdrawal_moved_on`
 * (it does not wait), `payout_provider_silent`, `payout_still_moves` or `payout_settles_itself`; of what people found with
 * `payout_number_wrong` or `payout_back_wrong`.
 */
export async function lookAtParked(
  house: House,
  id: Uuid,
  { number = null, back = null }: Found = {},
): Promise<Resolving> {
  const withdrawal = await withdrawalById(house.db, id);
  if (withdrawal === undefined) throw new Refusal(NOT_FOUND);
  const tries = await attemptsOf(house.db, id);
  const [attempt] = tries;
  if (withdrawal.state === 'sending' && attempt?.needsPeople === true) {
    const asked = await askable(house, withdrawal, attempt);
    return asked.payer.findsByAsking
      ? lookAtForgotten(house, { withdrawal, attempt, ...asked }, number)
      : lookAtUnbooked(withdrawal, attempt, tries, asked);
  }
  if (withdrawal.state !== 'parked' || !isProvided(withdrawal.method) || attempt === undefined) {
    throw new Refusal(WITHDRAWAL_MOVED_ON, { state: STATE_WORDS[withdrawal.state] });
  }
  const snapshot = await askNow(house, withdrawal, attempt);
  const said = saidOf(snapshot);
  const choices = resolvable(withdrawal, snapshot, readBack(back, attempt)).map((one) =>
    choiceOf(withdrawal, one),
  );
  if (choices.length === 0) throw new Refusal(PAYOUT_SETTLES_ITSELF, { said });
  return { withdrawal, attempt, said, advice: snapshot?.advice ?? null, choices };
}

function readBack(back: string | null, { minor, currency }: Attempt): bigint | null {
  if (back === null) return null;
  const read = minorOf(back, currency);
  if (read === null || read === 0n || read > minor) {
    throw new Refusal(PAYOUT_BACK_WRONG, { back, paid: displayMoney(minor, currency) }, '/back');
  }
  return read;
}

/** Of one that is not booked, because something is there that nobody here asked for, or more than one. */
async function lookAtUnbooked(
  withdrawal: WithdrawalNow,
  attempt: Attempt,
  tries: readonly Attempt[],
  { payer, operation }: Askable,
): Promise<Resolving> {
  const found = await payer.fetchAll?.(operation);
  if (found?.kind !== 'ok') throw new Refusal(PAYOUT_PROVIDER_SILENT);
  const said =
    found.value.map(({ takenRef, rawStatus }) => `${takenRef}: ${rawStatus}`).join('; ') || NO_TRACE;
  const isOurs = (attemptId: string | null) => tries.some(({ id }) => id === attemptId);
  const adoption = adoptable(withdrawal, isOurs, found.value);
  if (adoption === 'settles') throw new Refusal(PAYOUT_SETTLES_ITSELF, { said });
  if (adoption === 'moves') throw new Refusal(PAYOUT_STILL_MOVES, { said });
  return { withdrawal, attempt, said, advice: null, choices: [adoptionChoice(withdrawal, adoption)] };
}

async function askNow(
  house: House,
  withdrawal: WithdrawalNow,
  attempt: Attempt,
): Promise<PayoutSnapshot | null> {
  const { payer, operation } = await askable(house, withdrawal, attempt);
  const found = await payer.fetch(operation);
  if (found.kind !== 'ok') throw new Refusal(PAYOUT_PROVIDER_SILENT);
  return found.value;
}

interface Askable {
  readonly payer: PayoutProvider;
  readonly operation: PayoutOperation;
}

/** Whoever was asked then, and the same question. Refuses with `payout_provider_silent` where this server cannot ask them. */
async function askable(house: House, { id, reference }: WithdrawalNow, attempt: Attempt): Promise<Askable> {
  const payer = payerOf(house, attempt);
  const own = payer === null ? null : await ownAccountAt(payer);
  if (payer === null || own === null || (attempt.house !== null && attempt.house !== own)) {
    throw new Refusal(PAYOUT_PROVIDER_SILENT);
  }
  const { id: attemptId, destination, minor, currency, takenRef, toldRef } = attempt;
  const operation = {
    attemptId,
    reference,
    withdrawal: publicId('wd', id),
    destination,
    minor,
    currency,
    takenRef,
    toldRef,
  };
  return { payer, operation };
}

/**
 * Asks another operator to say what became of it. Refuses as `lookAtParked` does, with `withdrawal_is_your_own`, with
 * `payout_says_otherwise` where the provider does not say (any more) what that takes, `payout_number_needed` or `no_second_operator`.
 */
export async function askForResolution(
  house: House,
  id: Uuid,
  asked: {
    readonly by: Uuid;
    readonly creator: string;
    readonly verdict: ResolutionVerdict;
    readonly reason: string;
    /** The provider's own number of the payment, where the verdict takes one. */
    readonly number?: string;
    /** How much of it came back, in its currency, where the provider does not say; all of it unless told. */
    readonly back?: string;
  },
): Promise<Approval> {
  const number = asked.verdict === 'paid_there' ? (asked.number ?? null) : null;
  const back = asked.back ?? null;
  const { withdrawal, attempt, said, choices } = await lookAtParked(house, id, { number, back });
  if (withdrawal.userId === asked.by) throw new Refusal(WITHDRAWAL_IS_YOUR_OWN);
  const choice = choices.find(({ verdict }) => verdict === asked.verdict);
  if (choice === undefined) throw new Refusal(PAYOUT_SAYS_OTHERWISE, { said });
  if (choice.number !== undefined && number === null) throw new Refusal(PAYOUT_NUMBER_NEEDED);
  if (choice.asksBack !== true && back !== null) throw new Refusal(PAYOUT_SAYS_OTHERWISE, { said });
  const nowMs = house.clock.now();
  return house.db.transaction((tx) =>
    askApproval(tx, {
      kind: RESOLUTION_KIND,
      subjectId: id,
      summary: `${withdrawal.reference} of ${asked.creator}: ${choice.title}`,
      body: {
        withdrawal: publicId('wd', id),
        creator: asked.creator,
        verdict: choice.verdict,
        theProviderSays: said,
        names: number ?? [attempt.takenRef, attempt.payoutRef].filter((ref) => ref !== null).join(', '),
        effect: choice.effect,
        books: bookedWords(choice),
        ...(back === null ? {} : { back }),
        reason: asked.reason,
      },
      by: asked.by,
      nowMs,
      expiresMs: nowMs + ASKED_FOR_MS,
    }),
  );
}

/**
 * Decides on it: approved, it is booked in the same commit as the decision, unless the provider says something else by now.
 * Refuses as `decideApproval`, `lookAtParked` and `moveWithdrawal` do, and with `payout_says_otherwise`.
 */
export async function decideResolution(
  house: House,
  asked: Approval,
  decision: Decision,
): Promise<WithdrawalNow> {
  const { subjectId: id } = asked;
  const about = { ...decision, kind: RESOLUTION_KIND };
  if (decision.verdict === 'rejected') {
    await house.db.transaction((tx) => decideApproval(tx, { ...about, nowMs: house.clock.now() }));
    const kept = await withdrawalById(house.db, id);
    if (kept === undefined) throw new Refusal(NOT_FOUND);
    return kept;
  }
  // Says so of a decision that is over even when the withdrawal has moved on since.
  const approval = await requireDecidable(house.db, { ...about, nowMs: house.clock.now() });
  const number = approval.body.verdict === 'paid_there' ? String(approval.body.names) : null;
  const back = approval.body.back === undefined ? null : String(approval.body.back);
  const { attempt, said, choices } = await lookAtParked(house, id, { number, back });
  const choice = choices.find(({ verdict }) => verdict === approval.body.verdict);
  // What was asked for was asked for of what it said then, and of those amounts.
  if (
    choice === undefined ||
    said !== approval.body.theProviderSays ||
    bookedWords(choice) !== approval.body.books
  ) {
    throw new Refusal(PAYOUT_SAYS_OTHERWISE, { said });
  }
  const at = new Date(house.clock.now());
  const made = {
    withdrawalId: id,
    attemptId: attempt.id,
    said,
    reason: String(approval.body.reason),
    approvalId: approval.id,
    askedBy: approval.askedBy,
    decidedBy: decision.by,
    at,
  };
  const resolved = await moveWithdrawal(house, id, {
    ...moveOf(choice, made),
    by: decision.by,
    isOnce: true,
    guard: async () => {
      const nowMs = house.clock.now();
      const decidable = await requireDecidable(house.db, { ...about, nowMs });
      const decided = decisionStatement(decidable, decision, new Date(nowMs));
      return [decided, ...(await attemptStatements(house, attempt, choice, number))];
    },
  });
  await lookSoon(house.db, { attemptIds: [attempt.id], takenRefs: [] }, at);
  return resolved;
}

/** What becomes of the try in the commit that books a choice. */
async function attemptStatements(
  { db, clock }: House,
  { id, toldRef }: Attempt,
  { verdict, adoption }: Choice,
  number: string | null,
): Promise<CompanionStatement[]> {
  if (adoption !== undefined) return [takenStatement(id, adoption.takenRef)];
  if (verdict !== 'paid_there' && verdict !== 'not_paid') return [];
  await requireUnheard(db, { id, toldRef }, number);
  return number === null
    ? [notPaidStatement(id, new Date(clock.now()), toldRef)]
    : [paidThereStatement(id, number, toldRef)];
}

/** The move of a choice, with the rows that keep who made it. */
function moveOf(
  choice: Choice,
  made: Omit<Parameters<typeof resolutionRow>[0], keyof Resolvable>,
): Pick<MoveAsked, 'move' | 'resolution' | 'adoption' | 'rows'> {
  const { verdict, adoption = null, backCents, lostCents } = choice;
  if (verdict === 'taken_as_paid') {
    if (adoption === null) throw new Error(`nothing is named that pays withdrawal ${made.withdrawalId}`);
    return { move: 'send', adoption: { lostCents }, rows: adoptionRows({ ...adoption, ...made }) };
  }
  return {
    move: MOVE_OF[verdict],
    resolution: { backCents, lostCents },
    rows: [resolutionRow({ verdict, backCents, lostCents, ...made })],
  };
}

const MOVE_OF = {
  arrived: 'resolve_arrived',
  arrived_and_back: 'resolve_arrived',
  not_arrived: 'resolve_back',
  paid_there: 'resolve_paid',
  not_paid: 'resolve_unpaid',
} as const;
