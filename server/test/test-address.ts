import { createHash } from 'node:crypto';

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const TERMS = [0x3b6a57b2n, 0x26508e6dn, 0x1ea119fan, 0x3d4233ddn, 0x2a1462b3n];

/** An address of the test network of bitcoin, to a key that nobody has; another one for each number. Written after BIP 173. */
export function testAddress(number: number): string {
  const program = createHash('sha256').update(`address ${number}`).digest().subarray(0, 20);
  const bits = [...program].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const words = [0, ...(bits.match(/.{5}/g) ?? []).map((five) => Number.parseInt(five, 2))];
  const sum = polymod([3, 3, 0, 20, 2, ...words, 0, 0, 0, 0, 0, 0]) ^ 1n;
  const check = [25n, 20n, 15n, 10n, 5n, 0n].map((shift) => Number((sum >> shift) & 31n));
  return `tb1${[...words, ...check].map((word) => LETTERS[word]).join('')}`;
}

function polymod(values: readonly number[]): bigint {
  return values.reduce((sum, value) => {
    const next = ((sum & 0x1ffffffn) << 5n) ^ BigInt(value);
    return TERMS.reduce((made, term, bit) => (((sum >> 25n) >> BigInt(bit)) & 1n ? made ^ term : made), next);
  }, 1n);
}
