import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { forgetFacts } from './gates.ts';
import { FREEZE_IS_OVER } from './refusals.ts';
import type { Gate } from './rules.ts';
import { freezeOwner, insertFreeze, insertFreezeLift } from './store.ts';

/** Closes gates of an account, with a reason that its owner reads. Answers the id of the freeze. */
export async function freezeAccount(
  house: House,
  freeze: {
    readonly userId: Uuid;
    readonly gates: readonly Gate[];
    readonly reason: string;
    readonly byUser: Uuid | null;
    /** `null` = until it is lifted. In the future. */
    readonly until: Date | null;
  },
): Promise<Uuid> {
  const id = newId();
  await insertFreeze(house.db, { ...freeze, id, at: new Date(house.clock.now()) });
  forgetFacts(house.db, freeze.userId);
  return id;
}

/** Opens the gates again. Refuses with `not_found` or `freeze_is_over`; of two at once one wins. */
export async function liftFreeze(
  house: House,
  lift: {
    readonly userId: Uuid;
    readonly freezeId: Uuid;
    readonly reason: string;
    readonly byUser: Uuid | null;
  },
): Promise<void> {
  const owner = await freezeOwner(house.db, lift.freezeId);
  if (owner !== lift.userId) throw new Refusal(NOT_FOUND);
  const lifted = await insertFreezeLift(house.db, { ...lift, at: new Date(house.clock.now()) });
  if (!lifted) throw new Refusal(FREEZE_IS_OVER);
  forgetFacts(house.db, owner);
}
