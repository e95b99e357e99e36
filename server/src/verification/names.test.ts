import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLatinName, isOneAlphabet, matchNames, matchPapers, type NameMatch } from './names.ts';

const table: readonly (readonly [string, string, NameMatch])[] = [
  ['Mira Solane', 'Mira Solane', 'exact'],
  ['Mira Solane', 'SOLANE, mira', 'exact'],
  ['Mira Solané', 'Mira Solane', 'exact'],
  ['Łucja Groß', 'Lucja Gross', 'exact'],
  ['Anne-Marie O’Neill', 'Anne Marie ONeill', 'exact'],
  ['Мария Иванова', 'ИВАНОВА МАРИЯ', 'exact'],
  ['Mira Jane Solane', 'Mira Solane', 'close'],
  ['Mira J. Solane', 'Mira Jane Solane', 'close'],
  ['Mira Solane', 'M. Solane', 'close'],
  ['Mira Jane Solane', 'M. J. Solane', 'close'],
  ['Mira Solane', 'M. S.', 'different'],
  ['Mira Jane Solane', 'Mira J Solane', 'close'],
  ['Mira Solane', 'Mira Solanne', 'close'],
  ['Mira Solane', 'Mira Sloane', 'close'],
  ['Mira Solane', 'Mira Stone', 'different'],
  ['Mira Solane', 'Juno Solane', 'different'],
  ['Mira Solane', 'Mira', 'different'],
  ['Madonna', 'Madonna', 'exact'],
  ['Madonna', 'Madonna Ciccone', 'different'],
  ['Madonna', 'Madona', 'close'],
  ['Mira Solane', '💎', 'different'],
  ['', '', 'different'],
  ['Kim Lee', 'Kim Loo', 'different'],
  ['Jörg Weiß', 'Joerg Weiss', 'exact'],
  ['Jörg Weiß', 'Jorg Weiss', 'exact'],
  ['Åse Sørensen', 'Aase Soerensen', 'exact'],
  ['Åse Sørensen', 'Ase Sorensen', 'exact'],
  // Another vowel is another name.
  ['राम Kumar', 'रीमा Kumar', 'different'],
  ['राम कुमार', 'कुमार राम', 'exact'],
  ['محمد علي', 'مُحَمَّد علي', 'exact'],
  ['王小明', '王小明', 'exact'],
  ['王小明', '王大明', 'different'],
  // Cyrillic letters that look like Latin ones.
  ['Ann НОРЕ', 'Ann HOPE', 'different'],
];

for (const [a, b, match] of table) {
  test(`“${a}” and “${b}”: ${match}`, () => {
    assert.equal(matchNames(a, b), match);
    assert.equal(matchNames(b, a), match);
  });
}

test('papers in another alphabet fit in either of their spellings', () => {
  const papers = { legalName: 'Мария Иванова', latinName: 'Mariia Ivanova' };
  assert.equal(matchPapers(papers, 'MARIIA IVANOVA'), 'exact');
  assert.equal(matchPapers(papers, 'Иванова Мария'), 'exact');
  assert.equal(matchPapers(papers, 'Maria Ivanova'), 'close');
  assert.equal(matchPapers(papers, 'Ivan Ivanov'), 'different');
  assert.equal(matchPapers({ ...papers, latinName: null }, 'Mariia Ivanova'), 'different');
});

test('one alphabet, and which', () => {
  for (const name of [
    'Mira Solané',
    'Мария Иванова',
    '王小明',
    '山田エリ',
    'Oʼneill Ann',
    'राम कुमार',
    'محمد',
  ]) {
    assert.ok(isOneAlphabet(name), name);
  }
  for (const name of ['Ann НОРЕ', 'Mіra Solane', 'Νick Stone', 'Mira 王'])
    assert.ok(!isOneAlphabet(name), name);
  for (const name of ['Mira Solané', 'Łucja O’Neill-Groß']) assert.ok(isLatinName(name), name);
  for (const name of ['Мария', '王小明', 'Mіra', '—', '12']) assert.ok(!isLatinName(name), name);
});

test('the order of the words and their case never count, and both ways give the same', () => {
  const word = fc.stringMatching(/^[A-Za-zÀ-ÿ]{2,9}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 4 }),
      fc.array(word, { minLength: 1, maxLength: 4 }),
      (a, b) => {
        assert.equal(matchNames(a.join(' '), [...a].reverse().join('  ').toUpperCase()), 'exact');
        assert.equal(
          matchNames(a.join(' '), b.join(' ')) === 'exact',
          matchNames(b.join(' '), a.join(' ')) === 'exact',
        );
      },
    ),
  );
});
