import { DAY_MS, HOUR_MS, SECOND_MS } from '../../core/clock.ts';
import { publicId } from '../../core/ids.ts';
import { Refusal } from '../../core/refusal.ts';
import type { House } from '../../house.ts';
import type { Outcome } from '../../purchases/index.ts';
import { requireUnfrozen } from '../frozen.ts';
import { returnReason } from '../methods/return-codes.ts';
import { payerWord } from '../methods/words.ts';
import { type MoveAsked, moveWithdrawal } from '../move-withdrawal.ts';
import { WITHDRAWAL_MOVED_ON } from '../refusals.ts';
import { withdrawalById } from '../store.ts';
import type { WithdrawalNow } from '../withdrawal.ts';
import { type AskStep, askRefused, openAsk, turnBack } from './asks-store.ts';
import {
  type Attempt,
  asksOf,
  attemptsOf,
  checkNext,
  claimDue,
  closedStatement,
  lookSoon,
  markAsked,
  markSeen,
  NOT_PAID,
  takenRefOf,
  takenStatement,
} from './attempts-store.ts';
import { followResolved } from './follow-resolved.ts';
import { type Look, type Next, WATCHED_MS } from './look.ts';
import { ownAccountAt, payerOf } from './payers.ts';
import { BANK_GONE, CALLED_BACK, type PayoutSnapshot, RETURNED, SEVERAL, UNCLAIMED } from './provider.ts';
import { resolutionOf } from './resolutions-store.ts';
import { setUpNow } from './set-up.ts';
import { tellStuck } from './tell-stuck.ts';
import { againMs } from './waits-store.ts';

/** Longer than the calls of one look take as a rule. One that is begun twice asks the same under the same keys. */
const LEASE_MS = 30 * SECOND_MS;
const TOGETHER = 20;
const FIRST_DELAY_MS = SECOND_MS;
const DELAY_MAX_MS = HOUR_MS;
/** What has arrived and is watched for months is looked at so often after the first two weeks. */
const WEEK_MS = 7 * DAY_MS;
/** So long what was taken may be unknown where it was taken, before people are asked. */
const TRACELESS_MS = 6 * HOUR_MS;

/**
 * Asks providers about every payment whose truth is due, once. Any number of processes may do so at once: each try is
 * taken by one of them, and looking twice would change nothing. How many were looked at.
 */
export async function checkPayouts(house: House): Promise<number> {
  const nowMs = house.clock.now();
  const due = await claimDue(house.db, new Date(nowMs), new Date(nowMs + LEASE_MS), TOGETHER);
  await Promise.all(due.map((attempt) => check(house, attempt)));
  return due.length === TOGETHER ? due.length : 0;
}

async function check(house: House, attempt: Attempt): Promise<void> {
  let next: Next = 'again';
  try {
    next = await settlePayout(house, attempt);
  } catch (error) {
    house.log.error({ err: error, withdrawal: attempt.withdrawalId }, 'a payout could not be looked at');
  }
  await checkNext(house.db, attempt, whenNext(next, attempt.checks, house.clock.now()));
}

function whenNext(next: Next, checks: number, nowMs: number): Date | null {
  if (next === 'never') return null;
  if (next === 'tomorrow') return new Date(nowMs + DAY_MS);
  if (next !== 'again') return new Date(nowMs + next.afterMs);
  return new Date(nowMs + Math.min(FIRST_DELAY_MS * 2 ** Math.min(checks, 12), DELAY_MAX_MS));
}

/** Somebody told of payments: they are looked at now. How many of them are ours. */
export function payoutsTold(
  house: House,
  named: { readonly attemptIds: readonly string[]; readonly takenRefs: readonly string[] },
): Promise<number> {
  return lookSoon(house.db, named, new Date(house.clock.now()));
}

