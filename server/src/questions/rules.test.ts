import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../core/refusal.ts';
import type { QuestionStatus, ReturnReason } from './question.ts';
import {
  askRefusal,
  decideMove,
  diamondUnitsFor,
  escrowSeconds,
  type Move,
  mayAsk,
  priceRefusal,
  type QuestionLimits,
  readQuestion,
} from './rules.ts';

const limits: QuestionLimits = {
  lengthMax: 200,
  coinsMin: 5n,
  coinsMax: 10_000n,
  intervalMs: 3_000,
  paidOpenMax: 5,
  waitMs: 86_400_000,
};

const said = (refusal: Refusal | null) => refusal?.kind.code ?? 'granted';

test('a question is asked when everything fits, and refused with the first thing that does not', () => {
  const fits = {
    askerId: 'ana',
    creatorId: 'mira',
    isLive: true,
    settings: { isOn: true, coins: 50n },
    coins: 50n,
    open: { free: 0, paid: 0 },
    limits,
  };
  const table: [Partial<typeof fits>, string][] = [
    [{}, 'granted'],
    [{ isLive: false, settings: { isOn: false, coins: 0n } }, 'stage_not_live'],
    [{ settings: { isOn: false, coins: 50n } }, 'questions_off'],
    [{ settings: { isOn: true, coins: 60n } }, 'question_price_changed'],
    [{ limits: { ...limits, coinsMax: 49n } }, 'questions_off'],
    [{ limits: { ...limits, paidOpenMax: 1 }, open: { free: 0, paid: 1 } }, 'too_many_open_questions'],
    [{ askerId: 'mira' }, 'own_question'],
    [{ open: { free: 1, paid: 4 } }, 'granted'],
    [{ open: { free: 0, paid: 5 } }, 'too_many_open_questions'],
    [
      { settings: { isOn: true, coins: 0n }, coins: 0n, open: { free: 1, paid: 0 } },
      'too_many_open_questions',
    ],
    [{ settings: { isOn: true, coins: 0n }, coins: 0n, open: { free: 0, paid: 5 } }, 'granted'],
  ];
  for (const [change, code] of table) {
    assert.equal(
      said(askRefusal({ ...fits, ...change })),
      code,
      JSON.stringify(change, (_, v) => String(v)),
    );
  }
});

test('texts, prices, shares and the pace have their bounds', () => {
  assert.equal(readQuestion('  Why? ', limits), 'Why?');
  for (const text of ['', '   ', 'x'.repeat(201)]) assert(readQuestion(text, limits) instanceof Refusal);
  assert.equal(readQuestion('é'.repeat(200), limits), 'é'.repeat(200));
  assert(readQuestion('four', { lengthMax: 3 }) instanceof Refusal);
  for (const coins of [0n, 5n, 10_000n]) assert.equal(said(priceRefusal(coins, limits)), 'granted');
  for (const coins of [4n, 10_001n]) {
    assert.equal(said(priceRefusal(coins, limits)), 'question_price_out_of_range');
  }
  assert.equal(escrowSeconds(limits), 25 * 60 * 60, 'an hour after it should have been returned');
  // 1 Coin × 1/3 of a unit: the fraction stays with the house.
  assert.equal(diamondUnitsFor(10n, { numerator: 1n, denominator: 3n }), 3n);
  assert.deepEqual(
    [undefined, 0, 0, 9].map((last, at) => mayAsk(last, [0, 2_999, 3_000, 0][at] ?? 0, limits.intervalMs)),
    [true, false, true, true],
  );
});

/** The state machine once more, as a drawing: what each move makes of each state. */
const DRAWING: Record<QuestionStatus, Partial<Record<Move, QuestionStatus>>> = {
  waiting: { begin: 'answering', skip: 'returned', withdraw: 'returned' },
  answering: { finish: 'answered', skip: 'returned' },
  answered: {},
  returned: {},
};

test('whatever is tried in whatever order, a question is answered or returned once, and then stays', () => {
  const moves = fc.array(fc.constantFrom<Move>('begin', 'finish', 'skip', 'withdraw'), { maxLength: 12 });
  fc.assert(
    fc.property(moves, (tried) => {
      let status: QuestionStatus = 'waiting';
      let returnReason: ReturnReason | null = null;
      let decided = 0;
      for (const move of tried) {
        const decision = decideMove({ status, returnReason }, move);
        const next: QuestionStatus | undefined = DRAWING[status][move];
        assert.equal(decision === 'go', next !== undefined, `${status} ${move}`);
        if (next === undefined) continue;
        status = next;
        if (move === 'skip') returnReason = 'skipped';
        if (move === 'withdraw') returnReason = 'withdrawn';
        if (status === 'answered' || status === 'returned') decided += 1;
        // Asked for once more, it is answered the same and not made again.
        assert.equal(decideMove({ status, returnReason }, move), 'done');
      }
      assert(decided <= 1);
    }),
  );
});
