import type { Amount } from '../ui/amounts.ts';
import { percentText } from '../ui/ratios.ts';
import type { Earnings } from './earnings-api.ts';

interface Part {
  readonly label: string;
  readonly note?: string;
  /** Less than nothing for what goes off. */
  readonly amount: Amount;
}

/** What adds up to what is available: all that was earned, and what went or waits. A part that is nothing is left out. */
export function availableParts({
  how,
  pending,
  reversed,
}: Pick<Earnings, 'how' | 'pending' | 'reversed'>): Part[] {
  const { numerator, denominator } = how.share;
  const share = percentText({ numerator: BigInt(numerator), denominator: BigInt(denominator) });
  const less = (label: string, amount: Amount | undefined): Part[] =>
    amount === undefined || amount.units === '0' ? [] : [{ label, amount: minus(amount) }];
  return [
    {
      label: 'You earned',
      note: `Of what a fan pays today ${share} are yours; each gift keeps the share of its day.`,
      amount: how.earned,
    },
    ...less('Taken back while pending', reversed),
    { label: 'Still pending', amount: minus(pending) },
    ...less('Already withdrawn', how.withdrawn),
    ...less('Held for withdrawals', how.reserved),
  ];
}

function minus(amount: Amount): Amount {
  return amount.units === '0' ? amount : { ...amount, units: `-${amount.units}` };
}
