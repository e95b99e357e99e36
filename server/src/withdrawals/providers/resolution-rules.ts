import type { Uuid } from '../../core/ids.ts';
import type { WithdrawalNow } from '../withdrawal.ts';
import type { PayoutSnapshot } from './provider.ts';

/**
 * What two operators can make of a payment that was booked; `taken_as_paid`: of one that is there and was not; `paid_there` and
 * `not_paid`: of one that was asked for and that nobody can ask about any more.
 */
export const RESOLUTION_VERDICTS = [
  'arrived',
  'arrived_and_back',
  'not_arrived',
  'taken_as_paid',
  'paid_there',
  'not_paid',
] as const;
export type ResolutionVerdict = (typeof RESOLUTION_VERDICTS)[number];

/** What two operators can make of a payment, and what moves then. US cents of the net amount. */
export interface Resolvable {
  readonly verdict: Exclude<ResolutionVerdict, 'taken_as_paid'>;
  /** What the house has again. */
  readonly backCents: bigint;
  /** What neither the creator nor the house has. */
  readonly lostCents: bigint;
  /** People say how much the house has again, where its provider does not. */
  readonly asksBack?: true;
}

/** What was made of one. */
export interface Resolution extends Omit<Resolvable, 'asksBack'> {
  readonly withdrawalId: Uuid;
  readonly said: string;
  readonly reason: string;
}

/** What a provider says that has no trace of a payment. */
export const NO_TRACE = 'no trace of it';

export function saidOf(snapshot: PayoutSnapshot | null): string {
  return snapshot?.rawStatus ?? NO_TRACE;
}

/**
 * What may be made of a withdrawal that waits for a person, by what its provider says now; none when that is booked by
 * itself or still moves. `null`: the provider has no trace of it.
 *
 * @param backMinor what people say came back of it, where their word counts; `null` = nobody said
 */
export function resolvable(
  { netCents }: Pick<WithdrawalNow, 'netCents'>,
  snapshot: PayoutSnapshot | null,
  backMinor: bigint | null = null,
): Resolvable[] {
  if (snapshot !== null && (snapshot.isMoving || BY_ITSELF.has(snapshot.status))) return [];
  const isUntold = snapshot?.backIsUntold === true;
  const told = isUntold && backMinor !== null ? { ...snapshot, backMinor } : snapshot;
  const backCents = told === null ? 0n : centsBack(netCents, told);
  const asks = isUntold ? { asksBack: true as const } : {};
  return [
    { verdict: 'arrived', backCents: 0n, lostCents: 0n },
    ...(backCents > 0n ? [{ verdict: 'arrived_and_back' as const, backCents, lostCents: 0n, ...asks }] : []),
    { verdict: 'not_arrived', backCents, lostCents: netCents - backCents, ...asks },
  ];
}

/** A payment that two operators take as the one of a withdrawal, and others that were paid for it besides. */
export interface Adoption {
  readonly takenRef: string;
  /** What the house loses by them, in US cents. */
  readonly others: readonly { readonly takenRef: string; readonly cents: bigint }[];
}

/**
 * What two operators can take as the payment of a withdrawal for which something is there that nobody here asked for, or
 * more than one. `settles`: one of ours alone is booked by itself; `moves`: others may still be stopped or come to nothing.
 */
export function adoptable(
  { netCents, payoutMinor }: Pick<WithdrawalNow, 'netCents' | 'payoutMinor'>,
  isOurs: (attemptId: string | null) => boolean,
  payments: readonly PayoutSnapshot[],
): Adoption | 'settles' | 'moves' {
  const live = payments.filter(({ status }) => status !== 'back');
  const pays = live.find(({ status }) => status === 'paid') ?? live[0];
  if (pays === undefined || (live.length === 1 && isOurs(pays.attemptId))) return 'settles';
  const others = live.filter((one) => one !== pays);
  if (others.some(({ status }) => status !== 'paid')) return 'moves';
  return {
    takenRef: pays.takenRef,
    others: others.map(({ takenRef, minor }) => ({
      takenRef,
      // Rounded up: the house does not book less than it lost.
      cents: (netCents * minor + payoutMinor - 1n) / payoutMinor,
    })),
  };
}

/** What may be made of one that its provider never answered for: nothing of it is booked. */
export const FORGOTTEN: readonly Resolvable[] = [
  { verdict: 'paid_there', backCents: 0n, lostCents: 0n },
  { verdict: 'not_paid', backCents: 0n, lostCents: 0n },
];

/** Whether what its provider says now is what two operators decided, or still what they decided it of. */
export function agrees(
  { verdict, said, lostCents }: Pick<Resolution, 'verdict' | 'said' | 'lostCents'>,
  snapshot: PayoutSnapshot | null,
): boolean {
  if (saidOf(snapshot) === said) return true;
  switch (verdict) {
    case 'arrived':
      return snapshot?.status === 'paid';
    // What the house was to have again would not be there, or more of it.
    case 'arrived_and_back':
      return false;
    case 'not_arrived':
      return snapshot?.status === 'back' && lostCents === 0n;
    case 'paid_there':
      return snapshot?.status === 'paid' || snapshot?.status === 'on_its_way';
    case 'not_paid':
      return snapshot?.status === 'back';
  }
}

/** What becomes of it then, the next look books. */
const BY_ITSELF: ReadonlySet<PayoutSnapshot['status']> = new Set(['on_its_way', 'paid', 'back']);

/** Of the net amount, what the provider gave the house again; less than a cent is not counted. */
function centsBack(netCents: bigint, { backMinor = 0n, minor }: PayoutSnapshot): bigint {
  return backMinor >= minor ? netCents : (netCents * backMinor) / minor;
}
