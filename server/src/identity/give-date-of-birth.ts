import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import { forgetFacts } from './gates.ts';
import { DATE_OF_BIRTH_LOCKED } from './refusals.ts';
import { validDateOfBirth } from './sign-up.ts';
import { dateOfBirthCorrections, lockPeople, personAlone, updateDateOfBirth } from './store.ts';

/**
 * Gives or corrects a person's own date of birth. Giving the first one, or the same one again, is no correction.
 * Refuses with `date_of_birth_invalid`, `too_young_to_sign_up` or `date_of_birth_locked`.
 */
export async function giveDateOfBirth(house: House, userId: Uuid, date: string): Promise<void> {
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  validDateOfBirth(date, policy, nowMs);
  const most = policy.people.dateOfBirthCorrectionsMax;
  await house.db.transaction(async (tx) => {
    await lockPeople(tx, [userId]);
    const person = await personAlone(tx, userId);
    if (person === undefined) throw new Refusal(NOT_FOUND);
    if (person.dateOfBirth === date) return;
    if (person.dateOfBirth !== null && (await dateOfBirthCorrections(tx, userId)) >= most) {
      throw new Refusal(DATE_OF_BIRTH_LOCKED, { times: most }, '/dateOfBirth');
    }
    await updateDateOfBirth(tx, {
      id: newId(),
      userId,
      oldDate: person.dateOfBirth,
      newDate: date,
      byUser: userId,
      at: new Date(nowMs),
    });
  });
  forgetFacts(house.db, userId);
  await house.hub.recheck(userId);
}
