import type { PayoutSenders } from '../../config.ts';
import { toLatin } from '../latin.ts';
import type { FileParts, Payment, PayoutFile } from './payout-file.ts';

const AMOUNT_MAX = 9_999_999_999n;
const SUM_MAX = 999_999_999_999n;
const HASH_MOD = 10_000_000_000n;
/** Credits alone. */
const SERVICE_CLASS = '220';
const BATCH = '0000001';

/**
 * Credits to consumers' accounts (PPD) as a NACHA file: records of 94 characters, blocks of ten, one batch.
 * Amounts are cents; the entry hash is the sum of the receiving banks' first eight digits, modulo 10^10.
 */
export function nachaFile(sender: NonNullable<PayoutSenders['ach']>, parts: FileParts): PayoutFile {
  const { payments, number, madeAt, payOn } = parts;
  const odfi = sender.routing.slice(0, 8);
  const sumMinor = payments.reduce((sum, { minor }) => sum + minor, 0n);
  if (sumMinor > SUM_MAX) throw new RangeError(`a file of ${sumMinor} cents does not fit its own sums`);
  const entries = payments.map((payment, index) => entry(payment, odfi, index + 1));
  const hash =
    payments.reduce((sum, { details }) => sum + BigInt(routingOf(details).slice(0, 8)), 0n) % HASH_MOD;
  const [day, time] = [stamp(madeAt).slice(0, 6), stamp(madeAt).slice(6)];
  const totals = [digits(hash, 10), digits(0n, 12), digits(sumMinor, 12)].join('');
  const records = [
    [
      '101',
      ` ${sender.routing}`,
      text(sender.companyId, 10),
      day,
      time,
      (number % 36).toString(36).toUpperCase(),
      '094101',
      text(sender.bankName, 23),
      text(sender.name, 23),
      digits(BigInt(number), 8),
    ],
    [
      `5${SERVICE_CLASS}`,
      text(sender.name, 16),
      text('', 20),
      text(sender.companyId, 10),
      'PPD',
      text('PAYOUT', 10),
      day,
      payOn.slice(2).replaceAll('-', ''),
      '   1',
      odfi,
      BATCH,
    ],
    ...entries,
    [
      `8${SERVICE_CLASS}`,
      digits(BigInt(entries.length), 6),
      totals,
      text(sender.companyId, 10),
      text('', 25),
      odfi,
      BATCH,
    ],
    [
      '9000001',
      digits(BigInt(Math.ceil((entries.length + 4) / 10)), 6),
      digits(BigInt(entries.length), 8),
      totals,
      text('', 39),
    ],
  ].map((fields) => fields.join(''));
  while (records.length % 10 !== 0) records.push('9'.repeat(94));
  const wrong = records.find((record) => record.length !== 94);
  if (wrong !== undefined) throw new RangeError(`a record of ${wrong.length} characters`);
  return {
    name: `carat-ach-${String(number).padStart(6, '0')}-${payOn}.ach`,
    content: Buffer.from(`${records.join('\n')}\n`, 'ascii'),
    currency: 'USD',
    sumMinor,
  };
}

function entry({ reference, minor, holder, details }: Payment, odfi: string, place: number): string[] {
  if (details.method !== 'ach') throw new TypeError(`${reference} is not an ACH payment`);
  if (minor <= 0n || minor > AMOUNT_MAX) throw new RangeError(`${reference} is of ${minor} cents`);
  return [
    `6${details.accountType === 'checking' ? '22' : '32'}`,
    details.routing,
    text(details.account, 17),
    digits(minor, 10),
    text(reference, 15),
    text(holder, 22),
    '  0',
    odfi,
    digits(BigInt(place), 7),
  ];
}

function routingOf(details: Payment['details']): string {
  if (details.method !== 'ach') throw new TypeError('not an ACH payment');
  return details.routing;
}

/** Left-justified, upper case, in characters that ACH operators take. */
function text(raw: string, width: number): string {
  return (toLatin(raw) ?? '').toUpperCase().slice(0, width).padEnd(width);
}

/** Right-justified, filled with zeros. @throws RangeError rather than cut what does not fit. */
function digits(value: bigint, width: number): string {
  const written = value.toString();
  if (value < 0n || written.length > width) throw new RangeError(`${value} does not fit ${width} digits`);
  return written.padStart(width, '0');
}

/** `YYMMDDHHMM`, UTC. */
function stamp(at: Date): string {
  return at.toISOString().slice(2, 16).replace(/[-T:]/g, '');
}
