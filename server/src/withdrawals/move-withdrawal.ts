import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import {
  ASSET_LEDGERS,
  accountId,
  type CompanionRow,
  type CompanionStatement,
  LedgerConflict,
  type Posting,
  pendingEvent,
  postEvent,
  TransferCodes,
  type TransferEvent,
  transferEvent,
  voidEvent,
} from '../ledger/index.ts';
import { requireUnfrozen } from './frozen.ts';
import { isProvided } from './methods/words.ts';
import { ownerPays } from './owner-pays.ts';
import { unaskedStatement } from './providers/attempts-store.ts';
import { requireNoTrace } from './providers/no-trace.ts';
import { resolutionOf } from './providers/resolutions-store.ts';
import {
  HOUSE_SHORT_OF_CASH,
  PAYOUT_BY_PROVIDER,
  WITHDRAWAL_IN_FILE,
  WITHDRAWAL_IS_YOUR_OWN,
  WITHDRAWAL_MOVED_ON,
} from './refusals.ts';
import { decideMove, isCancelable, MOVES, type Move, STATE_WORDS } from './states.ts';
import {
  EVENT_ROWS,
  eventValues,
  isAtTheBank,
  moveStatement,
  NEWS_ROWS,
  PAYMENT_ROWS,
  wasReleased,
  withdrawalById,
} from './store.ts';
import type { WithdrawalNow } from './withdrawal.ts';
import { diamondsBackId, reserveId, reservePostId, reserveVoidId } from './withdrawal-ids.ts';
import { grossCents, paymentTransfers } from './withdrawal-transfers.ts';

/** A move, who makes it, and what they say about it. */
export interface MoveAsked {
  readonly move: Move;
  /** Null for the house. */
  readonly by: Uuid | null;
  readonly note?: string;
  /** A bank's code. */
  readonly code?: string;
  readonly hold?: { readonly reason: string; readonly rule: string; readonly until: Date };
  /** Of `submit`: the house's cash for it is set aside, under this id, towards the world that will have it. */
  readonly reserve?: { readonly id: Uuid; readonly world: string };
  /** Of a resolution: what of the net amount the house has again, and what nobody has, in cents. */
  readonly resolution?: { readonly backCents: bigint; readonly lostCents: bigint };
  /** Of `send`, where two operators say which payment it is: what the house lost by others, in US cents. */
  readonly adoption?: { readonly lostCents: bigint };
  /** Rows that are written in the same commit. */
  readonly rows?: readonly CompanionRow[];
  /**
   * What must hold besides, asked each time before it is tried: it refuses, or gives the statements by which the commit
   * finds out that it does not hold any more.
   */
  readonly guard?: (withdrawal: WithdrawalNow) => Promise<readonly CompanionStatement[]>;
  /** The guard is asked even when the move was made before. */
  readonly isOnce?: boolean;
}

/**
 * Moves a withdrawal on, money and rows in one commit. Of two that move it at once one does, and the other is told where
 * it stands now; a move made before is answered as done.
 *
 * Refuses with `not_found`, `withdrawal_is_your_own` (only canceling and calling back are a person's own), `withdrawal_moved_on`,
 * `payout_by_provider`, `payee_frozen`, `payout_provider_silent`, `house_short_of_cash` (of a provider's alone: for what was
 * paid otherwise the owner of the house puts in what is missing), or as its guard does.
 */
export async function moveWithdrawal(house: House, id: Uuid, asked: MoveAsked): Promise<WithdrawalNow> {
  let owner: readonly TransferEvent[] = [];
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const withdrawal = await withdrawalById(house.db, id);
    if (withdrawal === undefined) throw new Refusal(NOT_FOUND);
    if (asked.by === withdrawal.userId && !OWN.has(asked.move)) throw new Refusal(WITHDRAWAL_IS_YOUR_OWN);
    const decision = await mayMove(house, withdrawal, asked);
    if (decision instanceof Refusal) throw decision;
    if (decision === 'done') {
      // A decision is made once: of two the later is told that it is over, though what it wanted is done.
      if (asked.isOnce === true) await asked.guard?.(withdrawal);
      return withdrawal;
    }
    // A file may be at the bank already; what is paid by hand is not.
    if (
      asked.move === 'release' ||
      asked.move === 'submit' ||
      (asked.move === 'send' && withdrawal.state === 'released')
    ) {
      await requireUnfrozen(house.db, withdrawal.userId, house.clock.now());
    }
    if (isProvided(withdrawal.method) && (asked.move === 'cancel' || asked.move === 'fail'))
      await requireNoTrace(house, withdrawal);
    const guards = [...((await asked.guard?.(withdrawal)) ?? []), ...unaskedGuard(withdrawal, asked, house)];
    const outcome = await tryPost(house, postingOf(withdrawal, asked, house.clock.now(), guards, owner));
    if (outcome === 'short') {
      if (asked.move !== 'send' || isProvided(withdrawal.method)) throw new Refusal(HOUSE_SHORT_OF_CASH);
      owner = await ownerPays(house, withdrawal);
      continue;
    }
    // Whatever is tried next finds another cash.
    owner = [];
    if (outcome === 'posted') {
      const moved = await withdrawalById(house.db, id);
      if (moved !== undefined) return moved;
    }
  }
  throw new Error(`withdrawal ${id} was moved by others ${LOOKS_MAX} times while it was to be moved`);
}

