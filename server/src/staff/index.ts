import { defineApprovalKind } from '../approvals/index.ts';
import type { Slice } from '../house.ts';
import { decideRole, POWERFUL_ROLES, roleKind } from './ask-for-role.ts';
import { staffRoutes } from './routes.ts';

for (const role of POWERFUL_ROLES) {
  defineApprovalKind({
    kind: roleKind(role),
    title: 'A role',
    page: () => '/console/people',
    decide: (house, approval, decision) => decideRole(house, role, approval, decision),
  });
}

/** Who works here: roles with power, which two operators give together and one takes at once. */
export const staff: Slice = {
  name: 'staff',
  routes: staffRoutes,
};
