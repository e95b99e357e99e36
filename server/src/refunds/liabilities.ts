import type { Static } from 'typebox';
import { type Asset, amountJson } from '../core/money.ts';
import type { House } from '../house.ts';
import { ASSET_LEDGERS, accountId, PlatformPurposes, UserPurposes, WORLD_CODE } from '../ledger/index.ts';
import { priceOf, pricesAt } from '../wallet/index.ts';
import type { liabilitiesAnswer } from './schema.ts';

interface Sum {
  readonly ledger: number;
  readonly code: number;
  readonly debits: bigint;
  readonly credits: bigint;
  readonly reserved: bigint;
}

export type LiabilityLine = Static<typeof liabilitiesAnswer>['held'][number];

const others: ((house: House) => Promise<LiabilityLine[]>)[] = [];

/** Shows lines of another slice's beside the house's money; none of them is added. */
export function useLiabilityLines(lines: (house: House) => Promise<LiabilityLine[]>): void {
  others.push(lines);
}

/** What people have, what stands behind it, and whether the ledger adds up, as of one instant. */
export async function liabilities(house: House): Promise<Static<typeof liabilitiesAnswer>> {
  const nowMs = house.clock.now();
  const [prices, books] = await Promise.all([
    pricesAt(house.db, nowMs),
    house.db.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only');
      const sums = await tx.query<Sum>(
        `select ledger, code, sum(debits_posted)::bigint as debits, sum(credits_posted)::bigint as credits,
                sum(debits_pending)::bigint as reserved from ledger_accounts group by 1, 2`,
      );
      const [open] = await tx.query<{ count: number; cents: bigint }>(
        `select count(*)::integer as count, coalesce(sum(s.held_cents + s.beyond_cents), 0)::bigint as cents
           from recall_states s where s.state in ('held', 'parked')`,
      );
      return { sums, open: open ?? { count: 0, cents: 0n } };
    }),
  ]);
  const { sums, open } = books;
  const sumOf = (asset: Asset, code: number) =>
    sums.find((sum) => sum.ledger === ASSET_LEDGERS[asset] && sum.code === code);
  const balance = (asset: Asset, code: number) => {
    const sum = sumOf(asset, code);
    return sum === undefined ? 0n : sum.credits - sum.debits;
  };
  const line = (label: string, asset: Asset, units: bigint, note: string | null) => ({
    label,
    amount: amountJson(asset, units),
    money: amountJson('USD', asset === 'USD' ? units : priceOf(prices, asset, units)),
    note,
  });
  const reservedOf = (code: number) => sumOf('DIAMOND', code)?.reserved ?? 0n;
  const availableReserved = reservedOf(UserPurposes.diamonds_available);
  const owed = [
    line(
      'Coins that people hold',
      'COIN',
      balance('COIN', UserPurposes.coins),
      'At the price of one Coin. Spent on gifts, never paid out.',
    ),
    line(
      'Diamonds that people bought',
      'DIAMOND',
      balance('DIAMOND', UserPurposes.diamonds_purchased),
      'Spendable, not withdrawable.',
    ),
    line(
      'Diamonds that are clearing',
      'DIAMOND',
      balance('DIAMOND', UserPurposes.diamonds_pending),
      'Earned, not available yet.',
    ),
    line(
      'Diamonds that can be withdrawn',
      'DIAMOND',
      balance('DIAMOND', UserPurposes.diamonds_available) - availableReserved,
      null,
    ),
    line('Diamonds in withdrawals', 'DIAMOND', availableReserved, 'Asked for, not sent yet.'),
    line('Tax withheld', 'USD', balance('USD', PlatformPurposes.tax_withheld), 'For the tax office.'),
  ];
  const held = [
    line(
      'Cash',
      'USD',
      balance('USD', PlatformPurposes.cash),
      'At the providers and at the bank, after fees.',
    ),
    line(
      'The reserve',
      'USD',
      balance('USD', PlatformPurposes.reserve),
      'Set aside of sales for lost disputes.',
    ),
    line('Tax withheld', 'USD', balance('USD', PlatformPurposes.tax_withheld), 'Held, and owed above.'),
  ];
  const total = (lines: typeof owed) => lines.reduce((sum, { money }) => sum + BigInt(money.units), 0n);
  const [owedCents, heldCents] = [total(owed), total(held)];
  const assets = (['COIN', 'DIAMOND', 'USD'] as const).map((asset) => {
    const own = sums.filter(({ ledger }) => ledger === ASSET_LEDGERS[asset]);
    return {
      asset,
      debits: own.reduce((sum, { debits }) => sum + debits, 0n),
      credits: own.reduce((sum, { credits }) => sum + credits, 0n),
    };
  });
  return {
    owed,
    held: [
      ...held,
      ...(await throughProviders(house)),
      ...(await Promise.all(others.map((lines) => lines(house)))).flat(),
    ],
    totals: {
      owed: amountJson('USD', owedCents),
      held: amountJson('USD', heldCents),
      coverPercent: owedCents === 0n ? null : Number((heldCents * 100n) / owedCents),
    },
    check: {
      passed: assets.every(({ debits, credits }) => debits === credits),
      lines: assets.map(({ asset, debits, credits }) => ({
        asset,
        debits: debits.toString(),
        credits: credits.toString(),
      })),
    },
    openDisputes: { count: open.count, money: amountJson('USD', open.cents) },
    asOf: new Date(nowMs).toISOString(),
  };
}

/** What came in through each provider and has not gone back or out again through it: no money of its own, so not added. */
async function throughProviders(house: House) {
  const rows = await house.db.query<{ provider: string; mode: string }>(
    'select distinct provider, mode from purchase_orders order by 1, 2',
  );
  const names = [
    ...new Set(
      rows.map(({ provider, mode }) =>
        mode === 'live' || provider === 'sandbox' ? provider : `${provider}_${mode}`,
      ),
    ),
  ];
  const balances = await house.ledger.balances(
    [...names, 'owner', 'by_hand'].map((name) => accountId('world', name, 'USD')),
  );
  const byHand = balances.get(accountId('world', 'by_hand', 'USD'));
  const through = [...names, 'owner'].flatMap((name) => {
    const account = balances.get(accountId('world', name, 'USD'));
    if (account === undefined || account.code !== WORLD_CODE) return [];
    const cents = account.debitsPosted - account.creditsPosted;
    return [
      {
        label: name === 'owner' ? 'Put in by the owner' : `Came in through ${name.replaceAll('_', ', ')}`,
        amount: amountJson('USD', cents),
        money: amountJson('USD', 0n),
        note:
          name === 'owner'
            ? 'When the cash did not reach for a refund or a dispute. A part of the cash, not added again.'
            : 'Less what it gave back. A part of the cash, not added again.',
      },
    ];
  });
  const paid = byHand === undefined ? 0n : byHand.creditsPosted - byHand.debitsPosted;
  if (paid === 0n) return through;
  return [
    ...through,
    {
      label: 'Paid back by hand',
      amount: amountJson('USD', paid),
      money: amountJson('USD', 0n),
      note: 'Refunds that no provider could send back. Gone from the cash already, not taken off again.',
    },
  ];
}