async function settlePayout(house: House, attempt: Attempt): Promise<Next> {
  const withdrawal = await withdrawalById(house.db, attempt.withdrawalId);
  if (withdrawal === undefined || (attempt.closedAt !== null && attempt.closedCode !== NOT_PAID))
    return 'never';
  const payer = payerOf(house, attempt);
  if (payer === null) {
    await doubt(
      house,
      attempt,
      `This server has no account at ${attempt.provider} (${attempt.mode}) to ask.`,
    );
    return 'again';
  }
  const own = await ownAccountAt(payer);
  if (own === null || (attempt.house !== null && attempt.house !== own)) {
    await doubt(
      house,
      attempt,
      own === null
        ? 'It does not say whose account this server pays from. We ask again.'
        : `It was asked for with ${attempt.house}, and this server pays from ${own}: nobody is asked about it here.`,
    );
    return 'again';
  }
  const { reference } = withdrawal;
  const look: Look = {
    house,
    payer,
    own,
    attempt,
    withdrawal,
    operation: {
      attemptId: attempt.id,
      reference,
      withdrawal: publicId('wd', withdrawal.id),
      destination: attempt.destination,
      minor: attempt.minor,
      currency: attempt.currency,
      takenRef: attempt.takenRef,
      toldRef: attempt.toldRef,
    },
  };
  switch (withdrawal.state) {
    case 'sending':
      return begin(look);
    case 'sent':
    case 'parked':
    case 'paid': {
      const resolution = await resolutionOf(house.db, withdrawal.id);
      return resolution === null ? follow(look) : followResolved(look, resolution);
    }
    case 'returned': {
      const resolution = await resolutionOf(house.db, withdrawal.id);
      return resolution === null ? followReturned(look) : followResolved(look, resolution);
    }
    case 'failed': {
      const resolution = await resolutionOf(house.db, withdrawal.id);
      return resolution === null ? 'never' : followResolved(look, resolution);
    }
    default:
      return 'never';
  }
}

// --- Until the provider has taken it --------------------------------------------------------------------------

async function begin(look: Look): Promise<Next> {
  const { house, payer, attempt, operation } = look;
  const nowMs = house.clock.now();
  if (attempt.askedAt !== null || attempt.number > 1) {
    // It may have happened, whatever was answered then; also what an earlier try was told did not.
    const found = await payer.fetch(operation);
    if (found.kind !== 'ok') return unknown(look, found);
    if (found.value !== null) return take(look, found.value);
    if (attempt.askedAt !== null && nowMs - attempt.askedAt.getTime() >= payer.keyMs) {
      if (payer.findsByAsking) return askPeople(look, forgottenWords(look));
      // The key is not kept any longer: asked again, two could happen. It did not happen until now, so it will not.
      const note = 'It never reached the provider.';
      return tryLater(look, { code: 'never_made', note, asks: attempt.asks });
    }
  }
  if (attempt.askedAt === null && (await isFrozen(look))) {
    const note = 'The account was frozen before anybody was asked.';
    return (await closeWith(look, 'unsubmit', { code: 'payee_frozen', note, asks: 0 })) ? 'never' : 'again';
  }
  const asks = await markAsked(house.db, attempt.id, new Date(nowMs));
  if (asks === null) return 'never';
  const made = await payer.create(operation);
  if (made.kind === 'ok') return take(look, made.value);
  if (made.kind !== 'declined') return unknown(look, made);
  // A refusal is believed when there is nothing there.
  const found = await payer.fetch(operation);
  if (found.kind !== 'ok') return unknown(look, found);
  if (found.value !== null) return take(look, found.value);
  return declined(look, made.code, asks);
}

async function isFrozen({ house, withdrawal }: Look): Promise<boolean> {
  try {
    await requireUnfrozen(house.db, withdrawal.userId, house.clock.now());
    return false;
  } catch (error) {
    if (error instanceof Refusal) return true;
    throw error;
  }
}

/** The provider has it: the money has left, in one commit with what the provider calls it. */
async function take(look: Look, taken: PayoutSnapshot): Promise<Next> {
  const { house, attempt } = look;
  if (!(await isOurs(look, taken))) {
    const { takenRef, rawStatus } = taken;
    return askPeople(
      look,
      `${payerWord(look.withdrawal.method)} has a payment with its reference that was not asked for here: ${takenRef} (${rawStatus}). Nothing is booked and nothing more is asked for. Take it back there, then it is paid as usual; or two operators take it as the payment.`,
    );
  }
  const moved = await move(look, {
    move: 'send',
    by: null,
    guard: async ({ state }) => (state === 'sending' ? [takenStatement(attempt.id, taken.takenRef)] : []),
  });
  if (moved === null) {
    await doubt(house, attempt, 'The provider has taken it, and the ledger could not book it yet.');
    return 'again';
  }
  // Another look at the same moment may have found another one there: only what is booked is gone on with.
  const booked = await takenRefOf(house.db, attempt.id);
  if (booked !== taken.takenRef) return 'again';
  return goOn({ ...look, withdrawal: moved, operation: { ...look.operation, takenRef: booked } }, taken);
}

