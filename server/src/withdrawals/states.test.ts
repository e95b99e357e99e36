import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../core/refusal.ts';
import { decideMove, LEDGER_OF_STATE, MOVES, type Move, OPEN_STATES } from './states.ts';
import { WITHDRAWAL_STATES, type WithdrawalState } from './withdrawal.ts';

/** The whole machine as a table: what can be done from where. */
const POSSIBLE: Readonly<Record<WithdrawalState, readonly Move[]>> = {
  in_review: ['hold', 'release', 'fail', 'cancel'],
  held: ['hold', 'end_hold', 'release', 'fail', 'cancel'],
  released: ['hold', 'file', 'send', 'fail', 'cancel', 'submit'],
  sending: ['send', 'unfile', 'unsubmit', 'refuse', 'cancel', 'resolve_paid', 'resolve_unpaid'],
  sent: ['call_back', 'pay', 'return', 'park'],
  paid: ['return', 'park'],
  parked: ['pay', 'resolve_arrived', 'resolve_back', 'return'],
  returned: [],
  failed: [],
  canceled: ['lift_hold'],
};

test('what can be done from each state, and nothing else', () => {
  for (const state of WITHDRAWAL_STATES) {
    const moves = (Object.keys(MOVES) as Move[]).filter((move) => decideMove(state, move) === 'move');
    assert.deepEqual(moves.sort(), [...POSSIBLE[state]].sort(), state);
  }
});

test('the money moves exactly where the ledger’s state changes: sending posts, failing and canceling void', () => {
  for (const [move, { from, to }] of Object.entries(MOVES)) {
    for (const state of from) {
      const [before, after] = [LEDGER_OF_STATE[state], LEDGER_OF_STATE[to]];
      if (move === 'send' || move === 'resolve_paid')
        assert.deepEqual([before, after], ['pending', 'posted']);
      else if (['fail', 'refuse', 'cancel', 'resolve_unpaid'].includes(move))
        assert.deepEqual([before, after], ['pending', 'voided']);
      else assert.equal(before, after, `${move} from ${state}`);
    }
  }
});

test('a move done before is done, another one is told where it stands', () => {
  assert.equal(decideMove('canceled', 'cancel'), 'done');
  const refusal = decideMove('sent', 'cancel');
  assert.ok(refusal instanceof Refusal);
  assert.equal(refusal.message, 'This withdrawal is sent now.');
});

test('what is open is what something can still be done to before the bank has paid', () => {
  const moved = (state: WithdrawalState) => POSSIBLE[state].some((move) => MOVES[move].to !== state);
  const open = WITHDRAWAL_STATES.filter((state) => moved(state) && state !== 'paid');
  assert.deepEqual([...OPEN_STATES].sort(), open.sort());
});
