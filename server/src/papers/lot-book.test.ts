import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { smaller } from '../core/bigints.ts';
import { LotBook } from './lot-book.ts';
import { paidFor } from './rules.ts';

const dear = { priceCents: 200n, feeCents: 0n };
const cheap = { priceCents: 50n, feeCents: 5n };

test('what was taken of a purchase by name is spent on nothing: the next spend is of the next purchase', () => {
  const book = new LotBook();
  book.credit(100n, 'A', dear);
  book.credit(50n, 'B', cheap);
  book.spend(60n);
  book.take(40n, 'A');
  book.spend(5n);
  // 10 of the first at two cents each, 5 of the second at one.
  assert.deepEqual(paidFor(book.stretches, 50n, 65n), { paidMicros: 250_000n, feeMicros: 5_000n });
});

test('what comes free again is spent next, and what was said of spends before stays as it was', () => {
  const book = new LotBook();
  book.credit(100n, 'A', dear);
  book.credit(7n, 'a present', null);
  book.credit(50n, 'B', cheap);
  book.spend(10n);
  book.take(90n, 'A');
  book.spend(12n);
  const said = paidFor(book.stretches, 10n, 22n);
  // 7 for nothing, 5 of B.
  assert.deepEqual(said, { paidMicros: 50_000n, feeMicros: 5_000n });
  book.giveBack(90n, 'A');
  book.spend(95n);
  assert.deepEqual(paidFor(book.stretches, 10n, 22n), said);
  // The other 90 of A, then 5 of B.
  assert.deepEqual(paidFor(book.stretches, 22n, 117n), {
    paidMicros: 90n * 20_000n + 50_000n,
    feeMicros: 5_000n,
  });
});

test('more than was there costs nothing', () => {
  const book = new LotBook();
  book.credit(10n, 'A', dear);
  book.spend(30n);
  book.credit(10n, 'B', dear);
  book.spend(10n);
  assert.deepEqual(paidFor(book.stretches, 0n, 30n), { paidMicros: 2_000_000n, feeMicros: 0n });
  assert.deepEqual(paidFor(book.stretches, 30n, 40n), { paidMicros: 2_000_000n, feeMicros: 0n });
});

test('whatever is bought, spent, taken and given back: the past is never told otherwise, and no purchase is spent twice', () => {
  const units = fc.bigInt({ min: 1n, max: 60n });
  const step = fc.record({
    what: fc.constantFrom('buy', 'buy', 'spend', 'spend', 'spend', 'take', 'give back', 'present'),
    units,
    of: fc.nat({ max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const book = new LotBook();
      const lots: { units: bigint; taken: bigint }[] = [];
      // What is there and not set aside: a ledger spends no more.
      let there = 0n;
      let place = 0n;
      const told: { start: bigint; end: bigint; paid: unknown }[] = [];
      for (const { what, units: wanted, of } of steps) {
        const lot = lots[of % Math.max(1, lots.length)];
        const name = String(of % Math.max(1, lots.length));
        if (what === 'buy') {
          book.credit(wanted, String(lots.length), { priceCents: wanted * 3n + 1n, feeCents: 2n });
          lots.push({ units: wanted, taken: 0n });
          there += wanted;
        } else if (what === 'present') {
          book.credit(wanted, 'a present', null);
          there += wanted;
        } else if (what === 'spend') {
          const some = smaller(wanted, there);
          if (some === 0n) continue;
          book.spend(some);
          told.push({ start: place, end: place + some, paid: paidFor(book.stretches, place, place + some) });
          place += some;
          there -= some;
        } else if (lot !== undefined && what === 'take') {
          const spent = book.stretches
            .filter(({ ofUnits, priceCents }) => ofUnits === lot.units && priceCents === lot.units * 3n + 1n)
            .reduce((sum, stretch) => sum + stretch.units, 0n);
          // At most what is surely unspent of it.
          const some = lot.units - lot.taken - spent;
          if (some <= 0n) continue;
          book.take(some, name);
          lot.taken += some;
          there -= some;
        } else if (lot !== undefined && lot.taken > 0n) {
          book.giveBack(lot.taken, name);
          there += lot.taken;
          lot.taken = 0n;
        }
      }
      for (const { start, end, paid } of told) assert.deepEqual(paidFor(book.stretches, start, end), paid);
      const all = paidFor(book.stretches, 0n, place);
      const bought = lots.reduce((sum, lot) => sum + lot.units * 3n + 1n, 0n) * 10_000n;
      assert.ok(all.paidMicros <= bought);
      for (const [index, stretch] of book.stretches.entries()) {
        const next = book.stretches[index + 1];
        assert.ok(next === undefined || stretch.start + stretch.units <= next.start);
        assert.ok(stretch.offset + stretch.units <= stretch.ofUnits);
      }
    }),
  );
});