/** Of a cancellation and a question to the provider at once, one happens. */
function unaskedGuard(
  { state, unaskedAttemptId }: WithdrawalNow,
  { move }: MoveAsked,
  { clock }: House,
): CompanionStatement[] {
  if (move !== 'cancel' || state !== 'sending' || unaskedAttemptId === null) return [];
  return [unaskedStatement(unaskedAttemptId, 'canceled', new Date(clock.now()))];
}

/** There are at most so many moves from asking to the end. */
const LOOKS_MAX = 12;

/**
 * What a provider pays it alone speaks of: what it says is fetched, and no operator knows better. Files carry what goes by
 * file: only a payment by hand is sent without one, and from its release on somebody may be paying it, so it is not canceled
 * any more. What is in a file has not failed, whatever the console says: the bank may have those bytes, and pays it or sends
 * it back. A file that nobody took is withdrawn whole first.
 */
async function mayMove(
  { db }: Pick<House, 'db'>,
  withdrawal: WithdrawalNow,
  { move, by, adoption }: Pick<MoveAsked, 'move' | 'by' | 'adoption'>,
): Promise<ReturnType<typeof decideMove>> {
  const { id, state } = withdrawal;
  const byHand = withdrawal.method === 'manual';
  const provided = isProvided(withdrawal.method);
  const isSaid = SAID_BY_PROVIDER.has(move) && adoption === undefined;
  if (provided && by !== null && isSaid) return new Refusal(PAYOUT_BY_PROVIDER);
  // What two operators made of it stands, whatever the provider says afterwards.
  if (provided && SAID_BY_PROVIDER.has(move) && (await resolutionOf(db, id)) !== null) {
    return new Refusal(WITHDRAWAL_MOVED_ON, { state: STATE_WORDS[state] });
  }
  const isClosed =
    (move === 'send' && state === 'released' && !byHand) ||
    (move === 'file' && (byHand || provided)) ||
    (OF_PROVIDERS.has(move) && !provided) ||
    (move === 'cancel' && (!isCancelable(withdrawal) || (byHand && (await wasReleased(db, id)))));
  if (move === 'fail' && state === 'sending' && !provided && !(await isAtTheBank(db, id))) {
    return new Refusal(WITHDRAWAL_IN_FILE);
  }
  // What was canceled before may be asked for again.
  if (isClosed && MOVES[move].to !== state) {
    return new Refusal(WITHDRAWAL_MOVED_ON, { state: STATE_WORDS[state] });
  }
  // Whatever came of it, it was asked for.
  if (move === 'call_back' && withdrawal.calledBackAt !== null) return 'done';
  // A second hold says something new; it is no repetition of the first.
  return move === 'hold' && state === 'held' ? 'move' : decideMove(state, move);
}

/** What a person may do to a withdrawal of their own. */
const OWN: ReadonlySet<Move> = new Set(['cancel', 'call_back']);

/** What becomes of a payment at a provider, and the moves that only such payments make. */
export const SAID_BY_PROVIDER: ReadonlySet<Move> = new Set(['send', 'pay', 'return', 'park']);
const OF_PROVIDERS: ReadonlySet<Move> = new Set([
  'submit',
  'unsubmit',
  'refuse',
  'call_back',
  'resolve_arrived',
  'resolve_back',
  'resolve_paid',
  'resolve_unpaid',
]);

function postingOf(
  withdrawal: WithdrawalNow,
  asked: MoveAsked,
  nowMs: number,
  guards: readonly CompanionStatement[],
  owner: readonly TransferEvent[],
): Posting {
  const { id, state } = withdrawal;
  const { to } = MOVES[asked.move];
  const at = new Date(nowMs);
  const event = {
    id: newId(),
    withdrawalId: id,
    at,
    step: asked.move,
    state: to,
    byUser: asked.by,
    note: asked.note ?? asked.hold?.reason ?? null,
    code: asked.code ?? null,
    holdRule: asked.hold?.rule ?? null,
    holdUntil: asked.hold?.until ?? null,
  };
  const transfers = [...owner, ...transfersOf(withdrawal, asked)];
  return {
    transfers,
    rows: [
      ...transfers
        .filter(({ ledger, code }) => ledger === ASSET_LEDGERS.USD && PAYS.has(code))
        .map((transfer) => ({ table: PAYMENT_ROWS, values: [transfer.id, id] })),
      { table: EVENT_ROWS, values: eventValues(event) },
      { table: NEWS_ROWS, values: [event.id] },
      ...(asked.rows ?? []),
    ],
    statements: [
      ...guards,
      asked.hold !== undefined
        ? holdStatement(id, state, asked.hold, at)
        : to === state
          ? staysStatement(id, state)
          : moveStatement(id, [state], to, at),
    ],
  };
}

