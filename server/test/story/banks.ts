import type { Random } from '../../src/core/random.ts';
import { planLater } from '../../src/sandbox/books.ts';
import { playItem } from '../../src/sandbox/paypal/payouts.ts';
import { bringEvidence, createRefund } from '../../src/sandbox/stripe/payments.ts';
import type { Story } from './story.ts';

/** What happens across the street, where the house only hears of it. */

interface Charge {
  readonly id: string;
  readonly left: bigint;
  readonly card: string;
}

export const SENDS_REFUNDS_BACK = '4000000000005126';

/** Some payments of the last days that are not disputed. */
async function someCharges({ platform }: Story): Promise<Charge[]> {
  return platform.db.query<Charge>(
    `select id, (body->>'amount')::bigint - (body->>'amount_refunded')::bigint as left,
            inner_state->>'card' as card
       from sandbox.objects where kind = 'charge' and body->>'disputed' = 'false' order by number desc limit 60`,
  );
}

/** A payer tells their bank that they know nothing of it. */
export async function openDispute(story: Story, dice: Random): Promise<void> {
  const charges = (await someCharges(story)).filter(({ left }) => left > 0n);
  if (charges.length === 0) return;
  const about = dice.pick(charges).id;
  await planLater(story.platform.db, { what: 'dispute', about }, new Date(story.now));
  story.count('dispute');
}

/** The banks decide what has been open for a while. */
export async function decideDisputes(story: Story, dice: Random, all: boolean): Promise<void> {
  const { db } = story.platform;
  const open = await db.query<{ id: string }>(
    `select id from sandbox.objects where kind = 'dispute' and body->>'status' = 'needs_response' order by number`,
  );
  for (const { id } of open) {
    if (!all && !dice.once(2)) continue;
    const verdict = dice.once(2) ? 'winning_evidence' : 'losing_evidence';
    await db.transaction((tx) =>
      bringEvidence(tx, id, { evidence: { uncategorized_text: verdict } }, story.now),
    );
    story.count(`dispute decided: ${verdict}`);
  }
}

/** Somebody of the house refunds at the company's own dashboard, and tells nobody; half the time to a card that sends it back. */
export async function refundThere(story: Story, dice: Random): Promise<void> {
  const charges = (await someCharges(story)).filter(({ left }) => left >= 200n);
  if (charges.length === 0) return;
  const backs = charges.filter(({ card }) => card === SENDS_REFUNDS_BACK);
  const { id, left, card } = dice.pick(backs.length > 0 && dice.once(2) ? backs : charges);
  const amount = dice.once(2) ? Number(left) : 100 + dice.below(Number(left) - 100);
  try {
    await story.platform.db.transaction((tx) => createRefund(tx, { charge: id, amount }, story.now));
    story.count(`refund at the company${card === SENDS_REFUNDS_BACK ? ' that the bank sends back' : ''}`);
  } catch (error) {
    // It was disputed or given back at the same moment.
    story.count(`refund at the company: ${(error as Error).message.slice(0, 30)}`);
  }
}

/** Whoever PayPal keeps money for takes it, if it is still theirs to take. */
export async function acceptAtPaypal(story: Story, reference: string): Promise<void> {
  const { db } = story.platform;
  const items = await db.query<{ id: string; status: string }>(
    `select id, body->>'status' as status from sandbox.objects
      where kind = 'paypal_item' and body->'payout_item'->>'sender_item_id' = $1`,
    [reference],
  );
  const desk = { db, clock: { now: () => story.now }, wake: () => undefined };
  for (const { id, status } of items) {
    if (status !== 'UNCLAIMED' && status !== 'ONHOLD') continue;
    await playItem(desk, id, 'accept');
    story.count(`accepted at PayPal: ${status.toLowerCase()}`);
  }
}
