import { DAY_MS } from '../../core/clock.ts';
import type { Uuid } from '../../core/ids.ts';
import { type Ratio, UNITS_PER_DIAMOND } from '../../core/money.ts';
import { bundles, clearingOf, diamondUnitsOf, giftTransfers, maturityTransfer } from '../../gifts/index.ts';
import { accountId, platformAccounts, transferEvent, userAccount, worldAccount } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { purchaseTransfers } from '../../purchases/index.ts';
import { coverage, diamondsToCents } from '../../rates/index.ts';
import { reserveOf } from '../../refunds/index.ts';
import type { SimulationInputs } from '../inputs.ts';
import { Books } from './books.ts';
import { byFavour, type Creator, creatorsOf, medianCents, newDay } from './creators.ts';
import type { DayLine } from './lines.ts';
import { PAID_TO, Payouts } from './payouts.ts';
import { fanId, Numbers } from './people.ts';
import { type DayPlan, openingCoins, type PlannedGift, type PlannedPurchase } from './plan.ts';
import { RateDays } from './rate-days.ts';

/** Whose money comes in. */
const PAYERS = 'sandbox';
const CASH = accountId('platform', 'cash', 'USD');
const RESERVE = accountId('platform', 'reserve', 'USD');

/** Something that becomes available on a day. */
interface Due {
  readonly id: Uuid;
  readonly creatorId: Uuid;
  readonly diamondUnits: bigint;
  readonly reversedUnits: bigint;
  readonly maturesAt: Date;
}

/** What is kept of a fan. */
interface Fan {
  readonly id: Uuid;
  givenCoins: bigint;
  /** Milliseconds since 1970; `null` before they paid. */
  firstPaidAtMs: number | null;
}

/** One side of the comparison: a house with books of its own, living the planned days under one rate. */
export class Arm {
  readonly books: Books;
  readonly #inputs: SimulationInputs;
  readonly #policy: Policy;
  readonly #startMs: number;
  readonly #rates: RateDays;
  readonly #creators: Creator[];
  readonly #fans: Fan[];
  readonly #numbers = new Numbers();
  readonly #payouts: Payouts;
  /** By the day on which it becomes available, and on it by creator. */
  readonly #due = new Map<number, Map<Uuid, Due[]>>();
  /** Cents of the day before. */
  #soldCents = 0n;

