import type { House } from '../../house.ts';
import { neverGoneOnWith } from './attempts-store.ts';
import { payersOf } from './payers.ts';

/**
 * Cancels what lies at a provider unapproved and will never be gone on with: a question that arrived after its answer had
 * been given up, made a second payment of one that is booked, or one of a try that is closed. Nobody there shall approve
 * it by mistake. How many were dropped.
 */
export async function dropLeftovers(house: House): Promise<number> {
  let dropped = 0;
  for (const payer of payersOf(house)) {
    if (payer.leftovers === undefined) continue;
    const listed = await payer.leftovers.list();
    if (listed.kind !== 'ok') continue;
    for (const takenRef of await neverGoneOnWith(house.db, listed.value)) {
      const gone = await payer.leftovers.drop(takenRef);
      if (gone.kind !== 'ok') continue;
      dropped += 1;
      house.log.warn(
        { provider: payer.id, payout: takenRef },
        'a payment asked for twice was canceled there',
      );
    }
  }
  return dropped;
}
