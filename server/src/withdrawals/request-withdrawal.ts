import { newId, type Uuid } from '../core/ids.ts';
import { displayAmount } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import type { UserPrincipal } from '../http/principal.ts';
import { IDEMPOTENCY_KEY_REUSED, NOT_FOUND } from '../http/refusals.ts';
import { requireConfirmed } from '../identity/index.ts';
import { type CompanionStatement, LedgerConflict, type Posting } from '../ledger/index.ts';
import type { PayoutMethodName } from '../policy/index.ts';
import { availableUnitsOf, firstHoldMs, requireWithdrawal, withdrawFacts } from './judge.ts';
import { INSUFFICIENT_DIAMONDS, PAYOUT_ACCOUNT_CHANGED, QUOTE_EXPIRED, QUOTE_USED } from './refusals.ts';
import {
  EVENT_ROWS,
  eventValues,
  NEWS_ROWS,
  ONE_PER_QUOTE,
  quoteById,
  STATE_ROWS,
  WITHDRAWAL_ROWS,
  withdrawalById,
  withdrawalValues,
} from './store.ts';
import { payablePolicy } from './terms.ts';
import { turnGuard } from './turns.ts';
import type { Quote, Withdrawal, WithdrawalNow } from './withdrawal.ts';
import { referenceOf, requestHash, withdrawalIdOf } from './withdrawal-ids.ts';
import { reserveTransfer } from './withdrawal-transfers.ts';

/** The answer to a request, the first time and each time after. */
export interface RequestedWithdrawal {
  readonly withdrawal: WithdrawalNow;
  /** Whether this was answered before: nothing happened this time. */
  readonly replayed: boolean;
}

/** Each time the turn was taken, another request of the same person was granted or refused meanwhile. */
const TRIES_MAX = 10;

/**
 * Asks for a withdrawal at a price that is held. Its Diamonds are reserved in the commit that keeps its rows, so they can
 * be spent by nothing else; they leave when the money is sent, and are free again when it is canceled or fails.
 *
 * Refuses with `not_found`, `confirmation_needed`, `quote_expired`, `quote_used`, `payout_account_changed`,
 * `idempotency_key_reused`, `insufficient_diamonds`, or with what the gate `withdraw` says.
 */
export async function requestWithdrawal(
  house: House,
  user: UserPrincipal,
  asked: { readonly key: string; readonly quoteId: Uuid },
): Promise<RequestedWithdrawal> {
  const id = withdrawalIdOf(user.userId, asked.key);
  const hash = requestHash(asked.quoteId);
  const before = await answeredBefore(house, id, hash);
  if (before !== null) return before;
  await requireConfirmed(house, user);

  for (let tries = 1; ; tries += 1) {
    const turns = await turnGuard(house.db, user.userId);
    let posting: Posting;
    try {
      posting = await decide(house, user.userId, { id, hash, quoteId: asked.quoteId, turns });
    } catch (error) {
      // Another try of the same may have been granted since it was looked for.
      const meanwhile = error instanceof Refusal ? await answeredBefore(house, id, hash) : null;
      if (meanwhile !== null) return meanwhile;
      throw error;
    }
    const outcome = await tryPost(house, posting);
    if (outcome === 'posted' || outcome === 'exists') {
      const withdrawal = await withdrawalById(house.db, id);
      if (withdrawal === undefined) throw new Error(`Diamonds reserved without a withdrawal: ${id}`);
      return { withdrawal, replayed: outcome === 'exists' };
    }
    const meanwhile = await answeredBefore(house, id, hash);
    if (meanwhile !== null) return meanwhile;
    if (outcome === 'exceeds_credits') throw await tooLittle(house, user.userId, asked.quoteId);
    if (outcome === ONE_PER_QUOTE) throw new Refusal(QUOTE_USED);
    if (outcome !== 'turn_taken') throw new Error(`the ledger refused withdrawal ${id}: ${outcome}`);
    if (tries === TRIES_MAX) throw new Error(`${TRIES_MAX} requests of one person took each other's turn`);
  }
}

interface Deciding {
  readonly id: Uuid;
  readonly hash: bigint;
  readonly quoteId: Uuid;
  readonly turns: readonly CompanionStatement[];
}

