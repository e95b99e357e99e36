import type { Difference } from '../../purchases/index.ts';
import type { PayoutSnapshot } from './provider.ts';
import { NO_TRACE, saidOf } from './resolution-rules.ts';

/** A payment to a creator through a provider, as it is booked here. */
export interface BookedPayout {
  readonly takenRef: string;
  /** `CAR-…` */
  readonly reference: string;
  /** Minor units of its currency. */
  readonly minor: bigint;
  /** What left the ledger's cash for it, and what came back, in US cents. */
  readonly sentCents: bigint;
  readonly backCents: bigint;
  /** What the provider said of it when two operators decided what became of it; `null` when none did. */
  readonly decidedAs: string | null;
  /** Whether the provider had said that it arrived. */
  readonly arrived: boolean;
}

/** Our try for something that is there and not booked. */
export interface UnbookedTry {
  readonly closedCode: string | null;
  /** What is booked of it, where something is. */
  readonly takenRef: string | null;
  readonly needsPeople: boolean;
}

export interface PayoutComparison {
  readonly payments: number;
  readonly matched: number;
  readonly differences: readonly Difference[];
  readonly thereCents: bigint;
  readonly hereCents: bigint;
}

/**
 * Compares both books of the same payouts. Each agrees, or has a difference with its cause. `lost`: what two operators counted
 * as paid besides.
 */
export function comparePayouts(
  there: readonly PayoutSnapshot[],
  here: readonly BookedPayout[],
  tries: ReadonlyMap<string, UnbookedTry>,
  lost: ReadonlySet<string> = new Set(),
): PayoutComparison {
  const told = new Map(there.map((payout) => [payout.takenRef, payout]));
  const booked = new Map(here.map((payout) => [payout.takenRef, payout]));
  const refs = [...new Set([...told.keys(), ...booked.keys()])].sort();
  const differences: Difference[] = [];
  let matched = 0;
  for (const ref of refs) {
    const found = lost.has(ref) ? null : differenceOf(ref, told.get(ref), booked.get(ref), tries);
    if (found === null) matched += 1;
    else differences.push(found);
  }
  return {
    payments: refs.length,
    matched,
    differences,
    thereCents: there.reduce((sum, one) => sum + centsOf(one, booked.get(one.takenRef)), 0n),
    hereCents: here.reduce((sum, { sentCents }) => sum + sentCents, 0n),
  };
}

function differenceOf(
  providerRef: string,
  there: PayoutSnapshot | undefined,
  here: BookedPayout | undefined,
  tries: ReadonlyMap<string, UnbookedTry>,
): Difference | null {
  const about = { providerRef, orderId: null };
  if (here === undefined) {
    if (there === undefined) return null;
    const cause = whyNotBooked(there, tries.get(there.attemptId ?? ''));
    return cause === null
      ? null
      : { ...about, kind: 'payout_not_booked', cause, thereCents: statedCents(there), hereCents: null };
  }
  if (here.decidedAs !== null) {
    const says = saidOf(there ?? null);
    if (here.decidedAs.startsWith(says)) return null;
    // Of what nobody could see then, two operators said that it had been paid.
    if (here.decidedAs === NO_TRACE && here.arrived && there?.status === 'paid') return null;
    const cause = `Two operators decided about ${here.reference} when the provider said “${here.decidedAs}”; it says “${says}” now. Somebody must look at both books.`;
    const thereCents = there?.minor ?? null;
    return { ...about, kind: 'payout_differs', cause, thereCents, hereCents: here.sentCents };
  }
  if (there === undefined) {
    const cause = `The provider knows no such payment of ${here.reference}: these are the books of another account.`;
    return { ...about, kind: 'payout_not_there', cause, thereCents: null, hereCents: here.sentCents };
  }
  if (there.minor !== here.minor) {
    const cause = `Another amount was paid for ${here.reference} than was asked for. Somebody must look at both books.`;
    return {
      ...about,
      kind: 'payout_differs',
      cause,
      thereCents: statedCents(there),
      hereCents: here.sentCents,
    };
  }
  if (there.status === 'gone') {
    if (here.arrived || here.backCents > 0n) return null;
    const cause = `The account that ${here.reference} went to is closed there, so nobody can read what became of it. Two operators decide.`;
    return { ...about, kind: 'payout_differs', cause, thereCents: there.minor, hereCents: here.sentCents };
  }
  if (there.status === 'other') {
    const cause = `The provider says “${there.rawStatus}” of ${here.reference}, as when it was taken back there after it had arrived. Somebody must look at both books.`;
    return {
      ...about,
      kind: 'payout_differs',
      cause,
      thereCents: centsOf(there, here),
      hereCents: here.sentCents,
    };
  }
  const isBackThere = there.status === 'back';
  if (isBackThere === here.backCents > 0n) return null;
  const cause = isBackThere
    ? `${here.reference} came back there, and it is not booked yet; that happens by itself within an hour.`
    : `${here.reference} is booked as come back, and the provider still has it as paid. Somebody must look at both books.`;
  return {
    ...about,
    kind: 'return_not_booked',
    cause,
    thereCents: isBackThere ? here.sentCents : 0n,
    hereCents: here.backCents,
  };
}

/** Why, as far as both books tell; `null` where nothing moved in the end. */
function whyNotBooked(there: PayoutSnapshot, ours: UnbookedTry | undefined): string | null {
  if (there.status === 'back' || (there.backMinor ?? 0n) >= there.minor) return null;
  if (ours === undefined) return 'No withdrawal here asked for it: it was made at the provider itself.';
  if (ours.closedCode !== null) {
    return `The try was given up here (${ours.closedCode.replaceAll('_', ' ')}), and it happened there after all. It may be paid twice: take it back there.`;
  }
  if (ours.takenRef !== null) {
    return `Another payment of the same withdrawal is booked (${ours.takenRef}), and this one was approved there as well. It may be paid twice: cancel it there if it was not sent.`;
  }
  if (ours.needsPeople) {
    return 'More than one payment of its withdrawal is there. Cancel there what was not sent; two operators say which of the others counts.';
  }
  return 'It has not been looked at yet; that happens by itself within an hour.';
}

/** In US cents, where it is what was asked for; else as the provider has it. */
function centsOf(there: PayoutSnapshot, here: BookedPayout | undefined): bigint {
  return here !== undefined && here.minor === there.minor ? here.sentCents : (statedCents(there) ?? 0n);
}

/** What it says of itself; `null` where that is no dollars. */
function statedCents({ minor, currency }: PayoutSnapshot): bigint | null {
  return currency === 'USD' ? minor : null;
}
