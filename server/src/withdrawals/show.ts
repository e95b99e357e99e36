import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson, displayAmount, displayMicros, displayUsd } from '../core/money.ts';
import type { House } from '../house.ts';
import { type PayoutTerms, type Policy, policyVersion } from '../policy/index.ts';
import { ageInDays } from '../rates/index.ts';
import { arrivesBy } from './arrives-by.ts';
import { coinPriceText } from './coin-prices.ts';
import { displayMoney } from './currencies.ts';
import { toLatin } from './latin.ts';
import { returnReason } from './methods/return-codes.ts';
import { METHOD_WORDS, payerWord } from './methods/words.ts';
import { missingWords } from './providers/missing-words.ts';
import type { accountSchema, QuoteJson, termsSchema, WithdrawalJson } from './schema.ts';
import { HOLDS_OF_HOUSE, isCancelable, isUnclaimed } from './states.ts';
import { eventsOf } from './store.ts';
import { bounceWords } from './tell-withdrawals.ts';
import { stateWord, timelineOf } from './timeline.ts';
import { leastUnits, termsFor } from './withdraw-checks.ts';
import type { AccountSetup, PayoutAccount, Quote, WithdrawalEvent, WithdrawalNow } from './withdrawal.ts';

/** An account as its owner sees it: never its numbers, but an address, which everybody may read on the chain. */
export function accountJson(
  account: PayoutAccount,
  { policy, nowMs }: { readonly policy: Policy; readonly nowMs: number },
): Static<typeof accountSchema> {
  return {
    id: publicId('payacct', account.id),
    method: account.method,
    name: METHOD_WORDS[account.method],
    holder: account.holder,
    holderAtBank: toLatin(account.holder) ?? account.holder,
    country: account.country,
    currency: account.currency,
    masked: account.masked,
    madeAt: account.madeAt.toISOString(),
    usableFrom: account.usableFrom.toISOString(),
    usable: account.usableFrom.getTime() <= nowMs,
    available: termsFor(policy.payouts, account) !== undefined,
    address: account.details.method === 'btcpay' ? account.details.address : null,
    setUp: account.setup === null ? null : setUpJson(account.method, account.setup),
  };
}

function setUpJson(
  method: PayoutAccount['method'],
  setup: AccountSetup,
): NonNullable<Static<typeof accountSchema>['setUp']> {
  const { ready, rejected, submitted, missing, bankLast4 } = setup;
  return {
    provider: METHOD_WORDS[method],
    state: rejected
      ? 'rejected'
      : ready
        ? 'ready'
        : !submitted
          ? 'begun'
          : missing.length > 0
            ? 'more_needed'
            : 'checking',
    words: ready ? null : missingWords(setup),
    bank: bankLast4 === null ? null : `··${bankLast4}`,
  };
}

export function termsJson(
  terms: PayoutTerms,
  policy: Policy,
  centsPerUnit: Parameters<typeof leastUnits>[2],
): Static<typeof termsSchema> {
  return {
    method: terms.method,
    name: METHOD_WORDS[terms.method],
    countries: [...terms.countries],
    currency: terms.currency,
    fee: amountJson('USD', terms.feeCents),
    least: amountJson('DIAMOND', leastUnits(policy, terms, centsPerUnit)),
    dayMax: terms.dayMaxCents === null ? null : amountJson('USD', terms.dayMaxCents),
    businessDays: terms.businessDays,
  };
}

export function moneyJson(minor: bigint, currency: string) {
  return { currency, minor: minor.toString(), display: displayMoney(minor, currency) };
}

/** A quote with every line, as it is read before money moves. */
export function quoteJson(quote: Quote, nowMs: number): QuoteJson {
  return {
    id: publicId('quote', quote.id),
    accountId: publicId('payacct', quote.accountId),
    diamonds: amountJson('DIAMOND', quote.diamondUnits),
    gross: amountJson('USD', quote.grossCents),
    fee: amountJson('USD', quote.feeCents),
    tax: amountJson('USD', quote.taxCents),
    net: amountJson('USD', quote.netCents),
    get: moneyJson(quote.payoutMinor, quote.currency),
    lines: quoteLinesJson(quote),
    arrivesBy: quote.arrivesBy,
    rateVersion: quote.rateVersion,
    policyVersion: quote.policyVersion,
    fiatVersion: quote.fiatVersion,
    quotedAt: quote.quotedAt.toISOString(),
    expiresAt: quote.expiresAt.toISOString(),
    heldMs: Math.max(0, quote.expiresAt.getTime() - nowMs),
  };
}

export function quoteLinesJson(quote: Quote): QuoteJson['lines'] {
  // Millionths of a dollar, so that the line can be multiplied out.
  const perThousand = (1_000_000n * 10_000n * quote.rateCents) / quote.rateUnits;
  const get = displayMoney(quote.payoutMinor, quote.currency);
  return [
    {
      key: 'diamonds',
      label: `${displayAmount({ asset: 'DIAMOND', units: quote.diamondUnits })} at ${displayMicros(perThousand)} per 1,000`,
      value: displayUsd(quote.grossCents),
      note: `Rate version ${quote.rateVersion}. Less than a cent is not paid.`,
    },
    {
      key: 'fee',
      label: quote.coinPrice === null ? 'Transfer fee' : 'Network fee',
      value: displayUsd(-quote.feeCents),
      note: quote.coinPrice === null ? null : NETWORK_FEE,
    },
    { key: 'tax', label: 'Tax withheld', value: displayUsd(-quote.taxCents), note: null },
    ...(quote.currency === 'USD'
      ? []
      : [
          {
            key: 'conversion' as const,
            value: get,
            ...conversion(quote),
          },
        ]),
    { key: 'get', label: 'You get', value: get, note: null },
  ];
}

