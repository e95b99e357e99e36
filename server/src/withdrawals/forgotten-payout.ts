import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { payerWord } from './methods/words.ts';
import { type Attempt, knownOf, lookSoon } from './providers/attempts-store.ts';
import type { PayoutOperation, PayoutProvider } from './providers/provider.ts';
import { FORGOTTEN, NO_TRACE } from './providers/resolution-rules.ts';
import { PAYOUT_NUMBER_WRONG, PAYOUT_PROVIDER_SILENT, PAYOUT_SETTLES_ITSELF } from './refusals.ts';
import { choiceOf, type Resolving } from './resolution-choices.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/** A payment that was asked for and never answered, and whoever was asked. */
interface Forgotten {
  readonly withdrawal: WithdrawalNow;
  readonly attempt: Attempt;
  readonly payer: PayoutProvider;
  readonly operation: PayoutOperation;
}

/**
 * What two operators can make of a payment that its provider never answered for, and that nobody may ask for again: nobody can
 * look it up but by a number that a webhook named, or that people found there. What the provider itself knows under such a
 * number as this payment is booked by itself. Refuses with `payout_provider_silent`, `payout_settles_itself` or
 * `payout_number_wrong`.
 */
export async function lookAtForgotten(
  house: House,
  { withdrawal, attempt, payer, operation }: Forgotten,
  number: string | null,
): Promise<Resolving> {
  const now = house.clock.now();
  // While the same may be asked again, that finds it.
  if (attempt.askedAt === null || now - attempt.askedAt.getTime() < payer.keyMs) {
    throw new Refusal(PAYOUT_PROVIDER_SILENT);
  }
  if (attempt.toldRef !== null) {
    const heard = await payer.fetch(operation);
    if (heard.kind !== 'ok') throw new Refusal(PAYOUT_PROVIDER_SILENT);
    if (heard.value !== null) throw new Refusal(PAYOUT_SETTLES_ITSELF, { said: heard.value.rawStatus });
  }
  if (number !== null) await lookUp(house, { withdrawal, attempt, payer, operation }, number);
  await requireUnheard(house.db, attempt, number);
  return {
    withdrawal,
    attempt,
    said: NO_TRACE,
    advice: null,
    choices: FORGOTTEN.map((one) => choiceOf(withdrawal, one)),
  };
}

/** What the provider has under a number that people found: this payment, another one, or nothing that it tells us of. */
async function lookUp(
  house: House,
  { withdrawal, attempt, payer, operation }: Forgotten,
  number: string,
): Promise<void> {
  const found = await payer.fetch({ ...operation, takenRef: number });
  // A number that it does not take is none that it would tell of.
  if (found.kind === 'unknown' || found.kind === 'retryable') throw new Refusal(PAYOUT_PROVIDER_SILENT);
  if (found.kind !== 'ok' || found.value === null) return;
  const { attemptId, rawStatus } = found.value;
  if (attemptId !== attempt.id) {
    const why = `${payerWord(withdrawal.method)} has another payment under it (${rawStatus})`;
    throw new Refusal(PAYOUT_NUMBER_WRONG, { number, why });
  }
  await lookSoon(house.db, { attemptIds: [attempt.id], takenRefs: [number] }, new Date(house.clock.now()));
  throw new Refusal(PAYOUT_SETTLES_ITSELF, { said: rawStatus });
}

/**
 * No webhook has named it since it was looked at, and nobody else has the number. Refuses with `payout_settles_itself` or
 * `payout_number_wrong`.
 */
export async function requireUnheard(
  db: Queryable,
  { id, toldRef }: Pick<Attempt, 'id' | 'toldRef'>,
  number: string | null,
): Promise<void> {
  const known = await knownOf(db, id, number);
  if (known.toldRef !== toldRef)
    throw new Refusal(PAYOUT_SETTLES_ITSELF, { said: known.toldRef ?? NO_TRACE });
  if (number !== null && known.others !== null) {
    throw new Refusal(PAYOUT_NUMBER_WRONG, { number, why: `it is booked as the payment of ${known.others}` });
  }
}
