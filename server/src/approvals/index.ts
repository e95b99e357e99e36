import type { Slice } from '../house.ts';
import { approvalRoutes } from './routes.ts';

export { askApproval, withdrawApproval } from './ask-approval.ts';
export { decideApproval, requireDecidable } from './decide-approval.ts';
export { type Decision, defineApprovalKind } from './kinds.ts';
export type { Approval, ApprovalBody } from './rules.ts';
export { approvalSchema } from './schema.ts';
export { type ApprovalJson, approvalsJson } from './show.ts';
export { approvalById, decisionStatement, lockSubject, newestApproval } from './store.ts';

/** Two-person decisions: what one operator asks for, another approves or rejects, once. */
export const approvals: Slice = {
  name: 'approvals',
  routes: approvalRoutes,
};