/** Transfers that move money, and do not only set it aside or free it again. */
const PAYS: ReadonlySet<number> = new Set([
  TransferCodes.payout,
  TransferCodes.payout_fee,
  TransferCodes.tax_withheld,
  TransferCodes.withdrawal_returned,
  TransferCodes.payout_lost,
]);

function holdStatement(
  id: Uuid,
  from: WithdrawalNow['state'],
  hold: NonNullable<MoveAsked['hold']>,
  at: Date,
): NonNullable<Posting['statements']>[number] {
  return {
    text: `update withdrawal_states
              set state = 'held', since = $2, hold_reason = $4, hold_rule = $5, hold_until = $6
            where withdrawal_id = $1 and state = $3`,
    values: [id, at, from, hold.reason, hold.rule, hold.until],
    expectRows: 1,
  };
}

/** It stands where it stood, and since then: a hold that is lifted, or what is called back. */
function staysStatement(id: Uuid, state: WithdrawalNow['state']): CompanionStatement {
  return {
    text: 'update withdrawal_states set state = state where withdrawal_id = $1 and state = $2',
    values: [id, state],
    expectRows: 1,
  };
}

/**
 * The money of a move. Handed to a provider: the house's cash is set aside, so that of many at once no more are asked
 * for than the cash reaches. Sent: the Diamonds are redeemed, the net amount goes to the method's world, the fee to what
 * providers cost, the tax aside. Not sent: the Diamonds are free again. Back: the opposite chain, but for the fee, which
 * the bank keeps and the house bears.
 */
function transfersOf(
  withdrawal: WithdrawalNow,
  { move, reserve, resolution, adoption }: MoveAsked,
): TransferEvent[] {
  const { id, userId, diamondUnits, taxCents, netCents, cashReserveId } = withdrawal;
  const cash = accountId('platform', 'cash', 'USD');
  const world = accountId('world', withdrawal.world, 'USD');
  const taxes = accountId('platform', 'tax_withheld', 'USD');
  const common = { asset: 'USD', reference: id } as const;
  const pay = (from: Uuid, to: Uuid, units: bigint, code: 'payout_lost' | 'withdrawal_returned') =>
    units === 0n ? [] : [transferEvent({ ...common, id: newId(), from, to, units, code })];
  // What was set aside for the provider is free again before it is spent.
  const freed = cashReserveId === null ? [] : [voidEvent(newId(), cashReserveId)];
  switch (move) {
    case 'submit':
      return reserve === undefined
        ? []
        : [
            pendingEvent({
              ...common,
              id: reserve.id,
              from: cash,
              to: accountId('world', reserve.world, 'USD'),
              units: grossCents(withdrawal),
              code: 'payout_reserved',
            }),
          ];
    case 'unsubmit':
      return freed;
    case 'send':
    case 'resolve_paid':
      return [
        postEvent(reservePostId(id), reserveId(id)),
        ...freed,
        ...paymentTransfers(withdrawal, withdrawal.world, newId),
        ...pay(cash, accountId('platform', 'provider_fees', 'USD'), adoption?.lostCents ?? 0n, 'payout_lost'),
      ];
    case 'return':
    case 'resolve_back': {
      const { backCents, lostCents } = resolution ?? { backCents: netCents, lostCents: 0n };
      return [
        transferEvent({
          id: diamondsBackId(id),
          from: accountId('platform', 'diamonds_redeemed', 'DIAMOND'),
          to: accountId(userId, 'diamonds_available', 'DIAMOND'),
          asset: 'DIAMOND',
          units: diamondUnits,
          code: 'withdrawal_returned',
          reference: id,
        }),
        ...pay(world, cash, backCents, 'withdrawal_returned'),
        ...pay(world, accountId('platform', 'provider_fees', 'USD'), lostCents, 'payout_lost'),
        ...pay(taxes, cash, taxCents, 'withdrawal_returned'),
      ];
    }
    case 'resolve_arrived':
      return pay(world, cash, resolution?.backCents ?? 0n, 'withdrawal_returned');
    case 'fail':
    case 'refuse':
    case 'resolve_unpaid':
    case 'cancel':
      return [voidEvent(reserveVoidId(id), reserveId(id)), ...freed];
    default:
      return [];
  }
}

/** `posted`; `moved` when it does not stand where it was thought to stand; `short` when the house has too little. */
async function tryPost(house: House, posting: Posting): Promise<'posted' | 'moved' | 'short'> {
  try {
    const posted = await house.ledger.post(posting);
    if (posted.kind === 'posted') return 'posted';
    if (posted.kind === 'exists') return 'moved';
    switch (posted.result) {
      case 'exceeds_credits':
        return 'short';
      case 'pending_transfer_already_posted':
      case 'pending_transfer_already_voided':
      // The Diamonds were posted by another chain, whose payments have other ids: it was sent a moment ago.
      case 'linked_event_failed':
        return 'moved';
      default:
        if (posted.result.startsWith('exists')) return 'moved';
        throw new Error(`the ledger refused a move of a withdrawal: ${posted.result}`);
    }
  } catch (error) {
    // Its state was another, or somebody else wrote the same row first.
    if (error instanceof LedgerConflict && (error.code === 'CL002' || error.code === '23505')) return 'moved';
    throw error;
  }
}
