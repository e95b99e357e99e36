import { createHash } from 'node:crypto';
import type { PaymentMode } from '../config.ts';

/** A network of bitcoin, by what its addresses begin with. */
interface Network {
  readonly hrps: readonly string[];
  /** Version bytes of addresses in base58: of a key, and of a script. */
  readonly versions: readonly number[];
}

const MAIN: Network = { hrps: ['bc'], versions: [0x00, 0x05] };
/** Test networks share their letters: testnet and signet `tb`, a chain of one's own `bcrt`. */
const TEST: Network = { hrps: ['tb', 'bcrt'], versions: [0x6f, 0xc4] };

export type ReadAddress = { readonly address: string } | { readonly rule: string };

/**
 * An address of bitcoin as its network writes it, or what is wrong with it, to stand after "The address …". Checked are the
 * network, the kind and the checksum; whether somebody holds its key, nobody can check.
 */
export function readBitcoinAddress(given: string, mode: PaymentMode): ReadAddress {
  const text = given.trim().replace(/^bitcoin:/i, '');
  if (/^(lightning:|ln(bc|tb|bcrt|url)|lno1)/i.test(text) || /^[^\s@]+@[^\s@]+$/.test(text)) {
    return { rule: 'is one of Lightning; an address on the chain is needed' };
  }
  if (/^0x[0-9a-f]{40}$/i.test(text)) return { rule: 'is one of Ethereum, not of bitcoin' };
  if (/[?&=\s]/.test(text)) return { rule: 'must stand alone, without an amount or a space' };
  const read = readSegwit(text) ?? readBase58(text);
  if (read === null) return { rule: 'is not one of bitcoin: a letter is wrong or missing' };
  if ('rule' in read) return read;
  const [own, other] = mode === 'live' ? [MAIN, TEST] : [TEST, MAIN];
  if (isOf(read, own)) return { address: read.address };
  if (isOf(read, other)) {
    return {
      rule:
        mode === 'live'
          ? 'is one of a test network, whose coins are worth nothing'
          : 'is one of the real network; this site pays test coins, which never arrive there',
    };
  }
  return { rule: 'is one of another coin' };
}

interface Known {
  readonly address: string;
  readonly network: { readonly hrp: string } | { readonly version: number };
}

function isOf({ network }: Known, { hrps, versions }: Network): boolean {
  return 'hrp' in network ? hrps.includes(network.hrp) : versions.includes(network.version);
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** What a checksum comes to: of version 0 (BIP 173), and of all later ones (BIP 350). */
const BECH32_SUM = 1;
const BECH32M_SUM = 0x2bc830a3;

/** `null`: not written like one, or a letter is wrong. */
function readSegwit(text: string): Known | { readonly rule: string } | null {
  const lower = text.toLowerCase();
  if ((text !== lower && text !== text.toUpperCase()) || text.length > 90) return null;
  const end = lower.lastIndexOf('1');
  const hrp = lower.slice(0, end);
  const words = [...lower.slice(end + 1)].map((letter) => BECH32.indexOf(letter));
  if (end < 1 || words.length < 7 || words.includes(-1)) return null;
  const [version = 0] = words;
  if (checksum(hrp, words) !== (version === 0 ? BECH32_SUM : BECH32M_SUM)) return null;
  const bytes = programBytes(words.slice(1, -6));
  if (bytes === null) return null;
  if (version > 1) return { rule: 'is of a kind that nobody pays to yet' };
  if (bytes !== 32 && (bytes !== 20 || version === 1)) return { rule: 'has a wrong length' };
  return { address: lower, network: { hrp } };
}

/** The remainder of the BCH code over the letters before and after the `1`. */
function checksum(hrp: string, words: readonly number[]): number {
  const codes = [...hrp].map((letter) => letter.charCodeAt(0));
  let sum = 1;
  for (const value of [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...words]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, term] of GENERATOR.entries()) if (((top >> bit) & 1) === 1) sum ^= term;
  }
  return sum >>> 0;
}

/** How many bytes these words of five bits are; `null` where bits are left over that are not nought. */
function programBytes(words: readonly number[]): number | null {
  const spare = (words.length * 5) % 8;
  const last = words.at(-1) ?? 0;
  return spare > 4 || (last & ((1 << spare) - 1)) !== 0 ? null : Math.floor((words.length * 5) / 8);
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** The version byte, twenty bytes of a hash, four of a checksum. */
const BASE58_BYTES = 25;

function readBase58(text: string): Known | null {
  if (!/^[1-9A-HJ-NP-Za-km-z]{25,36}$/.test(text)) return null;
  const value = [...text].reduce((sum, letter) => sum * 58n + BigInt(BASE58.indexOf(letter)), 0n);
  const hex = value.toString(16).padStart(BASE58_BYTES * 2, '0');
  const bytes = Buffer.from(hex, 'hex');
  // A nought at the beginning is written as one `1`, no more and no less.
  const noughts = bytes.findIndex((byte) => byte !== 0);
  if (hex.length !== BASE58_BYTES * 2 || noughts !== (/^1*/.exec(text)?.[0].length ?? 0)) return null;
  const twice = sha256(sha256(bytes.subarray(0, -4)));
  if (!twice.subarray(0, 4).equals(bytes.subarray(-4))) return null;
  return { address: text, network: { version: bytes[0] ?? 0 } };
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** `tb1qw508…v8f3t4`: enough to tell two apart, and short enough for a line. */
export function shortAddress(address: string): string {
  return `${address.slice(0, 8)}…${address.slice(-6)}`;
}
