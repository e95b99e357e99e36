import { HOUR_MS } from '../../core/clock.ts';
import { newId, type Uuid } from '../../core/ids.ts';
import { Refusal } from '../../core/refusal.ts';
import type { House } from '../../house.ts';
import { payerWord } from '../methods/words.ts';
import { moveWithdrawal } from '../move-withdrawal.ts';
import { HOUSE_SHORT_OF_CASH } from '../refusals.ts';
import { accountDetails, withdrawalById } from '../store.ts';
import { ATTEMPT_ROWS, ATTEMPT_STATE_ROWS } from './attempts-store.ts';
import { ownAccountAt, payersOf } from './payers.ts';
import type { PayoutProvider } from './provider.ts';
import { setUpNow } from './set-up.ts';
import { tellStuck } from './tell-stuck.ts';
import { keepWaiting, type Waiting, waitedStatement, waitingFor } from './waits-store.ts';

const TOGETHER = 50;
/** A provider that does not answer comes back by itself as a rule. */
const PATIENCE_MS = HOUR_MS;

/**
 * Hands what is released to the provider that pays it: the try is written down in the commit that moves the withdrawal on
 * and sets the house's cash aside, before anybody is asked. Of two processes one does. What cannot be handed over keeps
 * nothing behind it waiting. How many.
 */
export async function handOver(house: House): Promise<number> {
  let handed = 0;
  for (const payer of payersOf(house)) {
    const own = await ownAccountAt(payer);
    const { method } = payer;
    for (let after = 0n; ; ) {
      const now = new Date(house.clock.now());
      const waiting = await waitingFor(house.db, { method, now, after, limit: TOGETHER });
      for (const one of waiting) if (await handOne(house, payer, own, one)) handed += 1;
      const last = waiting.at(-1);
      if (last === undefined || waiting.length < TOGETHER) break;
      after = last.committed;
    }
  }
  return handed;
}

async function handOne(
  house: House,
  payer: PayoutProvider,
  own: string | null,
  waiting: Waiting,
): Promise<boolean> {
  const { id, accountId } = waiting;
  if (own === null) {
    const why = `${payerWord(payer.method)} does not say which account this server pays from. We ask again.`;
    return wait(house, id, why, PATIENCE_MS);
  }
  if (payer.addressOf !== undefined) return handToAddress(house, payer, own, waiting);
  // The account is the one that was asked for; what stands behind it may be another since then.
  const of = { accountId, provider: payer.id, mode: payer.mode, house: own };
  const { setup, isFresh } = await setUpNow(house, of);
  const at = new Date(house.clock.now());
  if (setup === undefined || setup.ref === null) {
    const why = `The creator’s account is not set up with ${own}, the account at ${payerWord(payer.method)} that this server pays from. They set it up again.`;
    return wait(house, id, why, 0);
  }
  if (!isFresh) {
    const why = `${payerWord(payer.method)} does not say which bank stands behind the creator’s account. We ask again.`;
    return wait(house, id, why, PATIENCE_MS);
  }
  const until = setup.bankUsableFrom;
  if (until === null || until <= at) return submit(house, payer, { own, ref: setup.ref }, waiting);
  const reason = 'The bank account behind your account was changed after you asked.';
  const rule = 'A changed bank account waits before it is paid, so that its owner notices.';
  try {
    await moveWithdrawal(house, id, { move: 'hold', by: null, hold: { reason, rule, until } });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return false;
}

/** To what the creator gave, in the version that they asked for. */
async function handToAddress(
  house: House,
  payer: PayoutProvider,
  own: string,
  waiting: Waiting,
): Promise<boolean> {
  const details = await accountDetails(house.db, waiting.accountId);
  const ref = details === undefined ? null : (payer.addressOf?.(details) ?? null);
  if (ref !== null) return submit(house, payer, { own, ref }, waiting);
  const why = 'The creator’s address is not one that this server can pay to. They give another one.';
  return wait(house, waiting.id, why, 0);
}

async function submit(
  house: House,
  payer: PayoutProvider,
  { own, ref }: { readonly own: string; readonly ref: string },
  { id, minor, currency, tries }: Waiting,
): Promise<boolean> {
  const [attemptId, reserveId] = [newId(), newId()];
  const at = new Date(house.clock.now());
  const { id: provider, mode, world } = payer;
  try {
    await moveWithdrawal(house, id, {
      move: 'submit',
      by: null,
      reserve: { id: reserveId, world },
      rows: [
        {
          table: ATTEMPT_ROWS,
          values: [attemptId, id, tries + 1, provider, mode, world, ref, minor, currency, at, own, reserveId],
        },
        { table: ATTEMPT_STATE_ROWS, values: [attemptId, id, at] },
      ],
      guard: async () => [waitedStatement(id)],
    });
    return true;
  } catch (error) {
    // It was canceled, held or frozen at the same moment, or the house's cash does not reach.
    if (!(error instanceof Refusal)) throw error;
    return wait(house, id, error.message, error.code === HOUSE_SHORT_OF_CASH.code ? 0 : null);
  }
}

/**
 * It waits. Operators are told in the same commit when it has waited so long; `null`: they need not hear of it.
 */
async function wait(house: House, id: Uuid, why: string, patienceMs: number | null): Promise<false> {
  await house.db.transaction(async (tx) => {
    const at = new Date(house.clock.now());
    const since = await keepWaiting(tx, id, why, at);
    if (patienceMs === null || at.getTime() - since.getTime() < patienceMs) return;
    const withdrawal = await withdrawalById(tx, id);
    if (withdrawal?.state === 'released') await tellStuck(house, tx, withdrawal, why);
  });
  return false;
}