/** Whether one of our tries asked for it. */
async function isOurs({ house, withdrawal }: Look, { attemptId }: PayoutSnapshot): Promise<boolean> {
  return (await attemptsOf(house.db, withdrawal.id)).some(({ id }) => id === attemptId);
}

/** Only people know what counts: nothing is booked, they are told in the commit that writes it down, and it is asked again. */
async function askPeople({ house, attempt, withdrawal }: Look, problem: string): Promise<Next> {
  await house.db.transaction(async (tx) => {
    await markSeen(tx, attempt.id, { rawStatus: null, payoutRef: null, problem, needsPeople: true });
    await tellStuck(house, tx, withdrawal, problem);
  });
  return 'again';
}

/** It certainly did not happen. Whose fault it is decides what becomes of it. */
async function declined(look: Look, code: string, asks: number): Promise<Next> {
  const reason = CREATORS_FAULT.get(code);
  if (reason === undefined) {
    const words =
      HOUSES_FAULT.get(code) ??
      `${payerWord(look.withdrawal.method)} refused it: ${code.replaceAll('_', ' ')}.`;
    // Asked under another id it could happen twice, if an earlier question was carried out after all.
    return look.payer.findsByAsking ? stuck(look, words) : tryLater(look, { code, note: words, asks });
  }
  // Where nobody can look it up, only the refusal of the one question there ever was says that nothing happened.
  if (
    (asks === 1 || !look.payer.findsByAsking) &&
    (await closeWith(look, 'refuse', { code, note: reason, asks }))
  ) {
    return 'never';
  }
  if (!look.payer.findsByAsking) return 'again';
  const who = payerWord(look.withdrawal.method);
  return stuck(
    look,
    `${who} refuses it now, and did not answer when it was asked before. Look in its activity for ${look.withdrawal.reference}: nothing is given back while it may have been paid.`,
  );
}

const CREATORS_FAULT: ReadonlyMap<string, string> = new Map([
  ['insufficient_capabilities_for_transfer', 'Stripe does not pay to your account now: look at its set-up.'],
  ['resource_missing', 'Your account at Stripe is closed.'],
  ['account_closed', 'Your account at Stripe is closed.'],
  ['destination_refused', 'BTCPay Server does not take your address.'],
  ['amount_too_low', 'The amount is smaller than the network carries.'],
  ['receiver_refused', 'PayPal does not take your e-mail address.'],
]);

const HOUSES_FAULT: ReadonlyMap<string, string> = new Map([
  ['balance_insufficient', 'The house’s balance at Stripe is too small now.'],
  ['duplicate_destination', 'Another payment to the same address is under way.'],
  [
    'paypal_key_refused',
    'PayPal does not take the key of this server. Give it the right one; the payment is asked for again by itself.',
  ],
  [
    'paypal_asked_before',
    'PayPal says that it was asked for this before, and names no payment. Look in its activity for the reference; it is asked again by itself.',
  ],
  [
    'paypal_balance_insufficient',
    'The house’s balance at PayPal is too small. Add money to it there; the payment is asked for again by itself.',
  ],
]);

/** What to do about one that may have happened, and that nobody can ask for any more without risking a second. */
function forgottenWords({ attempt, payer, withdrawal }: Look): string {
  const who = payerWord(withdrawal.method);
  return `For ${Math.round(payer.keyMs / DAY_MS)} days ${who} has not said that it took it, and asked again it could pay twice. Look in its activity for ${withdrawal.reference}, or the batch ${attempt.id}; then two operators say here whether it was paid.`;
}

/** It goes on by itself when the same can be asked again; operators know what stands against it. */
async function stuck({ house, attempt, withdrawal }: Look, words: string): Promise<Next> {
  await house.db.transaction(async (tx) => {
    await markSeen(tx, attempt.id, { rawStatus: null, payoutRef: null, problem: words });
    await tellStuck(house, tx, withdrawal, words);
  });
  return 'again';
}

async function tryLater(look: Look, ending: Ending): Promise<Next> {
  const { id } = look.withdrawal;
  look.house.log.warn({ withdrawal: id, code: ending.code }, 'a payout did not happen and is tried again');
  return (await closeWith(look, 'unsubmit', ending)) ? 'never' : 'again';
}

/** Why a try is given up, and after how many questions. */
interface Ending {
  readonly code: string;
  readonly note: string;
  readonly asks: number;
}