/** Looks at everything as of now and says what to post, or refuses. */
async function decide(house: House, userId: Uuid, { id, hash, quoteId, turns }: Deciding): Promise<Posting> {
  const nowMs = house.clock.now();
  const quote = await quoteById(house.db, quoteId);
  if (quote === undefined || quote.userId !== userId) throw new Refusal(NOT_FOUND);
  if (quote.expiresAt.getTime() <= nowMs) {
    throw new Refusal(QUOTE_EXPIRED, { until: quote.expiresAt.toISOString() });
  }
  const policy = await payablePolicy(house, nowMs);
  const centsPerUnit = { numerator: quote.rateCents, denominator: quote.rateUnits };
  const facts = await withdrawFacts(house, userId, centsPerUnit, nowMs);
  const account = facts.accounts.find((one) => one.id === quote.accountId);
  if (account === undefined) throw new Refusal(PAYOUT_ACCOUNT_CHANGED);
  const asked = { units: quote.diamondUnits, accountId: quote.accountId };
  await requireWithdrawal(house, userId, asked, { policy, facts });
  const waitsMs = await firstHoldMs(house, facts, account, policy);
  const why = facts.paidBefore ? FIRST_TO_ACCOUNT : FIRST_REASON;
  const hold = waitsMs === 0 ? null : { reason: why, until: new Date(nowMs + waitsMs) };
  return postingOf(rowOf(quote, { id, hash, method: account.method, nowMs }), hold, turns);
}

function rowOf(
  quote: Quote,
  about: {
    readonly id: Uuid;
    readonly hash: bigint;
    readonly method: PayoutMethodName;
    readonly nowMs: number;
  },
): Omit<Withdrawal, 'committed'> {
  const {
    userId,
    accountId: account,
    diamondUnits,
    feeCents,
    taxCents,
    netCents,
    currency,
    payoutMinor,
  } = quote;
  return {
    id: about.id,
    userId,
    quoteId: quote.id,
    accountId: account,
    method: about.method,
    reference: referenceOf(about.id),
    diamondUnits,
    feeCents,
    taxCents,
    netCents,
    currency,
    payoutMinor,
    requestHash: about.hash,
    requestedAt: new Date(about.nowMs),
  };
}

/** The Diamonds reserved, the withdrawal's rows and the turns of whoever shares the bank account, in one commit. */
function postingOf(
  row: Omit<Withdrawal, 'committed'>,
  hold: { readonly reason: string; readonly until: Date } | null,
  turns: readonly CompanionStatement[],
): Posting {
  const { id, userId, requestedAt: at } = row;
  const event = {
    id: newId(),
    withdrawalId: id,
    at,
    step: 'requested' as const,
    state: hold === null ? ('in_review' as const) : ('held' as const),
    byUser: userId,
    note: null,
    code: null,
    holdRule: hold === null ? null : 'first_withdrawal',
    holdUntil: hold?.until ?? null,
  };
  const reserve = reserveTransfer(row);
  return {
    // The ledger compares the hash on a retry: the same key for another quote is a conflict.
    transfers: [{ ...reserve, userData64: row.requestHash }],
    rows: [
      { table: WITHDRAWAL_ROWS, values: withdrawalValues(row) },
      {
        table: STATE_ROWS,
        values:
          hold === null
            ? [id, event.state, at, null, null, null]
            : [id, event.state, at, hold.reason, 'first_withdrawal', hold.until],
      },
      { table: EVENT_ROWS, values: eventValues(event) },
      { table: NEWS_ROWS, values: [event.id] },
    ],
    statements: turns,
  };
}

const FIRST_REASON = 'It is your first withdrawal: somebody looks at it once before money leaves.';
const FIRST_TO_ACCOUNT = 'It is the first to this account: somebody looks at it once before money leaves.';

/** `posted`, `exists`, `turn_taken`, the constraint that said no, or the ledger's own result. */
async function tryPost(house: House, posting: Posting): Promise<string> {
  try {
    const posted = await house.ledger.post(posting);
    if (posted.kind !== 'refused') return posted.kind;
    return posted.result;
  } catch (error) {
    if (!(error instanceof LedgerConflict)) throw error;
    if (error.code === 'CL002') return 'turn_taken';
    // The same request at the same moment: its row was there first.
    if (error.code === '23505') return error.constraint === ONE_PER_QUOTE ? ONE_PER_QUOTE : 'turn_taken';
    throw error;
  }
}

/** What this key was answered with before, `null` when it never was. Refuses with `idempotency_key_reused`. */
async function answeredBefore(house: House, id: Uuid, hash: bigint): Promise<RequestedWithdrawal | null> {
  const withdrawal = await withdrawalById(house.db, id);
  if (withdrawal === undefined) return null;
  if (withdrawal.requestHash !== hash) throw new Refusal(IDEMPOTENCY_KEY_REUSED);
  return { withdrawal, replayed: true };
}

/** The Diamonds went elsewhere between the look and the post. */
async function tooLittle(house: House, userId: Uuid, quoteId: Uuid): Promise<Refusal> {
  const quote = await quoteById(house.db, quoteId);
  const diamonds = (units: bigint) => displayAmount({ asset: 'DIAMOND', units });
  return new Refusal(INSUFFICIENT_DIAMONDS, {
    needed: diamonds(quote?.diamondUnits ?? 0n),
    have: diamonds(await availableUnitsOf(house, userId)),
  });
}
