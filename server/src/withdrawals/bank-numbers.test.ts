import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lastFour, readBic, readIban, readRouting, readUsAccount } from './bank-numbers.ts';
import { isLatin, losesLetters, toLatin } from './latin.ts';

test('IBANs that banks print as examples', () => {
  for (const iban of [
    'DE89 3704 0044 0532 0130 00',
    'GB29 NWBK 6016 1331 9268 19',
    'FR14 2004 1010 0505 0001 3M02 606',
    'NL91ABNA0417164300',
    'no93-8601-1117-947',
    'MT84MALT011000012345MTLCAST001S',
  ]) {
    const read = readIban(iban);
    assert.ok('iban' in read, `${iban}: ${JSON.stringify(read)}`);
    assert.equal(read.iban, iban.replace(/[\s-]/g, '').toUpperCase());
  }
});

test('one wrong digit, or two changed for each other, is always seen', () => {
  const iban = 'DE89370400440532013000';
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 21 }), fc.integer({ min: 1, max: 9 }), (place, by) => {
      const digit = (Number(iban[place]) + by) % 10;
      assert.ok('rule' in readIban(iban.slice(0, place) + digit + iban.slice(place + 1)));
    }),
  );
  for (let place = 4; place < 21; place += 1) {
    const [a = '', b = ''] = [iban[place], iban[place + 1]];
    if (a !== b) assert.ok('rule' in readIban(iban.slice(0, place) + b + a + iban.slice(place + 2)));
  }
});

test('what is wrong is said', () => {
  assert.match(JSON.stringify(readIban('DE8937040044053201300')), /has 21 characters; one of DE has 22/);
  assert.match(JSON.stringify(readIban('US64SVBKUS6S3300958879')), /does not reach/);
  assert.match(JSON.stringify(readIban('4200')), /two letters/);
  assert.equal(readBic('deutdeff'), 'DEUTDEFF');
  assert.equal(readBic('DEUTDEFF500'), 'DEUTDEFF500');
  assert.equal(readBic('DEUTDEF'), null);
});

test('routing numbers: the check digit finds every single wrong digit', () => {
  for (const good of ['021000021', '011401533', '091000019', '122105155']) {
    assert.deepEqual(readRouting(good), { routing: good });
    for (let place = 0; place < 9; place += 1) {
      for (let by = 1; by < 10; by += 1) {
        const bad = good.slice(0, place) + ((Number(good[place]) + by) % 10) + good.slice(place + 1);
        assert.ok('rule' in readRouting(bad), bad);
      }
    }
  }
  assert.ok('rule' in readRouting('000000000'));
  assert.ok('rule' in readRouting('12345678'));
  assert.equal(readUsAccount('1234 5678-90'), '1234567890');
  assert.equal(readUsAccount('12'), null);
  assert.equal(readUsAccount('-500'), null);
  assert.equal(readUsAccount('123456789012345678'), null);
});

for (const [raw, written] of [
  ['Mira Solane', 'Mira Solane'],
  ['💎 Łódź', '. Lodz'],
  ['Jürgen Groß-Øvregård', 'Jurgen Gross-Ovregard'],
  ['Ἀθηνᾶ Ξένου', 'Athina Xenoy'],
  ['Щербаков Юлия', 'Shterbakov Yuliya'],
  ['Ђорђе Његош Џајић Љубић Јован', 'Dorde Njegosh Dzajic Ljubic Jovan'],
  ['Đorđe Ljubić', 'Dorde Ljubic'],
  ['Їжак Єва Ґалаґан Ілля', 'Izhak Ieva Galagan Illya'],
  ['O’Neill & Søn', "O'Neill + Son"],
  ['//CODE', 'CODE'],
  ['Dvo\u0159\u00e1k', 'Dvorak'],
  ['Zoe\u0308', 'Zoe'],
  ['\u202Eevil', 'evil'],
  ['  two   spaces\t', 'two spaces'],
  ['日本', null],
  ['', null],
] as const) {
  test(`${JSON.stringify(raw)} is written ${JSON.stringify(written)}`, () =>
    assert.equal(toLatin(raw), written));
}

test('a letter that no bank can write is lost, and a picture is not a letter', () => {
  assert.deepEqual(['Wang 小明', 'Ծովինար Ana', '💎 Łódź', 'Ђорђевић'].map(losesLetters), [
    true,
    true,
    false,
    false,
  ]);
});

test('whatever is written, banks take it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (raw) => {
      const written = toLatin(raw);
      if (written === null) return;
      assert.ok(isLatin(written), JSON.stringify(written));
      assert.equal(toLatin(written), written, 'writing it again changes nothing');
    }),
  );
});

test('of a number four characters are shown', () =>
  assert.equal(lastFour('DE89370400440532013000'), '··3000'));