/**
 * Whether it was closed; not where something else happened to it meanwhile, as when another server asked for it after this one
 * had: what that one is answered nobody knows yet.
 */
async function closeWith(
  look: Look,
  made: 'refuse' | 'unsubmit',
  { code, note, asks }: Ending,
): Promise<boolean> {
  const { house, attempt } = look;
  const guard = async () => {
    const asked = (await asksOf(house.db, attempt.id)) !== asks;
    if (asked) throw new Refusal(WITHDRAWAL_MOVED_ON, { state: 'being asked for by another server' });
    return [closedStatement(attempt.id, code, new Date(house.clock.now()), asks)];
  };
  return (await move(look, { move: made, by: null, code, note, guard })) !== null;
}

// --- After that -----------------------------------------------------------------------------------------------

async function follow(begun: Look): Promise<Next> {
  // It may have been booked after this look had begun.
  const takenRef = begun.operation.takenRef ?? (await takenRefOf(begun.house.db, begun.attempt.id));
  const look = { ...begun, operation: { ...begun.operation, takenRef } };
  const found = await look.payer.fetch(look.operation);
  if (found.kind !== 'ok') return unknown(look, found);
  if (found.value !== null) return goOn(look, found.value);
  return traceless(look);
}

/** It does not know what it took; PayPal may say so of what it has taken a moment ago, and of what it has paid. */
async function traceless(look: Look): Promise<Next> {
  const { house, attempt, withdrawal, payer } = look;
  const what = 'It has no trace there of what it took.';
  if (payer.findsByAsking && withdrawal.state === 'paid') {
    await stuck(
      look,
      `${what} It was paid before, and stays so; look in its activity for ${withdrawal.reference}.`,
    );
    return 'tomorrow';
  }
  if (payer.findsByAsking && house.clock.now() - withdrawal.since.getTime() < TRACELESS_MS) {
    await doubt(house, attempt, `${what} We ask again.`);
    return 'again';
  }
  await park(look, what);
  return 'again';
}

/**
 * It came back, and the Diamonds are the creator's again. A person may have called it back there in the very moment in which it
 * left, so it is looked at for as long as one that arrived; what it says otherwise moves nothing, and is told.
 */
async function followReturned(look: Look): Promise<Next> {
  const { house, payer, attempt, withdrawal, operation } = look;
  const over = house.clock.now() - withdrawal.since.getTime() >= WATCHED_MS;
  const found = await payer.fetch(operation);
  if (found.kind === 'ok' && found.value !== null && found.value.status !== 'back') {
    const { rawStatus, payoutRef } = found.value;
    const problem = `It is booked as come back, and ${payerWord(withdrawal.method)} says “${rawStatus}” now: the creator may have the money and the Diamonds.`;
    await house.db.transaction(async (tx) => {
      await markSeen(tx, attempt.id, { rawStatus, payoutRef, problem });
      await tellStuck(house, tx, withdrawal, problem);
    });
  }
  return over ? 'never' : 'tomorrow';
}

/** Does what the fetched payment says. */
async function goOn(look: Look, snapshot: PayoutSnapshot): Promise<Next> {
  const { house, attempt, withdrawal } = look;
  const { rawStatus, payoutRef, advice } = snapshot;
  // What is written down is told, whatever dies.
  await house.db.transaction(async (tx) => {
    await markSeen(tx, attempt.id, { rawStatus, payoutRef, problem: advice });
    if (advice !== null) await tellStuck(house, tx, withdrawal, advice);
  });
  switch (snapshot.status) {
    case 'taken':
      return forward(look, snapshot);
    case 'on_its_way':
      return callBack(look, snapshot);
    case 'paid': {
      const note = withdrawal.calledBackAt === null ? proofNote(look, snapshot) : ACCEPTED_BEFORE;
      const paid = await move(look, { move: 'pay', by: null, ...(note === null ? {} : { note }) });
      const sinceMs = house.clock.now() - (paid ?? withdrawal).since.getTime();
      if (sinceMs >= (look.payer.watchedMs ?? WATCHED_MS)) return 'never';
      return sinceMs < WATCHED_MS ? 'tomorrow' : { afterMs: WEEK_MS };
    }
    case 'failed':
      return takeBack(look, snapshot);
    case 'back':
      return comeBack(look, snapshot);
    case 'gone':
      // It had arrived before: nothing more can be learned of it.
      if (withdrawal.state === 'paid') return 'never';
      await park(look, 'The account that it went to is closed there, so nobody can read what became of it.');
      return 'again';
    case 'other':
      await park(look, `It says “${snapshot.rawStatus}”.`);
      return 'again';
  }
}

