import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAddress } from '../../test/test-address.ts';
import { readBitcoinAddress } from './bitcoin-address.ts';

// From BIP 173, BIP 350 and the bitcoin wiki.
const MAIN = [
  'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  'bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3',
  'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
  '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2',
  '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy',
];
const TEST = [
  'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx',
  'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7',
  'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn',
  '2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc',
];

test('addresses of the network are kept as it writes them, those of the other are refused by name', () => {
  for (const address of MAIN) {
    assert.deepEqual(readBitcoinAddress(` bitcoin:${address} `, 'live'), { address });
    assert.match(ruleOf(address, 'sandbox'), /real network/);
  }
  for (const address of TEST) {
    assert.deepEqual(readBitcoinAddress(address, 'test'), { address });
    assert.match(ruleOf(address, 'live'), /test network/);
  }
  const [upper = ''] = MAIN.map((address) => address.toUpperCase());
  assert.deepEqual(readBitcoinAddress(upper, 'live'), { address: MAIN[0] });
});

test('one wrong letter, a wrong checksum for the version, another coin, Lightning: each is said', () => {
  const broken = [
    // A letter changed, two swapped, one missing.
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8ft34',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t',
    '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3',
    // Upper and lower case mixed.
    'bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    // Version 1 with the checksum of version 0, and the other way round.
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd',
    'bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq54well',
    '',
    'CAR-7Q2M4B8XKD',
  ];
  for (const text of broken) assert.match(ruleOf(text), /not one of bitcoin/, text);
  assert.match(
    ruleOf('bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y'),
    /length/,
  );
  assert.match(ruleOf('BC1SW50QGDZ25J'), /nobody pays to yet/);
  assert.match(ruleOf('0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe'), /Ethereum/);
  assert.match(ruleOf('LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1'), /another coin/);
  assert.match(ruleOf(`${MAIN[0]}?amount=0.1`), /alone/);
  for (const lightning of [
    'lnbc20u1pvjluez',
    'LNURL1DP68GURN8GHJ7',
    'lightning:lnbc1',
    'mira@wallet.example',
  ]) {
    assert.match(ruleOf(lightning), /Lightning/, lightning);
  }
});

test('of an address no letter can be changed, left out or written twice, and none swapped with its neighbor', () => {
  for (const address of [
    ...MAIN,
    ...TEST,
    ...Array.from({ length: 20 }, (_, number) => testAddress(number)),
  ]) {
    const letters =
      address.startsWith('b') || address.startsWith('t') ? 'qpzry9x8gf2tvdw0s3jn54khce6mua7l' : 'Aa1Z9';
    const mode = MAIN.includes(address) ? 'live' : 'sandbox';
    for (let at = address.lastIndexOf('1') + 1; at < address.length; at += 1) {
      const [before, letter, after] = [address.slice(0, at), address.charAt(at), address.slice(at + 1)];
      const broken = [
        ...[...letters].map((other) => before + other + after),
        before + after,
        before + letter + letter + after,
        before + after.charAt(0) + letter + after.slice(1),
      ];
      for (const text of broken) {
        if (text !== address) assert.ok('rule' in readBitcoinAddress(text, mode), text);
      }
    }
  }
});

function ruleOf(text: string, mode: 'live' | 'sandbox' = 'live'): string {
  const read = readBitcoinAddress(text, mode);
  return 'rule' in read ? read.rule : `taken: ${read.address}`;
}
