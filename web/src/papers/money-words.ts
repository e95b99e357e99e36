import type { Amount } from '../ui/amounts.ts';
import type { StatementLine } from './papers-api.ts';

/** Money that moved with a line, in words that say which way, and what it was made of. Empty where none did. */
export function moneyOf({ kind, bought, paidOut }: Pick<StatementLine, 'kind' | 'bought' | 'paidOut'>): {
  readonly words: string;
  readonly note: string;
} {
  if (bought !== null) {
    const { price, providerFee } = bought;
    if (isBelowNothing(price)) return { words: `You got back ${unsigned(price)}`, note: '' };
    // What went back, and came to the house again.
    if (kind === 'refund' || kind === 'money_back')
      return { words: `${price.display} was not delivered`, note: '' };
    const note = providerFee.units === '0' ? '' : `the provider kept ${providerFee.display}`;
    return { words: `You paid ${price.display}`, note };
  }
  if (paidOut === null) return { words: '', note: '' };
  const { gross, fee, tax, net } = paidOut;
  const cut = [
    unsigned(gross),
    ...(fee.units === '0' ? [] : [`fee ${unsigned(fee)}`]),
    ...(tax.units === '0' ? [] : [`tax ${unsigned(tax)}`]),
  ];
  return {
    words: `${isBelowNothing(net) ? 'Came back' : 'Paid out'} ${unsigned(net)}`,
    note: cut.length === 1 ? '' : cut.join(' less '),
  };
}

function isBelowNothing({ units }: Amount): boolean {
  return units.startsWith('-');
}

/** `−$27.00` → `$27.00`: the word says which way. */
function unsigned({ display }: Amount): string {
  return display.replace(/^[−-]/, '');
}
