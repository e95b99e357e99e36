import { Money } from './Amount.tsx';
import type { Amount } from './amounts.ts';

/** What an amount is worth: an estimate, and never nothing for something. */
export function Worth({ of, money }: { readonly of: Amount; readonly money: Amount }) {
  if (money.units === '0' && of.units !== '0') return <span className="amount">under $0.01</span>;
  return <Money units={BigInt(money.units)} estimate={money.units !== '0'} />;
}