const NETWORK_FEE = 'As our rules say; whatever the network takes besides, we bear.';

/** By what it was converted: a table of rates, or what a coin cost. */
function conversion(quote: Quote): { readonly label: string; readonly note: string } {
  const net = displayUsd(quote.netCents);
  if (quote.coinPrice === null) {
    const note = `${fiatText(quote)} Less than the smallest unit is not paid.`;
    return { label: `${net} at ${displayFiat(quote)}`, note };
  }
  const { fiatNumerator, fiatDenominator } = quote;
  const price = coinPriceText({ numerator: fiatNumerator ?? 1n, denominator: fiatDenominator ?? 1n });
  return {
    label: `${net} at ${price}`,
    note: 'Asked of BTCPay Server within the last minutes. Once you confirm, this number of bitcoin is fixed.',
  };
}

/** Which table of rates it was converted by, and how old that was when it was priced. */
function fiatText({ fiatVersion, fiatAsOf, quotedAt }: Quote): string {
  if (fiatAsOf === null) return `Fiat rates version ${fiatVersion}.`;
  const days = ageInDays(fiatAsOf, quotedAt.getTime());
  const age = days === 0 ? 'of the same day' : days === 1 ? 'one day old' : `${days} days old`;
  return `Fiat rates of ${fiatAsOf}, ${age} when it was priced, version ${fiatVersion}.`;
}

/** Units for a dollar with six digits that count. */
function displayFiat({ fiatNumerator, fiatDenominator }: Quote): string {
  const scaled = ((fiatNumerator ?? 1n) * 1_000_000n) / (fiatDenominator ?? 1n);
  const fraction = (scaled % 1_000_000n)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${scaled / 1_000_000n}.${fraction}`;
}

/** Withdrawals as their creator sees them, in the same order. */
export async function withdrawalsJson(
  { db, clock }: Pick<House, 'db' | 'clock'>,
  rows: readonly WithdrawalNow[],
): Promise<WithdrawalJson[]> {
  const byWithdrawal = new Map<Uuid, WithdrawalEvent[]>();
  for (const event of await eventsOf(
    db,
    rows.map(({ id }) => id),
  )) {
    const known = byWithdrawal.get(event.withdrawalId);
    if (known === undefined) byWithdrawal.set(event.withdrawalId, [event]);
    else known.push(event);
  }
  return rows.map((row) =>
    withdrawalJson(row, byWithdrawal.get(row.id) ?? [], policyVersion(db, row.policyVersion), clock.now()),
  );
}

function withdrawalJson(
  row: WithdrawalNow,
  events: readonly WithdrawalEvent[],
  policy: Policy | undefined,
  nowMs: number,
): WithdrawalJson {
  const arrives = arrivesBy(row, policy, nowMs);
  const bounced =
    row.state === 'returned'
      ? events.findLast(({ step }) => step === 'return' || step === 'resolve_back')
      : undefined;
  return {
    id: publicId('wd', row.id),
    reference: row.reference,
    state: row.state,
    stateWord: stateWord(row.state),
    diamonds: amountJson('DIAMOND', row.diamondUnits),
    gross: amountJson('USD', row.feeCents + row.taxCents + row.netCents),
    fee: amountJson('USD', row.feeCents),
    tax: amountJson('USD', row.taxCents),
    net: amountJson('USD', row.netCents),
    get: moneyJson(row.payoutMinor, row.currency),
    method: row.method,
    methodName: METHOD_WORDS[row.method],
    accountId: publicId('payacct', row.accountId),
    holder: row.holder,
    masked: row.masked,
    country: row.country,
    requestedAt: row.requestedAt.toISOString(),
    since: row.since.toISOString(),
    arrivesBy: arrives,
    promisedBy: row.arrivesBy,
    hold:
      row.holdReason === null || row.holdUntil === null
        ? null
        : { reason: row.holdReason, until: row.holdUntil.toISOString() },
    bounce:
      bounced === undefined
        ? null
        : {
            words: bounceWords(bounced),
            field: bounced.code === null ? null : (returnReason(bounced.code)?.field ?? null),
            code: bounced.code,
          },
    cancelable: isCancelable(row),
    cancelNote: cancelNoteOf(row),
    callBack:
      row.state !== 'sent'
        ? null
        : row.calledBackAt !== null
          ? 'asked'
          : isUnclaimed(row)
            ? 'possible'
            : null,
    steps: timelineOf(row, events, { arrivesBy: arrives, nowMs }),
  };
}

/** On what canceling it depends, and what it does not end. */
function cancelNoteOf(row: WithdrawalNow): string | null {
  if (!isCancelable(row)) return null;
  if (row.wasAsked) return askedFirst(row);
  return row.state === 'held' && row.holdRule !== null && !HOLDS_OF_HOUSE.has(row.holdRule)
    ? 'Your Diamonds are available again at once. The hold goes on: it is about your account, and you can ask anew when it is over.'
    : null;
}

/** What was asked for before may have been carried out after all: its provider says so first, or nothing is given back. */
function askedFirst({ method, payoutMinor, currency }: WithdrawalNow): string {
  const who = payerWord(method);
  return `${who} was asked for it before and refused, so we ask ${who} first whether anything came of that. If nothing did, ${displayMoney(payoutMinor, currency)} is not sent, and your Diamonds are available again. If ${who} does not answer, nothing changes: try again in some minutes.`;
}
