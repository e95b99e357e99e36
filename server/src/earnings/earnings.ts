import type { Static } from 'typebox';
import { larger } from '../core/bigints.ts';
import { DAY_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { amountJson, displayUsd } from '../core/money.ts';
import type { House } from '../house.ts';
import { nameInRanks, peopleByIds } from '../identity/index.ts';
import { type Account, accountId } from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { rateJson } from '../rates/index.ts';
import { displayCentsPer, type Prices, priceOf, pricesAt } from '../wallet/index.ts';
import { returnedUnits } from './returned.ts';
import {
  clearingCalendar,
  countingCause,
  creatorShare,
  type DayUnits,
  dayOf,
  displayShare,
  displayYield,
  everyDay,
} from './rules.ts';
import type { earningsSchema } from './schema.ts';
import {
  checkedEarnings,
  clearingDays,
  coinsGiven,
  countingEarnings,
  type EarningDay,
  earningDays,
  heldEarnings,
  reversedUnits,
  type SupporterRow,
  topSupportersOf,
} from './store.ts';

export type EarningsJson = Static<typeof earningsSchema>;

const SHOWN_DAYS = 14;
const SHOWN_SUPPORTERS = 10;

/** What a creator has earned, what becomes available when, and how the numbers were made. */
export async function earningsOf(house: House, creatorId: Uuid): Promise<EarningsJson> {
  const now = new Date(house.clock.now());
  const today = dayOf(now);
  const first = new Date(now.getTime() - (SHOWN_DAYS - 1) * DAY_MS);
  // The days on which Diamonds become available are read before the balance: a gift in between counts as of today
  // for a moment, rather than twice.
  const [later, days, coins, supporters, prices] = await Promise.all([
    clearingDays(house.db, creatorId, today),
    earningDays(house.db, creatorId, dayOf(first)),
    coinsGiven(house.db, creatorId),
    topSupportersOf(house.db, creatorId, SHOWN_SUPPORTERS),
    pricesAt(house.db, now.getTime()),
  ]);
  const [{ pending, available }, returned, held, checked, counting, reversed] = await Promise.all([
    diamondAccounts(house, creatorId),
    returnedUnits(house.db, creatorId),
    heldEarnings(house.db, creatorId),
    checkedEarnings(house.db, creatorId, now),
    countingEarnings(house.db, creatorId, now),
    reversedUnits(house.db, creatorId),
  ]);
  const diamonds = (units: bigint) => amountJson('DIAMOND', units);
  const money = (units: bigint) => amountJson('USD', priceOf(prices, 'DIAMOND', units));
  const day = ({ day: date, units }: DayUnits) => ({ date, amount: diamonds(units) });
  return {
    pending: diamonds(pending.balance),
    pendingMoney: money(pending.balance),
    available: diamonds(available.balance),
    availableMoney: money(available.balance),
    rate: rateJson(prices.rate),
    calendar: clearingCalendar(larger(0n, pending.balance - held.units), later.map(dayUnits), today).map(day),
    how: await howOf(house, { coins, prices, pending, available, returned, reversed }),
    days: everyDay(days.map(dayUnits), first, now).map((one) => ({
      ...day(one),
      reversed: diamonds(days.find((known) => known.day === one.day)?.reversedUnits ?? 0n),
    })),
    supporters: await namedSupporters(house, supporters.top),
    kept: diamonds(supporters.allUnits),
    unpaid: diamonds(supporters.unpaidUnits),
    held: {
      amount: diamonds(held.units),
      money: money(held.units),
      gifts: held.earnings,
      until: held.until?.toISOString() ?? null,
    },
    counting:
      counting.since === null
        ? null
        : {
            amount: diamonds(counting.units),
            money: money(counting.units),
            since: counting.since.toISOString(),
            cause: countingCause(counting.sweptTo, now),
          },
    checked: {
      amount: diamonds(checked.units),
      money: money(checked.units),
      gifts: checked.earnings,
      until: checked.until?.toISOString() ?? null,
    },
    reversed: diamonds(reversed),
    policyVersion: prices.policyVersion,
    asOf: now.toISOString(),
  };
}

interface DiamondAccount {
  readonly balance: bigint;
  /** All that ever came in. */
  readonly credited: bigint;
  /** All that ever went out. */
  readonly debited: bigint;
  /** Held for what is not decided yet. */
  readonly reserved: bigint;
}

async function diamondAccounts(
  house: House,
  creatorId: Uuid,
): Promise<{ pending: DiamondAccount; available: DiamondAccount }> {
  const pendingId = accountId(creatorId, 'diamonds_pending', 'DIAMOND');
  const availableId = accountId(creatorId, 'diamonds_available', 'DIAMOND');
  const accounts = await house.ledger.balances([pendingId, availableId]);
  return { pending: sumsOf(accounts.get(pendingId)), available: sumsOf(accounts.get(availableId)) };
}

function sumsOf(account: Account | undefined): DiamondAccount {
  if (account === undefined) return { balance: 0n, credited: 0n, debited: 0n, reserved: 0n };
  return {
    balance: account.creditsPosted - account.debitsPosted - account.debitsPending,
    credited: account.creditsPosted,
    debited: account.debitsPosted,
    reserved: account.debitsPending,
  };
}

interface HowParts {
  readonly coins: bigint;
  readonly prices: Prices;
  readonly pending: DiamondAccount;
  readonly available: DiamondAccount;
  /** Diamond units of withdrawals that came back from a bank. */
  readonly returned: bigint;
  /** Diamond units that were taken back before they matured. */
  readonly reversed: bigint;
}

async function howOf(
  house: House,
  { coins, prices, pending, available, returned, reversed }: HowParts,
): Promise<EarningsJson['how']> {
  const policy = await currentPolicy(house.db, house.clock.now());
  const { diamondUnitsPerCoin } = policy.gifts;
  const share = creatorShare(diamondUnitsPerCoin, prices.rate.centsPerUnit, prices.centsPerCoin);
  const fansSpent = amountJson('COIN', coins);
  const fansSpentMoney = amountJson('USD', priceOf(prices, 'COIN', coins));
  const earned = amountJson('DIAMOND', pending.credited);
  // What came back was withdrawn and is not any more; it matured once.
  const matured = amountJson('DIAMOND', available.credited - returned);
  const withdrawn = amountJson('DIAMOND', available.debited - returned);
  const reserved = amountJson('DIAMOND', available.reserved);
  const perThousand = displayUsd(priceOf(prices, 'DIAMOND', 1_000_000n));
  return {
    fansSpent,
    fansSpentMoney,
    share: { numerator: share.numerator.toString(), denominator: share.denominator.toString() },
    earned,
    matured,
    withdrawn,
    reserved,
    lines: [
      {
        label: 'Fans spent on your gifts',
        value: fansSpent.display,
        note: `≈ ${fansSpentMoney.display} at ${displayCentsPer(prices.centsPerCoin)} a Coin`,
      },
      {
        label: 'You earned',
        value: earned.display,
        note: `Today 1 Coin brings ${displayYield(diamondUnitsPerCoin)} Diamonds (rate card: policy version ${policy.version}); each gift keeps the version it was sent under`,
      },
      ...(reversed === 0n
        ? []
        : [
            {
              label: 'Taken back while clearing',
              value: amountJson('DIAMOND', -reversed).display,
              note: 'The payments for these gifts were taken back before they were available',
            },
          ]),
      {
        label: 'Available so far',
        value: matured.display,
        note: `Each gift on its date, ${policy.diamonds.maturityDays} days after it or later`,
      },
      { label: 'Withdrawn', value: withdrawn.display, note: null },
      { label: 'Held for withdrawals', value: reserved.display, note: 'Asked for, and not at the bank yet' },
      {
        label: 'Your share of what fans pay',
        value: displayShare(share),
        note: `1,000 Diamonds = ${perThousand}, rate version ${prices.rate.version}`,
      },
    ],
  };
}

async function namedSupporters(
  house: House,
  rows: readonly SupporterRow[],
): Promise<EarningsJson['supporters']> {
  const people = await peopleByIds(
    house.db,
    rows.map(({ senderId }) => senderId),
  );
  return rows.map(({ senderId, diamondUnits, since }) => ({
    ...nameInRanks(people.get(senderId)),
    amount: amountJson('DIAMOND', diamondUnits),
    since: since.toISOString(),
  }));
}

function dayUnits({ day, diamondUnits }: EarningDay): DayUnits {
  return { day, units: diamondUnits };
}
