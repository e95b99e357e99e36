import { newId } from '../core/ids.ts';
import { LedgerConflict, type Posting } from '../ledger/index.ts';
import type { Shop } from '../purchases/index.ts';
import { RECALL_EVENT_ROWS, type RecallEvent } from './recall-store.ts';
import type { RecallNow } from './refund.ts';
import { NEWS_ROWS } from './store.ts';

/** Commits with a step of a recall: the step, and that people are to be told of it. */
export function recallStep(
  { id }: Pick<RecallNow, 'id'>,
  state: RecallEvent['state'],
  at: Date,
  note: string | null = null,
): NonNullable<Posting['rows']> {
  const eventId = newId();
  return [
    { table: RECALL_EVENT_ROWS, values: [eventId, id, at, state, null, note] },
    { table: NEWS_ROWS, values: [eventId, 'recall'] },
  ];
}

/** Posts a step. `moved`: somebody else did it; `short`: an account of the house has too little. */
export async function tryMove({ house }: Shop, posting: Posting): Promise<'posted' | 'moved' | 'short'> {
  try {
    const posted = await house.ledger.post(posting);
    if (posted.kind === 'posted') return 'posted';
    if (posted.kind === 'exists') return 'moved';
    if (posted.result === 'exceeds_credits') return 'short';
    if (posted.result.startsWith('pending_transfer_already')) return 'moved';
    throw new Error(`the ledger refused a step of a recall: ${posted.result}`);
  } catch (error) {
    if (error instanceof LedgerConflict && (error.code === 'CL002' || error.code === '23505')) return 'moved';
    throw error;
  }
}
