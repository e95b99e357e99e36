import './describe-refunds.ts';
import './dispute-gate.ts';
import { defineApprovalKind } from '../approvals/index.ts';
import { useReturns } from '../gifts/index.ts';
import type { Slice } from '../house.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { shopOf, usePaymentNews } from '../purchases/index.ts';
import { APPROVAL_KIND, decideRefund } from './approve-refund.ts';
import { auditRefunds } from './audit-refunds.ts';
import { BY_HAND } from './by-hand.ts';
import { consoleOrderRoutes } from './console-order-routes.ts';
import { consoleRefundRoutes } from './console-routes.ts';
import { disputeRoutes } from './dispute-routes.ts';
import { DIRECTED } from './find-lot.ts';
import { startReturns } from './jobs.ts';
import { hearPayment } from './meet-recalls.ts';
import { OWNER } from './owner-funds.ts';
import { decideVerdict, PARKED_REFUND_KIND } from './parked-refund.ts';
import { decideResolutionById, PARKED_ORDER_KIND } from './resolve-parked.ts';
import { refundRoutes } from './routes.ts';
import { peopleTakenFrom } from './taken-back.ts';

export { DIRECTED } from './find-lot.ts';
export { reserveOf } from './keep-reserve.ts';
export { type LiabilityLine, useLiabilityLines } from './liabilities.ts';
export { ownerFunds } from './owner-funds.ts';
export { peopleTakenFrom, type TakenBack, takenBackOf } from './taken-back.ts';

usePaymentNews(hearPayment);
useReturns({ codes: DIRECTED, peopleTakenFrom });
defineApprovalKind({
  kind: APPROVAL_KIND,
  title: 'A refund',
  page: () => '/console/refunds',
  decide: (house, { subjectId }, decision) => decideRefund(house, subjectId, decision),
});
defineApprovalKind({
  kind: PARKED_REFUND_KIND,
  title: 'A refund nobody understands',
  page: () => '/console/refunds',
  decide: decideVerdict,
});
defineApprovalKind({
  kind: PARKED_ORDER_KIND,
  title: 'An order that waits for a person',
  page: () => '/console/refunds',
  decide: (house, { subjectId }, decision) => decideResolutionById(shopOf(house), subjectId, decision),
});
registerAuditCheck({ name: 'refunds and disputes agree with the ledger', run: auditRefunds });

/** Money that goes back: refunds of what is unspent, disputes, the reserve. */
export const refunds: Slice = {
  name: 'refunds',
  routes(app, house) {
    refundRoutes(app, house);
    consoleRefundRoutes(app, house);
    consoleOrderRoutes(app, house);
    disputeRoutes(app, house);
  },
  async start(house) {
    await house.ledger.openAccounts([OWNER, BY_HAND]);
    const rounds = startReturns(house);
    return async () => {
      await Promise.all(rounds.map((one) => one.stop()));
    };
  },
};
