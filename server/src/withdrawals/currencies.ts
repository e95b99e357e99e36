import { currencyDecimals, groupDigits } from '../core/money.ts';

/** A currency that money is paid out in. */
export interface Currency {
  /** ISO 4217, upper case. */
  readonly code: string;
  /** Digits after the point: 2 for EUR, 0 for JPY, 3 for KWD. */
  readonly decimals: number;
  /** Payments are whole multiples of so many minor units: 100 where cents exist on paper alone. */
  readonly step: bigint;
}

/** Coins are counted in the smallest part of one: a satoshi is 0.00000001 BTC. */
const COIN_DECIMALS: Readonly<Record<string, number>> = { BTC: 8 };

/** Banks pay no fraction of these, though ISO knows one. */
const WHOLE_ONLY = new Set(['HUF', 'TWD']);

const SIGNS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' };

/** @throws RangeError for what is no three-letter code. */
export function currencyOf(code: string): Currency {
  if (!/^[A-Z]{3}$/.test(code)) throw new RangeError(`not a currency: ${code}`);
  return {
    code,
    decimals: COIN_DECIMALS[code] ?? currencyDecimals(code),
    step: WHOLE_ONLY.has(code) ? 100n : 1n,
  };
}

/** Minor units as a bank writes them: `18290n` EUR → `182.90`; no grouping, no sign. */
export function decimalText(minor: bigint, { decimals }: Currency): string {
  if (minor < 0n) throw new RangeError(`a negative payment: ${minor}`);
  if (decimals === 0) return minor.toString();
  const digits = minor.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** `26.50` USD → `2650n`; `null` for what is no amount in whole minor units. */
export function minorOf(value: string, code: string): bigint | null {
  const { decimals } = currencyOf(code);
  const match = /^(\d{1,15})(?:\.(\d+))?$/.exec(value);
  if (match === null) return null;
  const fraction = match[2] ?? '';
  if (!/^0*$/.test(fraction.slice(decimals))) return null;
  return BigInt(`${match[1]}${fraction.slice(0, decimals).padEnd(decimals, '0')}`);
}

/** As a person reads it: `€182.90`, `¥1,240`, `KWD 12.345`. */
export function displayMoney(minor: bigint, code: string): string {
  const currency = currencyOf(code);
  const text = decimalText(minor < 0n ? -minor : minor, currency);
  const [whole = '0', fraction] = text.split('.');
  const number = `${groupDigits(BigInt(whole))}${fraction === undefined ? '' : `.${fraction}`}`;
  const sign = SIGNS[code];
  return `${minor < 0n ? '−' : ''}${sign === undefined ? `${code} ` : sign}${number}`;
}
