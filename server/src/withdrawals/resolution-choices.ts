import { displayAmount, displayUsd } from '../core/money.ts';
import { payerWord } from './methods/words.ts';
import type { Attempt } from './providers/attempts-store.ts';
import type { Adoption, ResolutionVerdict, Resolvable } from './providers/resolution-rules.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/** What a provider says of a parked withdrawal now, and what two operators can make of it. */
export interface Resolving {
  readonly withdrawal: WithdrawalNow;
  readonly attempt: Attempt;
  /** The provider's own words. */
  readonly said: string;
  /** What operators have to find out before they choose; `null` = nothing more. */
  readonly advice: string | null;
  readonly choices: readonly Choice[];
}

export interface Choice extends Omit<Resolvable, 'verdict'> {
  readonly verdict: ResolutionVerdict;
  readonly title: string;
  readonly effect: string;
  /** What the ledger books then, in order. Nothing: no money moves. */
  readonly entries: readonly { readonly from: string; readonly to: string; readonly amount: string }[];
  /** Of `taken_as_paid`. */
  readonly adoption?: Adoption;
  /** What number of the payment there has to be given with it; none where that is absent. */
  readonly number?: string;
}

/** A choice in words, with what would be booked. */
export function choiceOf(withdrawal: WithdrawalNow, one: Resolvable): Choice {
  const provider = payerWord(withdrawal.method);
  const { verdict, backCents, lostCents } = one;
  const back = entry(`with creators at ${provider}`, 'the house’s cash', backCents);
  switch (verdict) {
    case 'arrived':
      return {
        ...one,
        title: 'It arrived, and the creator keeps it',
        effect:
          withdrawal.method === 'paypal'
            ? 'Nothing moves: of what was paid, the house has nothing again.'
            : `Nothing moves. What ${provider} took back from their account there, it takes from the house’s in the end.`,
        entries: [],
      };
    case 'arrived_and_back':
      return {
        ...one,
        title: `It arrived, and ${displayUsd(backCents)} are the house’s again for good`,
        effect:
          one.asksBack === true
            ? 'The creator keeps what did not come back. No Diamonds go back.'
            : `The creator keeps what arrived. ${provider} bears it.`,
        entries: back,
      };
    case 'paid_there':
      return {
        ...one,
        title: `${provider} paid it`,
        effect: `It is booked as sent and arrived, under ${provider}’s number of it. The creator keeps it.`,
        entries: sentEntries(withdrawal, 0n),
        number: `${provider}’s number of the payment`,
      };
    case 'not_paid':
      return {
        ...one,
        title: `${provider} did not pay it`,
        effect: `The Diamonds are available to the creator again. If ${provider} paid it after all, the house bears it.`,
        entries: [{ from: 'kept for this withdrawal', to: 'the creator', amount: diamondsOf(withdrawal) }],
      };
    case 'not_arrived':
      return {
        ...one,
        title: 'The creator has not got it',
        effect:
          lostCents === 0n
            ? 'The Diamonds are available to the creator again, and the house has all of its money.'
            : `The Diamonds are available to the creator again. The house bears ${displayUsd(lostCents)}, which nobody gives back.`,
        entries: [
          {
            from: 'paid out',
            to: 'the creator',
            amount: diamondsOf(withdrawal),
          },
          ...back,
          ...entry(`with creators at ${provider}`, 'what providers cost', lostCents),
          ...entry('tax withheld', 'the house’s cash', withdrawal.taxCents),
        ],
      };
  }
}

/** That one of several payments, or one that nobody here asked for, is the payment of a withdrawal. */
export function adoptionChoice(withdrawal: WithdrawalNow, adoption: Adoption): Choice {
  const provider = payerWord(withdrawal.method);
  const lostCents = adoption.others.reduce((sum, { cents }) => sum + cents, 0n);
  return {
    verdict: 'taken_as_paid',
    backCents: 0n,
    lostCents,
    adoption,
    title: `${adoption.takenRef} is the payment of this withdrawal`,
    effect:
      lostCents === 0n
        ? `It is booked as sent, and followed like any other payment through ${provider}.`
        : `It is booked as sent. The house bears ${displayUsd(lostCents)} that were paid besides (${adoption.others.map(({ takenRef }) => takenRef).join(', ')}).`,
    entries: sentEntries(withdrawal, lostCents),
  };
}

/** What the ledger books of one that was sent, and what the house loses besides. */
function sentEntries(
  { method, netCents, feeCents, taxCents }: WithdrawalNow,
  lostCents: bigint,
): Choice['entries'] {
  const cash = 'the house’s cash';
  return [
    ...entry(cash, `with creators at ${payerWord(method)}`, netCents),
    ...entry(cash, 'what providers cost', feeCents + lostCents),
    ...entry(cash, 'tax withheld', taxCents),
  ];
}

function entry(from: string, to: string, cents: bigint): Choice['entries'] {
  return cents === 0n ? [] : [{ from, to, amount: displayUsd(cents) }];
}

function diamondsOf({ diamondUnits }: WithdrawalNow): string {
  return displayAmount({ asset: 'DIAMOND', units: diamondUnits });
}

/** Everything that a choice books, in one line. */
export function bookedWords({ entries }: Choice): string {
  return entries.length === 0
    ? 'nothing'
    : entries.map(({ from, to, amount }) => `${amount}: ${from} → ${to}`).join('; ');
}
