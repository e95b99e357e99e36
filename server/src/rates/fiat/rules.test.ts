import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageInDays, displayRate, movesOver, NotATable, readTable } from './rules.ts';

const ECB = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time='2025-02-28'>
    <Cube currency='USD' rate='1.0411'/><Cube currency='JPY' rate='156.96'/>
    <Cube currency="KWD" rate="0.32100"/>
  </Cube></Cube>
</gesmes:Envelope>`;

test('the table of the European Central Bank is turned from euros to dollars without losing a digit', () => {
  const { asOf, perUsd } = readTable(ECB);
  assert.equal(asOf, '2025-02-28');
  assert.deepEqual(perUsd.get('EUR'), { numerator: 10_000n, denominator: 10_411n });
  // 156.96 / 1.0411
  assert.deepEqual(perUsd.get('JPY'), { numerator: 1_569_600n, denominator: 10_411n });
  assert.equal(perUsd.has('USD'), false);
});

test('JSON gives the same table, in whatever base', () => {
  const rates = { USD: '1.0411', JPY: '156.96', KWD: '0.321' };
  const json = JSON.stringify({ base: 'EUR', asOf: '2025-02-28', rates });
  assert.deepEqual(readTable(json).perUsd, readTable(ECB).perUsd);
  const inDollars = readTable('{"base":"USD","asOf":"2025-02-28","rates":{"EUR":"0.96"},"source":"A bank"}');
  assert.deepEqual(inDollars.perUsd.get('EUR'), { numerator: 24n, denominator: 25n });
  assert.equal(inDollars.source, 'A bank');
});

test('nonsense is no table', () => {
  const table = (about: object) =>
    JSON.stringify({ base: 'USD', asOf: '2025-02-28', rates: { EUR: '0.96' }, ...about });
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [
      `${at}`.padStart(3, 'A').replace(/\d/g, (d) => 'ABCDEFGHIJ'[Number(d)] ?? ''),
      '1',
    ]),
  );
  for (const text of [
    '',
    'hello',
    '{',
    '{}',
    '<Cube></Cube>',
    `${ECB}${ECB}`,
    ECB.replace("currency='USD'", "currency='XXX'"),
    ECB.replace('1.0411', '0'),
    ECB.replace('1.0411', '-1'),
    ECB.replace('1.0411', '1e3'),
    ECB.replace('1.0411', 'NaN'),
    ECB.replace("currency='JPY'", "currency='USD'"),
    ECB.replace('2025-02-28', '2025-02-30'),
    table({ rates: { EUR: 0.96 } }),
    table({ rates: { EUR: '٠.٩٦' } }),
    table({ rates: { eur: '0.96' } }),
    table({ rates: { EUR: '0.9612345678901' } }),
    table({ rates: {} }),
    table({ rates: null }),
    table({ rates: [1] }),
    table({ rates: many }),
    table({ base: 'EUR' }),
    table({ asOf: 'yesterday' }),
    table({ asOf: 20_250_228 }),
  ]) {
    assert.throws(() => readTable(text), NotATable, text.slice(0, 200));
  }
});

test('a move is seen whichever way it goes, and one that is just as far as allowed passes', () => {
  const at = (numerator: bigint) => new Map([['EUR', { numerator, denominator: 1_000n }]]);
  assert.deepEqual(movesOver(at(1_000n), at(1_100n), 1_000), []);
  assert.equal(movesOver(at(1_000n), at(1_101n), 1_000)[0]?.basisPoints, 1_010n);
  assert.equal(movesOver(at(1_000n), at(899n), 1_000)[0]?.basisPoints, 1_010n);
  assert.deepEqual(movesOver(new Map(), at(5n), 1_000), [], 'a new currency has not moved');
});

test('age counts from the beginning of the day', () => {
  const at = (text: string) => Date.parse(text);
  assert.equal(ageInDays('2025-02-28', at('2025-02-28T23:59:59Z')), 0);
  assert.equal(ageInDays('2025-02-28', at('2025-03-01T00:00:00Z')), 1);
  assert.equal(ageInDays('2025-02-28', at('2025-02-27T23:00:00Z')), 0);
});

test('a rate is shown with seven digits that count', () => {
  const shown = (numerator: bigint, denominator: bigint) => displayRate({ numerator, denominator });
  assert.equal(shown(24n, 25n), '0.96');
  assert.equal(shown(1_569_600n, 10_411n), '150.7636');
  assert.equal(shown(17_228_170n, 1_041n), '16549.63');
  assert.equal(shown(1n, 3n), '0.3333333');
});
