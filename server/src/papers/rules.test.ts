import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { displayMicros } from '../core/money.ts';
import type { Stretch } from './lot-book.ts';
import {
  addsUp,
  isOver,
  monthAt,
  monthOf,
  monthsBetween,
  NO_SPLIT,
  paidFor,
  plus,
  sectionTitle,
  splitOf,
  takenOff,
  wayOf,
} from './rules.ts';

test('a month is a calendar month of UTC and nothing else', () => {
  for (const [name, from, to] of [
    ['2026-11', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2028-02', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ] as const) {
    const month = monthOf(name);
    assert.deepEqual([month?.from.toISOString(), month?.to.toISOString()], [from, to]);
  }
  for (const wrong of ['2026-13', '2026-00', '2026-1', '26-01', '2026-11-01', '1999-01', '']) {
    assert.equal(monthOf(wrong), null, wrong);
  }
  const months = monthsBetween(new Date('2026-10-31T23:59:59Z'), new Date('2027-01-01T00:00:00Z'));
  assert.deepEqual(
    months.map(({ name }) => name),
    ['2027-01', '2026-12', '2026-11', '2026-10'],
  );
});

test('a month is over when nothing can be dated into it any more', () => {
  const november = monthAt(new Date('2026-11-30T12:00:00Z'));
  assert.equal(isOver(november, Date.parse('2026-12-01T00:00:59.999Z')), false);
  assert.equal(isOver(november, Date.parse('2026-12-01T00:01:00Z')), true);
});

test('money finer than a cent is shown exactly', () => {
  for (const [micros, shown] of [
    [0n, '$0.00'],
    [13_500n, '$0.0135'],
    [1_000_000n, '$1.00'],
    [1_200_000n, '$1.20'],
    [6_749n, '$0.006749'],
    [-31_750n, '−$0.03175'],
    [12_345_678_900_000n, '$12,345,678.90'],
  ] as const) {
    assert.equal(displayMicros(micros), shown);
  }
});

test('Coins cost what the oldest purchase cost, and a purchase is spent to its last cent', () => {
  // 219 Coins for $2.96, of which the provider keeps 39 cents; then 70 for $0.99 without a fee.
  const lots: Stretch[] = [
    { start: 0n, units: 219n, offset: 0n, ofUnits: 219n, priceCents: 296n, feeCents: 39n },
    { start: 219n, units: 70n, offset: 0n, ofUnits: 70n, priceCents: 99n, feeCents: 0n },
  ];
  // 296 × 10,000 ÷ 219 = 13,515.98…
  assert.deepEqual(paidFor(lots, 0n, 1n), { paidMicros: 13_515n, feeMicros: 1_780n });
  assert.deepEqual(paidFor(lots, 0n, 219n), { paidMicros: 2_960_000n, feeMicros: 390_000n });
  // 19 of the first and 35 of the second: 2,960,000 − 2,703,196 + 495,000.
  assert.deepEqual(paidFor(lots, 200n, 254n), {
    paidMicros: 2_960_000n - 2_703_196n + 495_000n,
    feeMicros: 390_000n - 356_164n,
  });
  assert.deepEqual(paidFor(lots, 289n, 300n), { paidMicros: 0n, feeMicros: 0n }, 'what nobody paid for');
});

test('what is taken back of a gift, in however many parts, takes off exactly what it brought', () => {
  const amount = (max: bigint) => fc.bigInt({ min: 0n, max });
  fc.assert(
    fc.property(
      fc.record({ paidMicros: amount(9_999_999n), feeMicros: amount(999_999n) }),
      fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 500n }), amount(500n)), { minLength: 1, maxLength: 5 }),
      (paid, parts) => {
        const coins = parts.reduce((sum, [part]) => sum + part, 0n);
        const creatorUnits = parts.reduce((sum, [, part]) => sum + part, 0n);
        const split = splitOf(paid, creatorUnits, { numerator: 27n, denominator: 20_000n });
        let left = split;
        let [coinsBefore, unitsBefore] = [0n, 0n];
        for (const [part, diamondUnits] of parts) {
          const off = takenOff(
            { split, coins, creatorUnits },
            { coins: part, diamondUnits, coinsBefore, unitsBefore },
          );
          assert.equal(off.paidMicros, off.feeMicros + off.platformMicros + off.creatorMicros);
          assert.ok(off.paidMicros <= 0n && off.creatorMicros <= 0n);
          left = plus(left, off);
          coinsBefore += part;
          unitsBefore += diamondUnits;
        }
        assert.deepEqual(left, NO_SPLIT);
      },
    ),
  );
  const split = { paidMicros: 1_001n, feeMicros: 100n, creatorMicros: 500n, platformMicros: 401n };
  // A third of the Coins, a half of the Diamonds.
  assert.deepEqual(
    takenOff(
      { split, coins: 3n, creatorUnits: 2n },
      { coins: 1n, diamondUnits: 1n, coinsBefore: 0n, unitsBefore: 0n },
    ),
    { paidMicros: -333n, feeMicros: -33n, creatorMicros: -250n, platformMicros: -50n },
  );
});

