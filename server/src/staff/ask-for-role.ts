import { type Approval, askApproval, type Decision, decideApproval } from '../approvals/index.ts';
import { DAY_MS } from '../core/clock.ts';
import { publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import {
  becomeRole,
  changeRole,
  closeSockets,
  type GivenRole,
  type Person,
  peopleByIds,
} from '../identity/index.ts';
import { ROLE_IS_THEIRS, ROLE_TAKES_TWO } from './refusals.ts';

/** Roles that move money or give roles: two operators give them together. */
export const POWERFUL_ROLES = ['operator', 'support'] as const;
export type PowerfulRole = (typeof POWERFUL_ROLES)[number];

const OPEN_MS = 7 * DAY_MS;

/** The kind of an approval that gives a role. */
export function roleKind(role: PowerfulRole): string {
  return `role_${role}`;
}

/**
 * Takes a role from another person at once, or gives one that has no power. Their sessions end. Refuses with
 * `role_takes_two` or `role_is_your_own`.
 */
export async function setRole(
  house: House,
  change: {
    readonly userId: Uuid;
    readonly role: GivenRole;
    readonly granted: boolean;
    readonly byUser: Uuid;
    readonly reason: string;
  },
): Promise<void> {
  if (change.granted && isPowerful(change.role)) throw new Refusal(ROLE_TAKES_TWO, { role: change.role });
  await changeRole(house, change);
}

/**
 * Asks another operator to give somebody a role that has power. Refuses with `role_is_theirs` or, where there is nobody
 * to ask, `no_second_operator`.
 */
export async function askForRole(
  house: House,
  asked: {
    readonly person: Person;
    readonly role: PowerfulRole;
    readonly by: Uuid;
    readonly reason: string;
  },
): Promise<Approval> {
  const { person, role, by, reason } = asked;
  if (person.roles.includes(role)) throw new Refusal(ROLE_IS_THEIRS, { role });
  const nowMs = house.clock.now();
  return house.db.transaction((tx) =>
    askApproval(tx, {
      kind: roleKind(role),
      subjectId: person.id,
      summary: `Give ${person.displayName} (@${person.handle}) the role ${role}`,
      body: { person: publicId('user', person.id), handle: person.handle, role, why: reason },
      by,
      nowMs,
      expiresMs: nowMs + OPEN_MS,
    }),
  );
}

/**
 * Decides on it: approved, the person has the role in the same commit, and their sessions end. Refuses as
 * `decideApproval` does, and with `role_is_your_own` to whoever would get it.
 */
export async function decideRole(
  house: House,
  role: PowerfulRole,
  { subjectId }: Approval,
  decision: Decision,
): Promise<void> {
  const nowMs = house.clock.now();
  const ended = await house.db.transaction(async (tx) => {
    const approval = await decideApproval(tx, { ...decision, kind: roleKind(role), nowMs });
    if (approval.subjectId !== subjectId) throw new Refusal(NOT_FOUND);
    if (decision.verdict !== 'approved') return [];
    const asker = (await peopleByIds(tx, [approval.askedBy])).get(approval.askedBy);
    const reason = `Asked for by @${asker?.handle ?? 'somebody'}: ${String(approval.body.why)}`;
    return becomeRole(tx, { userId: subjectId, role, granted: true, byUser: decision.by, reason, nowMs });
  });
  closeSockets(house, ended);
}

function isPowerful(role: GivenRole): role is PowerfulRole {
  return POWERFUL_ROLES.some((powerful) => powerful === role);
}
