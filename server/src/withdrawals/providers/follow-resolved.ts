import { payerWord } from '../methods/words.ts';
import { markSeen } from './attempts-store.ts';
import { type Look, type Next, WATCHED_MS } from './look.ts';
import { agrees, type Resolution, saidOf } from './resolution-rules.ts';
import { tellStuck } from './tell-stuck.ts';

/**
 * Two operators have said what became of it, and that stands. Its provider is asked until it has answered, and then each day for
 * as long as one that arrived; what it says against them moves nothing, and operators are told.
 */
export async function followResolved(look: Look, resolution: Resolution): Promise<Next> {
  const { house, payer, attempt, withdrawal, operation } = look;
  const { verdict, said } = resolution;
  const isNamed = attempt.toldRef !== null;
  // Nobody can look that up until a webhook names it.
  if (verdict === 'not_paid' && !isNamed) return 'never';
  // What the provider itself calls it goes before the number that people gave.
  const asked = verdict === 'paid_there' && isNamed ? { ...operation, takenRef: null } : operation;
  const found = await payer.fetch(asked);
  if (found.kind !== 'ok') return 'again';
  const now = saidOf(found.value);
  const problem = agrees(resolution, found.value)
    ? null
    : `${payerWord(withdrawal.method)} says “${now}” now. When two operators decided that ${DECIDED[verdict]}, it said “${said}”. Nothing moves by itself: look at both books.`;
  await house.db.transaction(async (tx) => {
    await markSeen(tx, attempt.id, { rawStatus: now, payoutRef: null, problem });
    if (problem !== null) await tellStuck(house, tx, withdrawal, problem);
  });
  const since = house.clock.now() - withdrawal.since.getTime();
  return since >= (payer.watchedMs ?? WATCHED_MS) ? 'never' : 'tomorrow';
}

const DECIDED: Readonly<Record<Resolution['verdict'], string>> = {
  arrived: 'it arrived',
  arrived_and_back: 'it arrived and a part was the house’s again',
  not_arrived: 'it did not arrive',
  paid_there: 'it was paid',
  not_paid: 'it was not paid',
};
