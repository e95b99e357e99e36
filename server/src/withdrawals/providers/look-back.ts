import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { House } from '../../house.ts';
import { lookSoonAtPaid, takeLookBack } from './attempts-store.ts';
import { ownAccountAt, payersOf } from './payers.ts';

/** How far one looks back, and how often. */
const BACK_MS = 90 * DAY_MS;
const EVERY_MS = 6 * HOUR_MS;
const TOGETHER = 500;

/**
 * Looks for payouts that had arrived and were taken back at their provider since, whatever webhooks were lost, and has each
 * looked at. Any number of processes may do so: one does, every few hours. How many were found.
 */
export async function lookBack(house: House): Promise<number> {
  let found = 0;
  for (const payer of payersOf(house)) {
    const own = await ownAccountAt(payer);
    if (own === null || payer.takenBackSince === undefined) continue;
    const now = new Date(house.clock.now());
    const of = { provider: payer.id, mode: payer.mode, house: own };
    if (!(await takeLookBack(house.db, of, now, new Date(now.getTime() - EVERY_MS)))) continue;
    try {
      let refs: string[] = [];
      for await (const ref of payer.takenBackSince(new Date(now.getTime() - BACK_MS))) {
        refs.push(ref);
        if (refs.length < TOGETHER) continue;
        found += await lookSoonAtPaid(house.db, refs, now);
        refs = [];
      }
      found += await lookSoonAtPaid(house.db, refs, now);
    } catch (error) {
      house.log.warn({ err: error, provider: payer.id }, 'a provider did not tell what was taken back');
    }
  }
  return found;
}