async function forward(look: Look, taken: PayoutSnapshot): Promise<Next> {
  const { house, attempt, withdrawal, payer, operation } = look;
  const way = await wayForward(look);
  if (way.why !== null) {
    await doubt(house, attempt, way.why);
    return 'again';
  }
  const ask = await openAsk(house.db, askOf(look, 'forward', way.bank));
  // It was being taken back, and nobody has heard yet whether it is.
  if (ask === null) return takeBack(look, taken);
  const { number, bank } = ask;
  const asked = await payer.forward(bank === null ? operation : { ...operation, bank }, taken, number);
  if (asked.kind === 'ok') return goOn(look, asked.value);
  if (asked.kind !== 'declined') return unknown(look, asked);
  const about = { attemptId: attempt.id, code: asked.code };
  const later = LATER.get(asked.code);
  if (later !== undefined) {
    await house.db.transaction(async (tx) => {
      await askRefused(tx, { ...about, step: 'forward', number });
      await markSeen(tx, attempt.id, { rawStatus: null, payoutRef: null, problem: later });
      await tellStuck(house, tx, withdrawal, later);
    });
    return { afterMs: againMs(number) };
  }
  const at = new Date(house.clock.now());
  if (!(await turnBack(house.db, { ...about, refused: number, at }))) return 'again';
  return takeBack(look, { ...taken, failureCode: asked.code });
}

/** What is refused now and may be taken later, when it is asked for again. */
const LATER: ReadonlyMap<string, string> = new Map([
  ['balance_insufficient', 'What was transferred is not available there yet.'],
  [BANK_GONE, 'The bank account that was looked at is not there any more. We look at it again.'],
]);

/**
 * The money is where only the house moves it: it goes on when nothing stands against that any more, and to the bank that
 * was looked at. Whatever becomes the account's default between the look and the question is not paid.
 */
async function wayForward(
  look: Look,
): Promise<{ readonly why: string } | { readonly why: null; readonly bank: string | null }> {
  const { house, payer, own, withdrawal } = look;
  if (await isFrozen(look)) return { why: 'The account is frozen: it goes on when that ends.' };
  if (payer.addressOf !== undefined) return { why: null, bank: null };
  const of = { accountId: withdrawal.accountId, provider: payer.id, mode: payer.mode, house: own };
  const { setup, isFresh } = await setUpNow(house, of);
  if (!isFresh)
    return { why: 'The provider does not say which bank stands behind the account. We ask again.' };
  const until = setup?.bankUsableFrom ?? null;
  if (until !== null && until.getTime() > house.clock.now()) {
    return { why: 'The bank account behind the account was changed: it goes on when that has waited.' };
  }
  return { why: null, bank: setup?.bankRef ?? null };
}

function askOf({ house, payer, attempt }: Look, step: AskStep, bank: string | null) {
  const nowMs = house.clock.now();
  return { attemptId: attempt.id, step, at: new Date(nowMs), keptSince: new Date(nowMs - payer.keyMs), bank };
}

/** It does not arrive: the house takes it back there first, then the Diamonds are the creator's again. */
async function takeBack(look: Look, failed: PayoutSnapshot): Promise<Next> {
  const { house, attempt, payer, operation } = look;
  const ask = await openAsk(house.db, askOf(look, 'take_back', null));
  if (ask === null) return 'again';
  const { number } = ask;
  const back = await payer.takeBack(operation, failed, number);
  if (back.kind === 'ok') {
    // It says that it did, and shows the same as before: it is asked again, after a while.
    if (back.value.status === 'failed' || back.value.status === 'taken') return 'again';
    const failureCode = failed.failureCode ?? back.value.failureCode;
    return goOn(look, { ...back.value, failureCode });
  }
  if (back.kind !== 'declined') return unknown(look, back);
  await askRefused(house.db, { attemptId: attempt.id, step: 'take_back', number, code: back.code });
  await park(look, `It did not arrive, and cannot be taken back: ${back.code.replaceAll('_', ' ')}.`);
  return 'again';
}

/**
 * What nobody has accepted is asked back where somebody wrote that down. Its provider goes by where it stands, so it may be asked
 * again, and by two at once; what is fetched after it says what became of it.
 */
