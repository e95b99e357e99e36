import type { Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import type { ReceiverDirectory } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { companyOnStage, guestGift } from './store.ts';

/** How long it is believed who is live together. A gift commits only if it is so then, so an old answer costs nothing. */
const FRESH_MS = 500;
const KEPT_MAX = 10_000;

interface Kept {
  readonly readMs: number;
  /** By user id: their own stage. */
  readonly stageOf: ReadonlyMap<Uuid, Uuid>;
}

const keptOf = oncePer((_house: House) => new Map<Uuid, Kept>());

/** Guests as the gifts slice looks them up, for each gift that is addressed to one. */
export const guestDirectory: ReceiverDirectory = {
  async find(house, { stageId, receiverId, fresh }) {
    const kept = keptOf(house);
    let company = kept.get(stageId);
    if (fresh || company === undefined || performance.now() - company.readMs > FRESH_MS) {
      const members = await companyOnStage(house.db, stageId);
      company = {
        readMs: performance.now(),
        stageOf: new Map(members.map((member) => [member.userId, member.stageId])),
      };
      if (kept.size >= KEPT_MAX) kept.clear();
      kept.set(stageId, company);
    }
    const ownStageId = company.stageOf.get(receiverId);
    if (ownStageId === undefined) return undefined;
    return {
      stageId: ownStageId,
      whileHere: (giftId, sessionId) => guestGift({ giftId, stageId, receiverId, sessionId }),
    };
  },
};

/** Reads anew who is live together on this stage the next time. */
export function forgetCompany(house: House, stageId: Uuid): void {
  keptOf(house).delete(stageId);
}
