import { Refusal } from '../core/refusal.ts';
import type { PayoutMethodName } from '../policy/index.ts';
import { UNCLAIMED } from './providers/provider.ts';
import { WITHDRAWAL_MOVED_ON } from './refusals.ts';
import type { Step, WithdrawalState } from './withdrawal.ts';

/** What can be done to a withdrawal. */
export type Move = Exclude<Step, 'requested' | 'ask_approval'>;

interface MoveRule {
  readonly from: readonly WithdrawalState[];
  readonly to: WithdrawalState;
}

/** Every move, from where and to where. What is not here does not happen. */
export const MOVES: Readonly<Record<Move, MoveRule>> = {
  hold: { from: ['in_review', 'released', 'held'], to: 'held' },
  /** By time: nobody decided before the latest date. */
  end_hold: { from: ['held'], to: 'in_review' },
  /** By an operator: what was held when its creator canceled it keeps nobody from asking anew. */
  lift_hold: { from: ['canceled'], to: 'canceled' },
  release: { from: ['in_review', 'held'], to: 'released' },
  file: { from: ['released'], to: 'sending' },
  /** Its file was withdrawn before anybody took it: it waits for another one. */
  unfile: { from: ['sending'], to: 'released' },
  /** To the provider that pays it: from here on only the provider says what becomes of it. */
  submit: { from: ['released'], to: 'sending' },
  /** It certainly did not happen there, for a reason that is the house's: it is tried again. */
  unsubmit: { from: ['sending'], to: 'released' },
  /** It certainly did not happen there and will not. */
  refuse: { from: ['sending'], to: 'failed' },
  /** From `released` by hand alone; the others go in a file. */
  send: { from: ['sending', 'released'], to: 'sent' },
  /** Nobody has accepted it yet: its provider is asked to give it back, and what it says then decides. */
  call_back: { from: ['sent'], to: 'sent' },
  pay: { from: ['sent', 'parked'], to: 'paid' },
  return: { from: ['sent', 'paid', 'parked'], to: 'returned' },
  /** Not from `sending`: the bytes of a file would pay it all the same. */
  fail: { from: ['in_review', 'held', 'released'], to: 'failed' },
  /** From `sending` while no provider was asked. */
  cancel: { from: ['in_review', 'held', 'released', 'sending'], to: 'canceled' },
  /** A bank's word that nobody understands moves no money: a person asks the bank. */
  park: { from: ['sent', 'paid'], to: 'parked' },
  /** Two operators say what became of it, where its provider does not say it clearly. */
  resolve_arrived: { from: ['parked'], to: 'paid' },
  resolve_back: { from: ['parked'], to: 'returned' },
  /** They say so of one that its provider never answered for. */
  resolve_paid: { from: ['sending'], to: 'paid' },
  resolve_unpaid: { from: ['sending'], to: 'failed' },
};

/** Where the Diamonds of a withdrawal are in the ledger. */
export const LEDGER_OF_STATE: Readonly<Record<WithdrawalState, 'pending' | 'posted' | 'voided'>> = {
  in_review: 'pending',
  held: 'pending',
  released: 'pending',
  sending: 'pending',
  sent: 'posted',
  paid: 'posted',
  returned: 'posted',
  parked: 'posted',
  failed: 'voided',
  canceled: 'voided',
};

/** On its way: neither over nor back. */
export const OPEN_STATES: readonly WithdrawalState[] = [
  'in_review',
  'held',
  'released',
  'sending',
  'sent',
  'parked',
];

/** What is said of each, to stand after "This withdrawal is … now". */
export const STATE_WORDS: Readonly<Record<WithdrawalState, string>> = {
  in_review: 'being checked',
  held: 'on hold',
  released: 'about to be sent',
  sending: 'about to leave',
  sent: 'sent',
  paid: 'paid',
  returned: 'sent back',
  failed: 'not sent',
  canceled: 'canceled',
  parked: 'being asked about',
};

/**
 * Whether its creator may cancel it: a payment by hand only until its release, for then somebody may be paying it; one
 * through a provider until the provider is asked; one in a file not any more.
 */
export function isCancelable({
  state,
  method,
  unaskedAttemptId,
}: {
  readonly state: WithdrawalState;
  readonly method: PayoutMethodName;
  readonly unaskedAttemptId: string | null;
}): boolean {
  if (state === 'sending') return unaskedAttemptId !== null;
  return MOVES.cancel.from.includes(state) && !(method === 'manual' && state === 'released');
}

/** Whether it waits to be accepted at its provider, so that it can be called back. */
export function isUnclaimed({
  state,
  method,
  providerSays,
}: {
  readonly state: WithdrawalState;
  readonly method: PayoutMethodName;
  readonly providerSays: string | null;
}): boolean {
  return state === 'sent' && method === 'paypal' && providerSays === UNCLAIMED;
}

/** The rule of a hold that a freeze made; it ends with the freeze. */
export const FROZEN_RULE = 'account_frozen';
/** Rules of holds that the house makes by itself, anew for each request: they end with it. */
export const HOLDS_OF_HOUSE: ReadonlySet<string> = new Set(['first_withdrawal', FROZEN_RULE]);

/** Whether an operator's hold goes on that its creator canceled the withdrawal from. */
export function isHoldLeft(
  { holdLeftUntil }: { readonly holdLeftUntil: Date | null },
  nowMs: number,
): boolean {
  return holdLeftUntil !== null && holdLeftUntil.getTime() > nowMs;
}

/** `move`: it can be done; `done`: it was done before; else why it cannot. */
export function decideMove(state: WithdrawalState, move: Move): 'move' | 'done' | Refusal {
  const { from, to } = MOVES[move];
  if (from.includes(state)) return 'move';
  if (state === to) return 'done';
  return new Refusal(WITHDRAWAL_MOVED_ON, { state: STATE_WORDS[state] });
}