async function callBack(look: Look, seen: PayoutSnapshot): Promise<Next> {
  const { payer, withdrawal, operation } = look;
  if (seen.rawStatus !== UNCLAIMED || withdrawal.calledBackAt === null) return 'again';
  const back = await payer.takeBack(operation, seen, 1);
  if (back.kind === 'declined') {
    const why = back.code.replaceAll('_', ' ');
    return stuck(
      look,
      `${payerWord(withdrawal.method)} does not give it back: ${why}. It is asked again by itself; you can cancel it in its activity, by ${withdrawal.reference}.`,
    );
  }
  if (back.kind !== 'ok') return unknown(look, back);
  return back.value.rawStatus === UNCLAIMED ? 'again' : goOn(look, back.value);
}

const ACCEPTED_BEFORE = 'It was accepted before it could be taken back.';

async function comeBack(look: Look, back: PayoutSnapshot): Promise<Next> {
  const isCalledBack = look.withdrawal.calledBackAt !== null && back.rawStatus === RETURNED;
  const code = isCalledBack ? CALLED_BACK : (back.failureCode ?? 'transfer_reversed').toUpperCase();
  const note =
    returnReason(code) === null
      ? `${look.payer.addressOf === undefined ? 'the bank' : payerWord(look.withdrawal.method)} says “${code.toLowerCase().replaceAll('_', ' ')}”`
      : undefined;
  const housesFault = RETURNED_BY_HOUSE.get(code);
  // Told before it is booked: a server that ends in between books it the next time, and tells nobody twice.
  if (housesFault !== undefined) {
    await look.house.db.transaction((tx) => tellStuck(look.house, tx, look.withdrawal, housesFault));
  }
  const moved = await move(look, {
    move: 'return',
    by: null,
    code,
    ...(note === undefined ? {} : { note }),
  });
  return moved === null ? 'again' : 'tomorrow';
}

/** What came back for a reason that is the house's to mend. */
const RETURNED_BY_HOUSE: ReadonlyMap<string, string> = new Map([
  [
    'PAYPAL_DENIED',
    'PayPal denied the whole payment. Look in its activity why: often its balance is too small.',
  ],
  ['PAYPAL_CANCELED', 'Somebody canceled the payment at PayPal.'],
]);

/** What a creator finds their payment by, where whoever carries it names it to everybody. */
function proofNote({ payer }: Look, { payoutRef }: PayoutSnapshot): string | null {
  return payer.id === 'btcpay' && payoutRef !== null ? `Transaction ${payoutRef}` : null;
}

// --- Parts ----------------------------------------------------------------------------------------------------

/** Nobody understands it: no money moves until it is clear, and whoever reads knows that we ask. */
async function park(look: Look, what: string): Promise<void> {
  const { house, attempt, withdrawal } = look;
  const note = `${payerWord(withdrawal.method)} says something that we do not understand. ${what} We ask.`;
  await doubt(house, attempt, what);
  if (withdrawal.state === 'parked') return;
  await move(look, { move: 'park', by: null, note });
}

/** A call without an answer that says anything. It may have happened. */
async function unknown(look: Look, outcome: Outcome<unknown>): Promise<Next> {
  const { house, attempt } = look;
  if (outcome.kind === 'unknown' && outcome.reason === SEVERAL) {
    return askPeople(
      look,
      `More than one payment of it was approved at ${payerWord(look.withdrawal.method)}. Cancel there what was not sent; the one that is left is booked by itself. Where more than one was sent, two operators say here which of them counts, and the rest is lost.`,
    );
  }
  const why =
    outcome.kind === 'unknown'
      ? `No answer that says what happened (${outcome.reason.replaceAll('_', ' ')}). We ask until we know.`
      : 'It does not take the question now. We ask again.';
  await doubt(house, attempt, why);
  return 'again';
}

async function doubt(house: House, { id }: Attempt, problem: string): Promise<void> {
  await markSeen(house.db, id, { rawStatus: null, payoutRef: null, problem });
}

/** The withdrawal after a move; `null` when it could not be made. */
async function move({ house, withdrawal }: Look, asked: MoveAsked): Promise<WithdrawalNow | null> {
  try {
    return await moveWithdrawal(house, withdrawal.id, asked);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    house.log.warn(
      { withdrawal: withdrawal.id, move: asked.move, code: error.code },
      'a payout was not moved on',
    );
    return null;
  }
}
