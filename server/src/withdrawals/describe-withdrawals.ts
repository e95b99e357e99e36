import { publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import { type Transfer, TransferCodes, TransferFlags } from '../ledger/index.ts';
import { type Describer, describeTransfers, type EntryDescription, type PaidOut } from '../wallet/index.ts';
import { coinPriceText } from './coin-prices.ts';
import { displayMoney } from './currencies.ts';
import { quotesByIds, withdrawalsByIds } from './store.ts';
import type { Quote, WithdrawalNow } from './withdrawal.ts';
import { reservePostId, withdrawalIdOfTransfer } from './withdrawal-ids.ts';

/** Says of the Diamonds of a withdrawal where they went. */
const withdrawals: Describer = {
  kind: 'withdrawal',
  async describe(db, transfers) {
    const rows = await withdrawalsByIds(db, [
      ...new Set(transfers.map(({ id }) => withdrawalIdOfTransfer(id))),
    ]);
    const quotes = new Map(
      (
        await quotesByIds(
          db,
          rows.map(({ quoteId }) => quoteId),
        )
      ).map((quote) => [quote.id, quote]),
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    const described = new Map<Uuid, EntryDescription>();
    for (const transfer of transfers) {
      const row = byId.get(withdrawalIdOfTransfer(transfer.id));
      const quote = row === undefined ? undefined : quotes.get(row.quoteId);
      if (row === undefined || quote === undefined) continue;
      described.set(transfer.id, {
        ...line(transfer, row),
        moneyCents: quote.grossCents,
        link: { type: 'withdrawal', id: publicId('wd', row.id) },
        how: howOf(quote),
        versions: { policy: quote.policyVersion, rate: quote.rateVersion, fiat: quote.fiatVersion },
        paidOut: paidOutBy(transfer, row, quote),
        corrects: transfer.code === TransferCodes.withdrawal_returned ? [reservePostId(row.id)] : [],
      });
    }
    return described;
  },
};

/** The four things that can happen to them: reserved, gone, free again, back. */
function line(
  { flags, code }: Transfer,
  row: WithdrawalNow,
): Pick<EntryDescription, 'title' | 'detail' | 'status'> {
  const money = displayMoney(row.payoutMinor, row.currency);
  if (code === TransferCodes.withdrawal_returned) {
    return {
      title: 'Withdrawal came back',
      detail: `${money} bounced · ${row.reference}`,
      status: 'settled',
    };
  }
  if ((flags & TransferFlags.postPendingTransfer) !== 0) {
    return {
      title: `Withdrawal sent to ${row.masked}`,
      detail: `${money} · ${row.reference}`,
      status: 'settled',
    };
  }
  if ((flags & TransferFlags.voidPendingTransfer) !== 0) {
    const title = row.state === 'canceled' ? 'Withdrawal canceled' : 'Withdrawal not sent';
    return { title, detail: `The Diamonds are available again · ${row.reference}`, status: 'settled' };
  }
  return {
    title: `Withdrawal to ${row.masked}`,
    detail: `${money} · ${row.reference}`,
    status: STATUS[row.state],
  };
}

const STATUS = {
  in_review: 'pending',
  held: 'pending',
  released: 'pending',
  sending: 'pending',
  sent: 'settled',
  paid: 'settled',
  parked: 'settled',
  returned: 'reversed',
  failed: 'reversed',
  canceled: 'reversed',
} as const;

/** Money left, or came back, by those two of the four alone; what is only held or free again moved none. */
function paidOutBy({ flags, code }: Transfer, { method }: WithdrawalNow, quote: Quote): PaidOut | null {
  const isBack = code === TransferCodes.withdrawal_returned;
  if (!isBack && (flags & TransferFlags.postPendingTransfer) === 0) return null;
  const sign = isBack ? -1n : 1n;
  return {
    method,
    grossCents: sign * quote.grossCents,
    feeCents: sign * quote.feeCents,
    taxCents: sign * quote.taxCents,
    netCents: sign * quote.netCents,
    currency: quote.currency,
    payoutMinor: sign * quote.payoutMinor,
  };
}

function howOf(quote: Quote): EntryDescription['how'] {
  const diamonds = displayAmount({ asset: 'DIAMOND', units: quote.diamondUnits });
  return [
    {
      label: diamonds,
      value: displayUsd(quote.grossCents),
      note: `Rate version ${quote.rateVersion}, rounded down to a cent`,
    },
    { label: 'Fee', value: displayUsd(-quote.feeCents), note: `Policy version ${quote.policyVersion}` },
    { label: 'Tax withheld', value: displayUsd(-quote.taxCents), note: null },
    {
      label: 'You get',
      value: displayMoney(quote.payoutMinor, quote.currency),
      note: convertedBy(quote),
    },
  ];
}

function convertedBy({ fiatVersion, coinPrice, fiatNumerator, fiatDenominator }: Quote): string | null {
  if (coinPrice === null)
    return fiatVersion === null ? null : `Fiat rates version ${fiatVersion}, rounded down`;
  const price = coinPriceText({ numerator: fiatNumerator ?? 1n, denominator: fiatDenominator ?? 1n });
  return `${price}, rounded down`;
}

describeTransfers(TransferCodes.withdrawal, withdrawals);
describeTransfers(TransferCodes.withdrawal_returned, withdrawals);
