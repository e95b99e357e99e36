import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { isLatin } from '../latin.ts';
import type { AccountDetails } from '../withdrawal.ts';
import { nachaFile } from './nacha.ts';
import { type FileParts, type Payment, payDay } from './payout-file.ts';
import { returnReason } from './return-codes.ts';
import { sepaFile } from './sepa.ts';

const SEPA = { name: 'Carat Töwn & Søn', iban: 'DE89370400440532013000', bic: null, address: null };
const ADDRESS = { street: 'Straße des 17. Juni & 1', postcode: '10115', town: 'Köln', country: 'DE' };
const ACH = { name: 'CARAT TOWN', companyId: '1999999999', routing: '021000021', bankName: 'EXAMPLE BANK' };
const about = { number: 7, madeAt: new Date('2026-11-24T09:12:00Z'), payOn: '2026-11-25' };

const payment = (minor: bigint, details: AccountDetails, holder = 'Mira Solane'): Payment => ({
  reference: 'CAR-7Q2M4B8XKD',
  minor,
  holder,
  details,
});
const sepa: AccountDetails = { method: 'sepa', iban: 'NL91ABNA0417164300', bic: null };
const ach: AccountDetails = {
  method: 'ach',
  routing: '011401533',
  account: '1234567890',
  accountType: 'checking',
};

test('a SEPA file says once in all how many and how much, and the same parts give the same bytes', () => {
  const parts: FileParts = {
    ...about,
    payments: [
      payment(18_289n, sepa, '💎 Łódź <b>'),
      payment(5n, { ...sepa, bic: 'ABNANL2A' }),
      payment(100_000n, sepa),
    ],
  };
  const file = sepaFile(SEPA, parts);
  const xml = file.content.toString('utf8');
  assert.equal(file.name, 'carat-sepa-000007-2026-11-25.xml');
  assert.equal(file.sumMinor, 118_294n);
  assert.deepEqual(all(xml, 'CtrlSum'), ['1182.94', '1182.94']);
  assert.deepEqual(all(xml, 'NbOfTxs'), ['3', '3']);
  assert.deepEqual(all(xml, 'InstdAmt'), ['182.89', '0.05', '1000.00']);
  assert.deepEqual(all(xml, 'Nm').slice(2), ['. Lodz .b.', 'Mira Solane', 'Mira Solane']);
  assert.deepEqual(all(xml, 'BICFI'), ['ABNANL2A']);
  assert.ok(sepaFile(SEPA, parts).content.equals(file.content));
});

test('a SEPA file is valid against the schema of ISO 20022, with and without BICs', async () => {
  const schema = readFileSync(
    resolve(import.meta.dirname, '../../../test/iso20022/pain.001.001.09.xsd'),
    'utf8',
  );
  const checked = async (xml: string) => {
    const { valid, errors } = await validateXML({
      xml: [{ fileName: 'payments.xml', contents: xml }],
      schema: [{ fileName: 'pain.xsd', contents: schema }],
    });
    return valid ? 'valid' : errors.map(({ message }) => message);
  };
  const payments = [
    payment(18_289n, sepa, '💎 Łódź <b>'),
    payment(99_999_999_999n, { ...sepa, bic: 'ABNANL2A' }, 'x'.repeat(200)),
  ];
  for (const sender of [SEPA, { ...SEPA, bic: 'COBADEFFXXX', address: ADDRESS }]) {
    const xml = sepaFile(sender, { ...about, payments }).content.toString('utf8');
    assert.equal(await checked(xml), 'valid');
    assert.equal(
      xml.includes(
        '<PstlAdr><StrtNm>Strasse des 17. Juni + 1</StrtNm><PstCd>10115</PstCd><TwnNm>Koln</TwnNm><Ctry>DE</Ctry></PstlAdr>',
      ),
      sender.address !== null,
    );
    // The schema says no where it should.
    assert.notEqual(await checked(xml.replace('<ChrgBr>SLEV</ChrgBr>', '<ChrgBr>FREE</ChrgBr>')), 'valid');
    assert.notEqual(await checked(xml.replace('<PmtMtd>TRF</PmtMtd>', '')), 'valid');
  }
});

test('whatever people are called, a SEPA file stays well-formed, in the banks’ letters, and adds up', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 10n }), fc.string({ unit: 'grapheme', maxLength: 90 })),
        {
          minLength: 1,
          maxLength: 20,
        },
      ),
      (given) => {
        const payments = given.map(([minor, name]) => payment(minor, sepa, `A${name}`));
        const xml = sepaFile(SEPA, { ...about, payments }).content.toString('utf8');
        for (const name of all(xml, 'Nm'))
          assert.ok(isLatin(name) && name.length <= 70 && name.length > 0, name);
        const cents = all(xml, 'InstdAmt').map((amount) => BigInt(amount.replace('.', '')));
        const sum = cents.reduce((total, minor) => total + minor, 0n);
        assert.deepEqual(
          all(xml, 'CtrlSum').map((text) => BigInt(text.replace('.', ''))),
          [sum, sum],
        );
        assertBalancedTags(xml);
      },
    ),
    { numRuns: 60 },
  );
});

