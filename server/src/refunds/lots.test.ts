import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { smaller } from '../core/bigints.ts';
import { type Lot, type LotLine, LotSearch } from './lots.ts';

/** One thing that happens to a wallet. */
type Step =
  | { readonly kind: 'buy' | 'spend' | 'escrow'; readonly units: bigint }
  | { readonly kind: 'end_escrow'; readonly posts: boolean; readonly which: number }
  /** Takes part of what is unspent of a lot, at once or reserved. */
  | { readonly kind: 'take'; readonly which: number; readonly units: bigint }
  /** What was taken comes back. */
  | { readonly kind: 'give_back'; readonly which: number };

/** A wallet that remembers every unit one by one: an independent account of first in, first out. */
class Wallet {
  readonly lines: LotLine[] = [];
  readonly lots = new Map<string, { units: bigint; taken: bigint }>();
  readonly escrows: { readonly id: string; readonly units: bigint }[] = [];
  readonly takings: { readonly lot: string; readonly units: bigint }[] = [];
  #next = 0;

  get available(): bigint {
    let sum = 0n;
    for (const { units, taken } of this.lots.values()) sum += units - taken;
    return sum - this.#spent() - this.reserved;
  }

  get reserved(): bigint {
    return this.escrows.reduce((sum, { units }) => sum + units, 0n);
  }

  do(step: Step): void {
    const id = `t${this.#next++}`;
    switch (step.kind) {
      case 'buy':
        this.lots.set(id, { units: step.units, taken: 0n });
        this.lines.unshift({ transferId: id, amount: step.units, isDirected: false, taken: 0n });
        break;
      case 'spend':
        if (step.units <= this.available) this.#debit(id, step.units);
        break;
      case 'escrow':
        if (step.units <= this.available) this.escrows.push({ id, units: step.units });
        break;
      case 'end_escrow': {
        const [ended] = this.escrows.splice(step.which % Math.max(1, this.escrows.length), 1);
        if (ended !== undefined && step.posts) this.#debit(id, ended.units);
        break;
      }
      case 'take': {
        const [name, lot] = [...this.lots][step.which % Math.max(1, this.lots.size)] ?? [];
        if (name === undefined || lot === undefined) break;
        const units = smaller(step.units, this.expected(name).unspent);
        if (units === 0n) break;
        lot.taken += units;
        this.takings.push({ lot: name, units });
        this.lines.unshift({ transferId: id, amount: -units, isDirected: true, taken: 0n });
        break;
      }
      case 'give_back': {
        const [back] = this.takings.splice(step.which % Math.max(1, this.takings.length), 1);
        if (back === undefined) break;
        const lot = this.lots.get(back.lot);
        if (lot !== undefined) lot.taken -= back.units;
        this.lines.unshift({ transferId: id, amount: back.units, isDirected: true, taken: 0n });
        break;
      }
    }
  }

  /** Unit by unit: each spend takes the oldest unit that nobody took. */
  expected(lotId: string): Lot {
    const units: { lot: string; use: string | null }[] = [];
    for (const [lot, { units: bought, taken }] of this.lots) {
      for (let unit = 0n; unit < bought - taken; unit += 1n) units.push({ lot, use: null });
    }
    let next = 0;
    const spends = this.lines.filter(({ amount, isDirected }) => amount < 0n && !isDirected).reverse();
    for (const { transferId, amount } of spends) {
      for (let unit = 0n; unit < -amount; unit += 1n) {
        const one = units[next++];
        assert.ok(one !== undefined, 'more was spent than is there');
        one.use = transferId;
      }
    }
    for (let unit = 0n; unit < this.reserved; unit += 1n) {
      const one = units[next++];
      assert.ok(one !== undefined);
      one.use = 'reserved';
    }
    const own = units.filter(({ lot }) => lot === lotId);
    const uses = spends
      .reverse()
      .map(({ transferId }) => ({
        transferId,
        units: BigInt(own.filter(({ use }) => use === transferId).length),
      }))
      .filter(({ units: used }) => used > 0n);
    const countOf = (what: string | null) => BigInt(own.filter(({ use }) => use === what).length);
    return { unspent: countOf(null), reserved: countOf('reserved'), uses };
  }

  found(lotId: string): Lot {
    const search = new LotSearch(lotId, this.available, this.reserved);
    for (const line of this.lines) {
      if (search.show({ ...line, taken: this.lots.get(line.transferId)?.taken ?? 0n })) break;
    }
    return search.lot;
  }

  #spent(): bigint {
    return this.lines.reduce(
      (sum, { amount, isDirected }) => (amount < 0n && !isDirected ? sum - amount : sum),
      0n,
    );
  }

  #debit(id: string, units: bigint): void {
    this.lines.unshift({ transferId: id, amount: -units, isDirected: false, taken: 0n });
  }
}

const units = fc.bigInt({ min: 1n, max: 12n });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('buy', 'spend', 'escrow'), units }) as fc.Arbitrary<Step>,
  fc.record({ kind: fc.constant('end_escrow'), posts: fc.boolean(), which: fc.nat(9) }) as fc.Arbitrary<Step>,
  fc.record({ kind: fc.constant('take'), which: fc.nat(9), units }) as fc.Arbitrary<Step>,
  fc.record({ kind: fc.constant('give_back'), which: fc.nat(9) }) as fc.Arbitrary<Step>,
);

test('a lot is what an account of every single unit says, whatever was bought, spent, held and taken back', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const wallet = new Wallet();
      for (const one of steps) wallet.do(one);
      let unspent = 0n;
      for (const lot of wallet.lots.keys()) {
        const found = wallet.found(lot);
        assert.deepEqual(found, wallet.expected(lot));
        unspent += found.unspent;
      }
      assert.equal(unspent, wallet.available, 'the lots are all that is available');
    }),
    { numRuns: 2_000 },
  );
});

test('a refund of the newer purchase leaves the older one whole', () => {
  const wallet = new Wallet();
  wallet.do({ kind: 'buy', units: 10n });
  wallet.do({ kind: 'buy', units: 10n });
  wallet.do({ kind: 'take', which: 1, units: 10n });
  assert.deepEqual(wallet.found('t0'), { unspent: 10n, reserved: 0n, uses: [] });
  assert.deepEqual(wallet.found('t1'), { unspent: 0n, reserved: 0n, uses: [] });
  wallet.do({ kind: 'spend', units: 4n });
  assert.deepEqual(wallet.found('t0'), {
    unspent: 6n,
    reserved: 0n,
    uses: [{ transferId: 't3', units: 4n }],
  });
});
