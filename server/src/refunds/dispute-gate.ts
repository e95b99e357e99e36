import type { Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import type { Database } from '../db/database.ts';
import type { House } from '../house.ts';
import { addGateChecks, type GateCheck } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { disputingPeople } from './recall-store.ts';
import { PAYMENT_DISPUTED } from './refusals.ts';

/** How old what is known of them may be: every gift asks. A dispute met in another process holds after so long. */
const KNOWN_MS = 1_000;

interface Known {
  people: Promise<ReadonlyMap<Uuid, boolean>> | null;
  readMs: number;
}

const knownIn = oncePer((_db: Database): Known => ({ people: null, readMs: 0 }));

/** Call when a dispute was opened or decided in this process. */
export function forgetDisputes(db: Database): void {
  knownIn(db).people = null;
}

/** Whose payment is disputed (true) or was lost and not pardoned (false). There are few. */
function disputing(db: Database): Promise<ReadonlyMap<Uuid, boolean>> {
  const known = knownIn(db);
  // Real time, not the house's clock: a turned clock does not make memory fresh.
  const nowMs = performance.now();
  if (known.people === null || nowMs - known.readMs >= KNOWN_MS) {
    known.readMs = nowMs;
    const asked = disputingPeople(db).then(
      (rows) => new Map(rows.map(({ userId, open }): [Uuid, boolean] => [userId, open])),
    );
    known.people = asked;
    // A question that failed is asked again.
    asked.catch(() => {
      if (known.people === asked) known.people = null;
    });
  }
  return known.people;
}

/** Whether a disputed payment stands between a person and buying or giving. */
function disputeChecks(action: string) {
  return async (house: House, userId: Uuid): Promise<readonly GateCheck[]> => {
    const open = (await disputing(house.db)).get(userId);
    if (open === undefined) return [];
    if (!(await currentPolicy(house.db, house.clock.now())).refunds.disputeBlocks) return [];
    return [
      {
        check: {
          code: PAYMENT_DISPUTED.code,
          passed: false,
          rule: `No payment of yours is disputed when you ${action}`,
          have: open
            ? 'A payment is disputed with your bank'
            : 'A disputed payment was taken back by your bank',
          need: 'None',
          remedy: open ? PAYMENT_DISPUTED.remedy : 'Ask support to look at it.',
          whoCanChange: 'support',
          earliest: null,
        },
        kind: PAYMENT_DISPUTED,
        data: { action },
      },
    ];
  };
}

addGateChecks('buy', 'refunds', disputeChecks('buy'));
addGateChecks('send', 'refunds', disputeChecks('send gifts'));
