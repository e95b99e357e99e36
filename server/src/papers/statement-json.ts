import type { Static } from 'typebox';
import { type Asset, amountJson, displayMicros } from '../core/money.ts';
import type { Person } from '../identity/index.ts';
import type { PaidOut } from '../wallet/index.ts';
import { free, type MoneySplit, type Standing } from './rules.ts';
import type { lineSchema, statementSchema, totalsSchema } from './schema.ts';
import { lineId, type StatementHead, type StatementLine, type StatementTotals } from './statement.ts';

export type StatementJson = Static<typeof statementSchema>;
export type StatementLineJson = Static<typeof lineSchema>;
export type TotalsJson = Static<typeof totalsSchema>;

export function headJson(head: StatementHead, person: Pick<Person, 'handle' | 'displayName'>): StatementJson {
  return {
    of: head.of,
    month: head.month.name,
    timeZone: 'UTC',
    from: head.month.from.toISOString(),
    to: head.month.to.toISOString(),
    soFar: head.soFar,
    asOf: head.asOf.toISOString(),
    person: { handle: person.handle, displayName: person.displayName },
    accounts: head.accounts.map(({ account, asset, opening, closing, lines, sections }) => ({
      account,
      opening: standingJson(asset, opening),
      sections: sections.map((section) => ({
        title: section.title,
        lines: section.lines,
        change: amountJson(asset, section.change),
      })),
      closing: standingJson(asset, closing),
      lines,
      addsUp: true,
    })),
    lineCount: head.lines,
    notes: [...NOTES[head.of]],
  };
}

export function lineJson(line: StatementLine): StatementLineJson {
  const { split, bought, paidOut, versions } = line;
  return {
    number: line.number,
    at: line.at.toISOString(),
    transferId: lineId(line),
    account: line.account,
    section: line.section,
    kind: line.kind,
    title: line.title,
    detail: line.detail,
    reference: line.reference,
    change: amountJson(line.asset, line.change),
    balanceAfter: amountJson(line.asset, line.freeAfter),
    split: split === null ? null : splitJson(split),
    bought: bought === null ? null : boughtJson(bought),
    paidOut:
      paidOut === null
        ? null
        : {
            method: paidOut.method,
            ...payoutJson(paidOut),
            currency: paidOut.currency,
            payoutMinor: paidOut.payoutMinor.toString(),
          },
    policyVersion: versions?.policy ?? null,
    rateVersion: versions?.rate ?? null,
    fiatVersion: versions?.fiat ?? null,
    corrects: [...line.corrects],
  };
}

export function totalsJson({ lines, split, bought, paidOut }: StatementTotals): TotalsJson {
  return { lines, split: splitJson(split), bought: boughtJson(bought), paidOut: payoutJson(paidOut) };
}

/** What must be known to read the numbers, in every form of the paper. */
const NOTES = {
  fan: [
    'Months begin and end at midnight UTC.',
    'Balances are what you can spend; what is held for a question is taken out when you ask and comes back if it is not answered.',
    'What you paid for the Coins of a gift: the oldest Coins are spent first. Parts of a cent are kept to a millionth of a dollar, rounded down at the end of each gift, so that all gifts of one purchase sum to what it cost.',
    'Money is what you paid or got back with a line. What a gift cost you is what you had paid before for the Coins of it: it is not paid again.',
    'Of what you paid, the payment provider keeps its fee, the creator gets the Diamonds at the rate of that day, and the rest is the platform’s.',
  ],
  creator: [
    'Months begin and end at midnight UTC.',
    'Balances are what is free; Diamonds of a withdrawal are held from when you ask until they are sent or come back.',
    'Fan paid: what the fan had paid for these Coins, the oldest Coins first. Parts of a cent are kept to a millionth of a dollar, rounded down at the end of each gift, so that all gifts of one purchase sum to what it cost. Coins that nobody paid for cost nothing.',
    'Money is what was paid out to you, or came back from your bank.',
    'You: the Diamonds at the rate of that day, rounded down. What a withdrawal brings is decided by the rate of its quote. Platform: what is left; it is negative where the platform gave more than was paid.',
  ],
} as const;

function standingJson(asset: Asset, standing: Standing) {
  return { free: amountJson(asset, free(standing)), held: amountJson(asset, standing.held) };
}

export function splitJson(split: MoneySplit) {
  return {
    fanPaid: microsJson(split.paidMicros),
    providerFee: microsJson(split.feeMicros),
    platform: microsJson(split.platformMicros),
    creator: microsJson(split.creatorMicros),
  };
}

function microsJson(micros: bigint) {
  return { micros: micros.toString(), display: displayMicros(micros) };
}

function boughtJson({ priceCents, feeCents }: StatementTotals['bought']) {
  return { price: amountJson('USD', priceCents), providerFee: amountJson('USD', feeCents) };
}

function payoutJson({
  grossCents,
  feeCents,
  taxCents,
  netCents,
}: Omit<PaidOut, 'method' | 'currency' | 'payoutMinor'>) {
  return {
    gross: amountJson('USD', grossCents),
    fee: amountJson('USD', feeCents),
    tax: amountJson('USD', taxCents),
    net: amountJson('USD', netCents),
  };
}
