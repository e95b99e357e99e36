import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { LedgerConflict, postEvent, worldAccount } from '../ledger/index.ts';
import { REFUND_WORDS } from './refund.ts';
import { refundLegId } from './refund-ids.ts';
import { REFUND_IS_YOUR_OWN, REFUND_MOVED_ON } from './refusals.ts';
import { NEWS_ROWS, PAYMENT_ROWS, REFUND_EVENT_ROWS, refundById, refundMove } from './store.ts';

/** Where money goes that somebody pays back by hand: no provider has it, so none is compared with it. */
export const BY_HAND = worldAccount('by_hand', 'USD');

/**
 * Books that a refund by hand was sent: its reference, its units and its cash in one commit. The same reference again
 * changes nothing.
 *
 * Refuses with `refund_is_your_own` or `refund_moved_on`.
 */
export async function confirmSent(
  house: Pick<House, 'db' | 'ledger' | 'clock'>,
  id: Uuid,
  { reference, by }: { readonly reference: string; readonly by: Uuid },
): Promise<void> {
  const refund = await refundById(house.db, id);
  if (refund?.userId === by) throw new Refusal(REFUND_IS_YOUR_OWN);
  if (refund?.state === 'to_pay') {
    const at = new Date(house.clock.now());
    const eventId = newId();
    try {
      await house.ledger.post({
        transfers: [
          postEvent(refundLegId(id, 'post', 'units'), refundLegId(id, 'reserve', 'units')),
          postEvent(refundLegId(id, 'post', 'cash'), refundLegId(id, 'reserve', 'cash')),
        ],
        rows: [
          { table: PAYMENT_ROWS, values: [id, reference, by, at] },
          { table: REFUND_EVENT_ROWS, values: [eventId, id, at, 'refunded', by, reference] },
          { table: NEWS_ROWS, values: [eventId, 'refund'] },
        ],
        statements: [refundMove(id, ['to_pay'], 'refunded', { at, nextCheckAt: null })],
      });
    } catch (error) {
      if (!(error instanceof LedgerConflict)) throw error;
    }
  }
  const now = await refundById(house.db, id);
  if (now === null || now.state !== 'refunded' || now.reference !== reference) {
    throw new Refusal(REFUND_MOVED_ON, { state: now === null ? 'gone' : REFUND_WORDS[now.state] });
  }
}
