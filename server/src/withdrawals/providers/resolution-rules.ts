import type { Uuid } from '../../core/ids.ts';
import type { WithdrawalNow } from '../withdrawal.ts';
import type { PayoutSnapshot } from './provider.ts';

export const RESOLUTION_VERDICTS = ['arrived', 'arrived_and_back', 'not_arrived'] as const;
export type ResolutionVerdict = (typeof RESOLUTION_VERDICTS)[number];

/** What two operators can make of a payment, and what moves then. US cents of the net amount. */
export interface Resolvable {
  readonly verdict: ResolutionVerdict;
  /** What the house has again. */
  readonly backCents: bigint;
  /** What neither the creator nor the house has. */
  readonly lostCents: bigint;
}

/** What was made of one. */
export interface Resolution extends Resolvable {
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
 */
export function resolvable(
  { netCents }: Pick<WithdrawalNow, 'netCents'>,
  snapshot: PayoutSnapshot | null,
): Resolvable[] {
  if (snapshot !== null && (snapshot.isMoving || BY_ITSELF.has(snapshot.status))) return [];
  const backCents = snapshot === null ? 0n : centsBack(netCents, snapshot);
  return [
    { verdict: 'arrived', backCents: 0n, lostCents: 0n },
    ...(backCents > 0n ? [{ verdict: 'arrived_and_back' as const, backCents, lostCents: 0n }] : []),
    { verdict: 'not_arrived', backCents, lostCents: netCents - backCents },
  ];
}

/** What becomes of it then, the next look books. */
const BY_ITSELF: ReadonlySet<PayoutSnapshot['status']> = new Set(['on_its_way', 'paid', 'back']);

/** Of the net amount, what the provider gave the house again; less than a cent is not counted. */
function centsBack(netCents: bigint, { backMinor = 0n, minor }: PayoutSnapshot): bigint {
  return backMinor >= minor ? netCents : (netCents * backMinor) / minor;
}
