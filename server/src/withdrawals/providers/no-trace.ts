import { publicId } from '../../core/ids.ts';
import { Refusal } from '../../core/refusal.ts';
import type { House } from '../../house.ts';
import { PAYOUT_PROVIDER_SILENT, WITHDRAWAL_MOVED_ON } from '../refusals.ts';
import type { WithdrawalNow } from '../withdrawal.ts';
import { attemptsOf } from './attempts-store.ts';
import { ownAccountAt, payerOf } from './payers.ts';

/**
 * Diamonds are given back of what was asked for before only when nothing came of it: a question that was refused, or that
 * left no trace, may have been carried out since. Refuses with `payout_provider_silent`, or with `withdrawal_moved_on`
 * where something is there; the next try finds it and goes on with it.
 */
export async function requireNoTrace(
  house: House,
  { id, reference }: Pick<WithdrawalNow, 'id' | 'reference'>,
): Promise<void> {
  const asked = (await attemptsOf(house.db, id)).filter(({ askedAt }) => askedAt !== null);
  for (const { id: attemptId, destination, minor, currency, takenRef, ...attempt } of asked) {
    const payer = payerOf(house, attempt);
    const own = payer === null ? null : await ownAccountAt(payer);
    if (payer === null || own === null || (attempt.house !== null && attempt.house !== own)) {
      throw new Refusal(PAYOUT_PROVIDER_SILENT);
    }
    // What only asking the same again would find, nobody can say was not carried out.
    if (payer.findsByAsking && takenRef === null) throw new Refusal(PAYOUT_PROVIDER_SILENT);
    const withdrawal = publicId('wd', id);
    const found = await payer.fetch({
      attemptId,
      reference,
      withdrawal,
      destination,
      minor,
      currency,
      takenRef,
    });
    if (found.kind !== 'ok') throw new Refusal(PAYOUT_PROVIDER_SILENT);
    if (found.value !== null && found.value.status !== 'back') {
      throw new Refusal(WITHDRAWAL_MOVED_ON, { state: 'at its provider' });
    }
  }
}
