import { type Asset, displayAmount, displayMicros, displayUsd } from '../core/money.ts';
import type { Person } from '../identity/index.ts';
import type { PaperFront, PaperRow, PaperTotals } from './pdf-paper.ts';
import { free, type PaperKind } from './rules.ts';
import type { StatementHead, StatementLine, StatementTotals } from './statement.ts';
import type { StatementJson } from './statement-json.ts';

const TITLES: Readonly<
  Record<PaperKind, { title: string; subtitle: string; paid: string; creator: string }>
> = {
  fan: {
    title: 'Statement',
    subtitle: 'What you bought and what you gave',
    paid: 'It cost you',
    creator: 'Creator',
  },
  creator: {
    title: 'Earnings statement',
    subtitle: 'What fans gave you, what became available, and what was paid out',
    paid: 'Fan paid',
    creator: 'You',
  },
};

export const ACCOUNT_NAMES: Readonly<Record<string, string>> = {
  coins: 'Coins',
  diamonds_purchased: 'Bought Diamonds',
  diamonds_pending: 'Pending Diamonds',
  diamonds_available: 'Available Diamonds',
};

/** The first page of a statement. */
export function frontOf(
  head: StatementHead,
  json: StatementJson,
  person: Pick<Person, 'handle' | 'displayName'>,
): PaperFront {
  const { title, subtitle, paid, creator } = TITLES[head.of];
  return {
    title,
    subtitle,
    person: `${person.displayName} (@${person.handle})`,
    period: `${MONTH_NAMES.format(head.month.from)}, UTC`,
    warning: head.soFar ? `So far: the month is not over. As of ${minute(head.asOf)} UTC.` : null,
    accounts: head.accounts.map(({ account, asset, opening, closing, sections }) => ({
      name: ACCOUNT_NAMES[account] ?? account,
      rows: [
        { label: 'Opening balance', value: displayAmount({ asset, units: free(opening) }), isSum: false },
        ...sections.map(({ title: label, lines, change }) => ({
          label: `${label} (${lines} ${lines === 1 ? 'line' : 'lines'})`,
          value: signed(asset, change),
          isSum: false,
        })),
        { label: 'Closing balance', value: displayAmount({ asset, units: free(closing) }), isSum: true },
        ...(closing.held === 0n
          ? []
          : [
              {
                label: 'Held besides, for what is not decided yet',
                value: displayAmount({ asset, units: closing.held }),
                isSum: false,
              },
            ]),
      ],
    })),
    notes: [
      ...json.notes,
      'P and R are the versions of the policy and of the rate: /rates and /v1/policy say how each number was made. ▯ stands for a character that this font lacks; the CSV and JSON files have it.',
    ],
    columns: [
      '#',
      'Time (UTC)',
      'What',
      'Change',
      'Balance',
      'Money',
      paid,
      'Prov. fee',
      'Platform',
      creator,
      'Versions',
    ],
    lineCount: head.lines,
  };
}

export function rowOf(line: StatementLine): PaperRow {
  const { split, versions } = line;
  const micros = (value: bigint | undefined) => (value === undefined ? '' : displayMicros(value));
  return [
    line.number.toString(),
    line.at.toISOString().slice(0, 19).replace('T', ' '),
    whatOf(line),
    signed(line.asset, line.change),
    displayAmount({ asset: line.asset, units: line.freeAfter }),
    moneyOf(line),
    micros(split?.paidMicros),
    micros(split?.feeMicros),
    micros(split?.platformMicros),
    micros(split?.creatorMicros),
    versions === null ? '' : `P${versions.policy}${versions.rate === null ? '' : ` R${versions.rate}`}`,
  ];
}

/** With what the money of the line was made of, which has no column. */
function whatOf({ title, account, detail, bought, paidOut }: StatementLine): string {
  const more = [
    title,
    ...(account === 'diamonds_pending' || account === 'coins' ? [] : [ACCOUNT_NAMES[account]]),
    ...(bought === null || bought.feeCents === 0n ? [] : [`provider fee ${displayUsd(bought.feeCents)}`]),
    ...(paidOut === null ? [] : [detail]),
  ];
  return more.join(' · ');
}

/** Money that moved with the line, in a word that says which way; nothing where only Coins or Diamonds did. */
function moneyOf({ kind, bought, paidOut }: StatementLine): string {
  if (bought !== null) {
    const { priceCents } = bought;
    if (priceCents < 0n) return `Back ${displayUsd(-priceCents)}`;
    const isNotBack = kind === 'refund' || kind === 'money_back';
    return `${isNotBack ? 'Not back' : 'Paid'} ${displayUsd(priceCents)}`;
  }
  if (paidOut === null) return '';
  const { netCents } = paidOut;
  return netCents < 0n ? `Returned ${displayUsd(-netCents)}` : `Out ${displayUsd(netCents)}`;
}

export function paperTotals(head: StatementHead, totals: StatementTotals): PaperTotals {
  const { split, bought, paidOut } = totals;
  const gifts = [
    {
      label: head.of === 'fan' ? 'You paid for the Coins you gave' : 'Fans paid for what you got',
      value: displayMicros(split.paidMicros),
    },
    { label: 'of it kept by payment providers', value: displayMicros(split.feeMicros) },
    { label: 'of it the platform’s share', value: displayMicros(split.platformMicros) },
    {
      label: head.of === 'fan' ? 'of it the creators’ share' : 'of it your share',
      value: displayMicros(split.creatorMicros),
    },
  ];
  const cash =
    head.of === 'fan'
      ? [
          { label: 'You paid for Coins and Diamonds, less refunds', value: displayUsd(bought.priceCents) },
          {
            label: 'Kept by payment providers, also of what was refunded',
            value: displayUsd(bought.feeCents),
          },
        ]
      : [
          { label: 'Withdrawn, before fees', value: displayUsd(paidOut.grossCents) },
          { label: 'Fees of withdrawals', value: displayUsd(paidOut.feeCents) },
          { label: 'Tax withheld', value: displayUsd(paidOut.taxCents) },
          { label: 'Paid out', value: displayUsd(paidOut.netCents) },
        ];
  return {
    rows: [...gifts, ...cash, { label: 'Lines', value: totals.lines.toString() }],
    closing:
      'The opening balance and all lines of each account sum to its closing balance, to the unit. The same is in the CSV and JSON files of this statement.',
  };
}

function signed(asset: Asset, units: bigint): string {
  return `${units > 0n ? '+' : ''}${displayAmount({ asset, units })}`;
}

function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}

const MONTH_NAMES = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