  constructor(inputs: SimulationInputs, policy: Policy, rate: Ratio) {
    this.#inputs = inputs;
    this.#policy = policy;
    this.#startMs = Date.parse(inputs.start.at);
    this.books = new Books(this.#startMs);
    this.#rates = new RateDays(policy, rate, inputs);
    this.#creators = creatorsOf(inputs);
    // Who has Coins when it begins is no new payer.
    const paidBefore = inputs.start.coins === '0' ? null : 0;
    this.#fans = Array.from({ length: inputs.viewers }, (_, place) => ({
      id: fanId(place),
      givenCoins: 0n,
      firstPaidAtMs: paidBefore,
    }));
    this.#payouts = new Payouts(policy, this.books, this.#creators, this.#numbers);
    this.#open();
  }

  /** Lives one day; days come in their order. */
  live(day: number, plan: DayPlan): DayLine {
    const nowMs = this.#startMs + (day - 1) * DAY_MS;
    const rate = this.#rates.on(day);
    newDay(this.#creators);
    this.#keepReserve();
    this.#mature(day);
    const purchasedCents = this.#sell(plan.purchases, nowMs);
    const earned = this.#give(plan.gifts, rate, nowMs);
    // What is due on the day on which it was given.
    this.#mature(day);
    this.#soldCents = purchasedCents;
    this.#payouts.ask(plan.withdrawals, rate, day, nowMs);
    const paid = this.#payouts.send(day);
    const outstandingUnits = this.#outstandingUnits();
    const heldCents = this.books.net(CASH) + this.books.net(RESERVE);
    this.#rates.end(
      day,
      { purchasedCents, withdrawnUnits: paid.units },
      { outstandingUnits, heldCents, coins: this.#unspentCoins() },
    );
    const worth = (units: bigint) => diamondsToCents({ centsPerUnit: rate }, units);
    return {
      day,
      rateCents: worth(SHOWN_UNITS).toString(),
      purchasedCents: purchasedCents.toString(),
      earnedUnits: earned.units.toString(),
      earnedCents: earned.cents.toString(),
      paidOutCents: paid.grossCents.toString(),
      waitingCents: paid.waitingCents.toString(),
      shortCents: paid.shortCents.toString(),
      outstandingUnits: outstandingUnits.toString(),
      heldCents: heldCents.toString(),
      owedCents: worth(outstandingUnits).toString(),
      coverage: coverage({ heldCents, outstandingUnits }, rate)?.toString() ?? null,
      medianCents: medianCents(this.#creators).toString(),
    };
  }

  /** Opens every account and puts in what the house begins with. */
  #open(): void {
    const { start, creators } = this.#inputs;
    this.books.open([
      ...platformAccounts(),
      worldAccount(PAYERS, 'USD'),
      worldAccount(PAID_TO, 'USD'),
      worldAccount('owner', 'USD'),
      ...this.#fans.map(({ id }) => userAccount(id, 'coins', 'COIN')),
      ...this.#creators.flatMap(({ id }) => [
        userAccount(id, 'diamonds_pending', 'DIAMOND'),
        userAccount(id, 'diamonds_available', 'DIAMOND'),
      ]),
    ]);
    const common = { code: 'opening' } as const;
    const held = (to: Uuid, units: bigint) => [
      transferEvent({
        ...common,
        id: this.#numbers.next(),
        from: accountId('world', 'owner', 'USD'),
        to,
        asset: 'USD',
        units,
      }),
    ];
    const reserveCents = BigInt(start.reserveCents ?? '0');
    const coins = openingCoins(this.#inputs);
    const chains = [
      held(CASH, BigInt(start.heldCents) - reserveCents),
      held(RESERVE, reserveCents),
      ...this.#fans.map(({ id }, place) => [
        transferEvent({
          ...common,
          id: this.#numbers.next(),
          from: accountId('platform', 'coins_issued', 'COIN'),
          to: accountId(id, 'coins', 'COIN'),
          asset: 'COIN',
          units: coins[place] ?? 0n,
        }),
      ]),
      ...this.#openingDiamonds(creators),
    ];
    if (this.books.post(chains).includes(false)) throw new Error('the books could not be opened');
  }

  /**
   * The Diamonds that people have: those of gifts of the last days clear day by day, as many as a month brought of them, and
   * the rest is available. They lie with creators as gifts fall on them.
   */
  #openingDiamonds(creators: number) {
    const { start } = this.#inputs;
    const { maturityDays } = this.#policy.diamonds;
    const all = BigInt(start.outstandingUnits);
    const recent = (BigInt(start.earnedUnits) * BigInt(maturityDays)) / 30n;
    const pending = recent < all ? recent : all;
    const put = (creator: Creator, purpose: 'diamonds_pending' | 'diamonds_available', units: bigint) => [
      transferEvent({
        id: this.#numbers.next(),
        from: accountId('platform', 'diamonds_issued', 'DIAMOND'),
        to: accountId(creator.id, purpose, 'DIAMOND'),
        asset: 'DIAMOND',
        units,
        code: 'opening',
      }),
    ];
    const [pendingParts, availableParts] = [byFavour(pending, creators), byFavour(all - pending, creators)];
    return this.#creators.flatMap((creator, place) => {
      let left = pendingParts[place] ?? 0n;
      for (let day = 1; day <= maturityDays; day += 1) {
        const part = left / BigInt(maturityDays - day + 1);
        left -= part;
        this.#becomes(this.#numbers.next(), creator.id, part, this.#startMs + day * DAY_MS);
      }
      return [
        put(creator, 'diamonds_pending', pendingParts[place] ?? 0n),
        put(creator, 'diamonds_available', availableParts[place] ?? 0n),
      ];
    });
  }

  /** Notes what becomes available when. */
  #becomes(id: Uuid, creator: Uuid, units: bigint, maturesAtMs: number): void {
    if (units === 0n) return;
    const day = Math.ceil((maturesAtMs - this.#startMs) / DAY_MS) + 1;
    const ofDay = this.#due.get(day) ?? new Map<Uuid, Due[]>();
    if (ofDay.size === 0) this.#due.set(day, ofDay);
    const due: Due = {
      id,
      creatorId: creator,
      diamondUnits: units,
      reversedUnits: 0n,
      maturesAt: new Date(maturesAtMs),
    };
    const own = ofDay.get(creator);
    if (own === undefined) ofDay.set(creator, [due]);
    else own.push(due);
  }

  /** Of what was sold the day before, the policy's part is set aside, as the house does when a day is over. */
  #keepReserve(): void {
    const { reserveBasisPoints } = this.#policy.refunds;
    const units = reserveOf(this.#soldCents, reserveBasisPoints, this.books.net(CASH));
    if (units === 0n) return;
    const id = this.#numbers.next();
    const kept = transferEvent({ id, from: CASH, to: RESERVE, asset: 'USD', units, code: 'reserve' });
    if (this.books.post([[kept]]).includes(false)) throw new Error('the reserve could not be kept');
  }

  #mature(day: number): void {
    const due = [...(this.#due.get(day)?.values() ?? [])].flat();
    this.#due.delete(day);
    const matured = this.books.post(bundles(due).map((bundle) => [maturityTransfer(bundle)]));
    if (matured.includes(false)) throw new Error('Diamonds that were due could not become available');
  }

  /** @returns cents */
  #sell(purchases: readonly PlannedPurchase[], nowMs: number): bigint {
    const { feeBasisPoints } = this.#inputs.start;
    let sum = 0n;
    const chains = purchases.map(({ viewer, coins, priceCents }) => {
      const fan = this.#fan(viewer);
      fan.firstPaidAtMs ??= nowMs;
      sum += priceCents;
      return purchaseTransfers({
        id: () => this.#numbers.next(),
        reference: this.#numbers.next(),
        userId: fan.id,
        world: PAYERS,
        asset: 'COIN',
        units: coins,
        priceCents,
        feeCents: (priceCents * BigInt(feeBasisPoints)) / 10_000n,
      });
    });
    if (this.books.post(chains).includes(false)) throw new Error('a purchase was refused');
    return sum;
  }

  #give(gifts: readonly PlannedGift[], rate: Ratio, nowMs: number): { units: bigint; cents: bigint } {
    const given = gifts.map((gift) => this.#gift(gift, nowMs));
    const happened = this.books.post(given.map(({ gift }) => giftTransfers(gift)));
    if (happened.includes(false)) throw new Error('somebody gave Coins that they did not have');
    const sum = { units: 0n, cents: 0n };
    for (const { gift, creator } of given) {
      this.#becomes(gift.id, creator.id, gift.diamondUnits, gift.maturesAt.getTime());
      const today = creator.earned.at(-1);
      if (today !== undefined) today.units += gift.diamondUnits;
      sum.units += gift.diamondUnits;
    }
    for (const { earned } of this.#creators) {
      const today = earned.at(-1);
      if (today === undefined) continue;
      today.cents = diamondsToCents({ centsPerUnit: rate }, today.units);
      sum.cents += today.cents;
    }
    return sum;
  }

  #gift({ viewer, creator: place, priceCoins, quantity }: PlannedGift, nowMs: number) {
    const fan = this.#fan(viewer);
    const creator = this.#creators[place];
    if (creator === undefined) throw new RangeError(`no creator ${place}`);
    const coins = priceCoins * quantity;
    fan.givenCoins += coins;
    const { gifts } = this.#policy;
    const { maturesAtMs } = clearingOf(
      this.#policy,
      { givenCoins: fan.givenCoins, firstPaidAtMs: fan.firstPaidAtMs },
      nowMs,
    );
    return {
      creator,
      gift: {
        id: this.#numbers.next(),
        senderId: fan.id,
        creatorId: creator.id,
        coins,
        diamondUnits: diamondUnitsOf({ priceCoins }, gifts, creator.yieldBasisPoints) * quantity,
        maturesAt: new Date(maturesAtMs),
        requestHash: 0n,
      },
    };
  }

  #fan(place: number): Fan {
    const fan = this.#fans[place];
    if (fan === undefined) throw new RangeError(`no viewer ${place}`);
    return fan;
  }

  /** What people have is what the house's accounts are short of. */
  #outstandingUnits(): bigint {
    return (['diamonds_redeemed', 'diamonds_issued'] as const).reduce(
      (sum, purpose) => sum - this.books.net(accountId('platform', purpose, 'DIAMOND')),
      0n,
    );
  }

  /** Coins that fans have. */
  #unspentCoins(): bigint {
    return this.#fans.reduce((sum, { id }) => sum + this.books.net(accountId(id, 'coins', 'COIN')), 0n);
  }
}

const SHOWN_UNITS = 1_000n * UNITS_PER_DIAMOND;