test('however purchases are spent, the spends sum to what they cost, and every split to what was paid', () => {
  const amount = (max: bigint) => fc.bigInt({ min: 1n, max });
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          units: amount(5_000n),
          priceCents: amount(100_000n),
          gap: fc.bigInt({ min: 0n, max: 9n }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      fc.array(amount(700n), { maxLength: 200 }),
      fc.bigInt({ min: 0n, max: 9_000n }),
      (bought, spends, rate) => {
        const lots: Stretch[] = [];
        let end = 0n;
        for (const { units, priceCents, gap } of bought) {
          const price = { priceCents, feeCents: priceCents / 20n };
          lots.push({ start: end + gap, units, offset: 0n, ofUnits: units, ...price });
          end += gap + units;
        }
        let at = 0n;
        let paid = 0n;
        let fees = 0n;
        const spend = (units: bigint) => {
          const part = paidFor(lots, at, at + units);
          const split = splitOf(part, units * 500n, { numerator: rate, denominator: 1_000_000n });
          assert.equal(split.paidMicros, split.feeMicros + split.platformMicros + split.creatorMicros);
          assert.ok(part.paidMicros >= 0n && part.feeMicros >= 0n && part.feeMicros <= part.paidMicros + 1n);
          at += units;
          paid += part.paidMicros;
          fees += part.feeMicros;
        };
        for (const units of spends) if (at + units <= end) spend(units);
        if (at < end) spend(end - at);
        const sum = (of: (lot: Stretch) => bigint) => lots.reduce((all, lot) => all + of(lot), 0n) * 10_000n;
        assert.equal(
          paid,
          sum(({ priceCents }) => priceCents),
        );
        assert.equal(
          fees,
          sum(({ feeCents }) => feeCents),
        );
      },
    ),
  );
});

test('a section is named by account, word and way, and a word that nobody knows is said as it is', () => {
  assert.equal(sectionTitle('coins', 'gift', wayOf('moved', true)), 'Gifts given');
  assert.equal(
    sectionTitle('diamonds_available', 'withdrawal', wayOf('voided', true)),
    'Withdrawals canceled or not sent',
  );
  assert.equal(sectionTitle('coins', 'lost_property', wayOf('moved', false)), 'Lost property: in');
  assert.equal(sectionTitle('coins', 'transfer', wayOf('expired', true)), 'Transfer: free again');
});

test('a statement adds up to the unit, in what is there and in what is held', () => {
  const opening = { posted: 100n, held: 10n };
  assert.equal(addsUp(opening, { posted: -30n, held: -10n }, { posted: 70n, held: 0n }), true);
  assert.equal(addsUp(opening, { posted: -30n, held: -10n }, { posted: 71n, held: 0n }), false);
  assert.equal(addsUp(opening, { posted: -30n, held: -9n }, { posted: 70n, held: 0n }), false);
});