test('a NACHA file is read back by another hand: every field, hash and sum', () => {
  const details: AccountDetails[] = [
    ach,
    { ...ach, routing: '122105155', account: '00099', accountType: 'savings' },
    { ...ach, routing: '091000019' },
  ];
  for (const count of [1, 5, 6, 7, 16]) {
    const payments: Payment[] = Array.from({ length: count }, (_, index) =>
      payment(
        BigInt(index + 1) * 1_001n,
        details[index % 3] ?? ach,
        index === 0 ? 'Łukasz Ünal-Østergård Longname' : 'Ana B',
      ),
    );
    const file = nachaFile(ACH, { ...about, payments });
    const read = readNacha(file.content.toString('ascii'));
    assert.deepEqual(
      read.entries.map(({ cents, routing, account, code, id }) => ({ cents, routing, account, code, id })),
      payments.map(({ minor, details: of }) => ({
        cents: minor,
        routing: of.method === 'ach' ? of.routing : '',
        account: of.method === 'ach' ? of.account : '',
        code: of.method === 'ach' && of.accountType === 'savings' ? '32' : '22',
        id: 'CAR-7Q2M4B8XKD',
      })),
    );
    assert.equal(read.entries[0]?.name, 'LUKASZ UNAL-OSTERGARD');
    assert.equal(file.sumMinor, read.creditCents);
    assert.equal(read.effective, '261125');
  }
});

test('what does not fit is refused, never cut', () => {
  assert.throws(() => nachaFile(ACH, { ...about, payments: [payment(0n, ach)] }), RangeError);
  assert.throws(() => nachaFile(ACH, { ...about, payments: [payment(-5n, ach)] }), RangeError);
  assert.throws(() => nachaFile(ACH, { ...about, payments: [payment(10n ** 10n, ach)] }), RangeError);
  assert.throws(() => nachaFile(ACH, { ...about, payments: [payment(1n, sepa)] }), TypeError);
  assert.throws(() => sepaFile(SEPA, { ...about, payments: [payment(0n, sepa)] }), RangeError);
  assert.throws(() => sepaFile(SEPA, { ...about, payments: [payment(1n, sepa, '日本')] }), TypeError);
});

test('a file of Friday is paid on Monday, one before Easter on the Tuesday after', () => {
  assert.equal(payDay('sepa', '2026-11-27'), '2026-11-30');
  assert.equal(payDay('sepa', '2026-04-02'), '2026-04-07');
  assert.equal(payDay('ach', '2026-04-02'), '2026-04-03');
  assert.equal(payDay('ach', '2026-11-25'), '2026-11-27');
});

test('codes of banks become words and a field; what nobody knows stays unknown', () => {
  assert.deepEqual(returnReason('be01'), { words: 'the name does not match the account', field: 'holder' });
  assert.equal(returnReason('R03')?.field, 'holder');
  assert.equal(returnReason('ZZ99'), null);
  assert.equal(returnReason('toString'), null);
});

function all(xml: string, tag: string): string[] {
  return [...xml.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([^<]*)</${tag}>`, 'g'))].map(
    (match) => match[1] ?? '',
  );
}

function assertBalancedTags(xml: string): void {
  const open: string[] = [];
  for (const [, slash, tag = ''] of xml.matchAll(/<(\/?)([A-Za-z]+)[^>]*>/g)) {
    if (slash === '') open.push(tag);
    else assert.equal(open.pop(), tag);
  }
  assert.deepEqual(open, []);
}

/** NACHA's record layout read by column, written from the rulebook's tables and from nothing in the writer. */
function readNacha(file: string) {
  const lines = file.split('\n');
  assert.equal(lines.pop(), '');
  assert.equal(lines.length % 10, 0);
  for (const line of lines) assert.match(line, /^[\x20-\x7e]{94}$/);
  const at = (line: string, from: number, to: number) => line.slice(from - 1, to);
  const [header = '', batch = ''] = lines;
  assert.equal(at(header, 1, 3), '101');
  assert.equal(at(header, 35, 39), '09410');
  assert.equal(at(batch, 51, 53), 'PPD');
  const entries = lines
    .filter((line) => line.startsWith('6'))
    .map((line) => ({
      code: at(line, 2, 3),
      routing: at(line, 4, 12),
      account: at(line, 13, 29).trimEnd(),
      cents: BigInt(at(line, 30, 39)),
      id: at(line, 40, 54).trimEnd(),
      name: at(line, 55, 76).trimEnd(),
      trace: at(line, 80, 94),
    }));
  const control = lines.find((line) => line.startsWith('8')) ?? '';
  const end = lines.find((line) => line.startsWith('9000001')) ?? '';
  const sum = entries.reduce((total, { cents }) => total + cents, 0n);
  const hash = entries.reduce((total, { routing }) => total + BigInt(routing.slice(0, 8)), 0n) % 10n ** 10n;
  assert.equal(Number(at(control, 5, 10)), entries.length);
  assert.equal(BigInt(at(control, 11, 20)), hash);
  assert.equal(BigInt(at(control, 21, 32)), 0n);
  assert.equal(BigInt(at(control, 33, 44)), sum);
  assert.equal(at(control, 80, 87), at(batch, 80, 87));
  assert.equal(Number(at(end, 8, 13)), lines.length / 10);
  assert.equal(Number(at(end, 14, 21)), entries.length);
  assert.equal(BigInt(at(end, 22, 31)), hash);
  assert.equal(BigInt(at(end, 44, 55)), sum);
  const traces = entries.map(({ trace }) => trace);
  assert.deepEqual(traces, [...new Set(traces)].sort());
  return { entries, creditCents: sum, effective: at(batch, 70, 75) };
}
