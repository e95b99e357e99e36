import type { Amount } from '../ui/amounts.ts';
import type { Leg } from './wallet-api.ts';

export interface AssetSum {
  readonly asset: Amount['asset'];
  readonly debits: bigint;
  readonly credits: bigint;
}

/** Debits and credits of a receipt's legs, by asset; a right receipt has as much of one as of the other. */
export function sumsOf(legs: readonly Leg[]): AssetSum[] {
  const sums = new Map<Amount['asset'], { debits: bigint; credits: bigint }>();
  for (const { debit, credit } of legs) {
    if (debit !== null) sumOf(sums, debit.asset).debits += BigInt(debit.units);
    if (credit !== null) sumOf(sums, credit.asset).credits += BigInt(credit.units);
  }
  return [...sums].map(([asset, sum]) => ({ asset, ...sum }));
}

export function isBalanced(legs: readonly Leg[]): boolean {
  const sums = sumsOf(legs);
  return sums.length > 0 && sums.every(({ debits, credits }) => debits === credits);
}

function sumOf(sums: Map<Amount['asset'], { debits: bigint; credits: bigint }>, asset: Amount['asset']) {
  const known = sums.get(asset) ?? { debits: 0n, credits: 0n };
  sums.set(asset, known);
  return known;
}
