import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import type { Database } from '../db/database.ts';
import type { HowLine } from '../http/schemas.ts';
import {
  assetOfLedger,
  NIL_ID,
  PlatformPurposes,
  statement,
  type Transfer,
  UserPurposes,
  WORLD_CODE,
} from '../ledger/index.ts';
import { describeAll } from './describe.ts';
import { assetOf, entryOf } from './entries.ts';
import { displayCentsPer, type Prices, priceOf } from './prices.ts';
import { type receiptSchema, WALLET_ACCOUNTS, type WalletAccount } from './schema.ts';
import { type WalletLine, walletAccountId, walletLine } from './statement.ts';
import { type AccountName, accountNames, chainOf, transferById } from './store.ts';

export type ReceiptJson = Static<typeof receiptSchema>;

/**
 * Everything about one transfer on a person's accounts: how its number was made, and both sides of every transfer
 * that succeeded with it. `null` when there is none, or when none of its accounts is the person's.
 */
export async function receiptOf(
  db: Database,
  userId: Uuid,
  transferId: Uuid,
  prices: Prices,
): Promise<ReceiptJson | null> {
  const transfer = await transferById(db, transferId);
  if (transfer === null) return null;
  const own = new Map(WALLET_ACCOUNTS.map((account) => [walletAccountId(userId, account), account] as const));
  // Between two own accounts, the receipt is about what came in.
  const ownId = [transfer.creditAccountId, transfer.debitAccountId].find((id) => own.has(id));
  const account = ownId === undefined ? undefined : own.get(ownId);
  if (ownId === undefined || account === undefined) return null;

  const line = await lineOf(db, ownId, account, transfer);
  const description = (await describeAll(db, [transfer])).get(transfer.id);
  return {
    entry: entryOf(line, description, prices),
    how: [...(description?.how ?? []), ...worthLines(line, prices)],
    legs: await legsOf(db, userId, await chainOf(db, transfer), own),
  };
}

async function lineOf(
  db: Database,
  ownAccountId: Uuid,
  account: WalletAccount,
  transfer: Transfer,
): Promise<WalletLine> {
  const { items } = await statement(db, ownAccountId, { to: transfer.timestamp + 1n, limit: 1 });
  const line = items[0];
  if (line?.transfer.id !== transfer.id) throw new Error(`the statement does not end at ${transfer.id}`);
  return walletLine(line, ownAccountId, account);
}

/** What the amount is worth in money now, and by which versions. */
function worthLines(line: WalletLine, prices: Prices): HowLine[] {
  if (assetOf(line.account) === 'COIN') {
    return [
      {
        label: 'A Coin today',
        value: displayCentsPer(prices.centsPerCoin),
        note: `Rate card: policy version ${prices.policyVersion}`,
      },
    ];
  }
  return [
    {
      label: '1,000 Diamonds today',
      value: amountJson('USD', priceOf(prices, 'DIAMOND', 1_000_000n)).display,
      note: `Rate version ${prices.rate.version}`,
    },
  ];
}

async function legsOf(
  db: Database,
  userId: Uuid,
  chain: readonly Transfer[],
  own: ReadonlyMap<Uuid, WalletAccount>,
): Promise<ReceiptJson['legs']> {
  const ids = chain.flatMap((transfer) => [transfer.debitAccountId, transfer.creditAccountId]);
  const names = await accountNames(db, [...new Set(ids)]);
  const others = new Set(
    [...names.values()].map(({ ownerId }) => ownerId).filter((id) => id !== NIL_ID && id !== userId),
  );
  const legs: ReceiptJson['legs'] = [];
  for (const transfer of chain) {
    const sides = [transfer.debitAccountId, transfer.creditAccountId] as const;
    const isYours = sides.some((id) => own.has(id));
    const isStrangers = sides.some((id) => others.has(names.get(id)?.ownerId ?? NIL_ID));
    // With one other person the receipt is between the two; what several others got is theirs to see.
    if (!isYours && isStrangers && others.size > 1) continue;
    const asset = assetOfLedger(transfer.ledger);
    for (const [index, id] of sides.entries()) {
      const account = own.get(id);
      const balance = account === undefined ? null : (await lineOf(db, id, account, transfer)).spendableAfter;
      legs.push({
        id: publicId('tx', transfer.id),
        account: accountLabel(names.get(id), account),
        yours: account !== undefined,
        debit: index === 0 ? amountJson(asset, transfer.amount) : null,
        credit: index === 1 ? amountJson(asset, transfer.amount) : null,
        balanceAfter: balance === null ? null : amountJson(asset, balance),
      });
    }
  }
  return legs;
}

const PLATFORM_NAMES = new Map<number, string>(
  Object.entries(PlatformPurposes).map(([name, code]) => [code, `platform:${name}`]),
);
const PERSON_NAMES = new Map<number, string>(
  Object.entries(UserPurposes).map(([name, code]) => [code, `person:${name}`]),
);

/** `you:coins`, `person:diamonds_pending`, `platform:coins_spent`, `world`. */
function accountLabel(name: AccountName | undefined, own: WalletAccount | undefined): string {
  if (own !== undefined) return `you:${own}`;
  if (name === undefined) return 'unknown';
  if (name.code === WORLD_CODE) return 'world';
  return PLATFORM_NAMES.get(name.code) ?? PERSON_NAMES.get(name.code) ?? 'unknown';
}
