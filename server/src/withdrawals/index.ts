import './describe-withdrawals.ts';
import { defineApprovalKind } from '../approvals/index.ts';
import { useReturned } from '../earnings/index.ts';
import type { Slice } from '../house.ts';
import { addExplanation } from '../identity/index.ts';
import { registerAuditCheck, worldAccount } from '../ledger/index.ts';
import { PAYOUT_WORLDS } from '../policy/index.ts';
import { useLiabilityLines } from '../refunds/index.ts';
import { auditWithdrawals } from './audit-withdrawals.ts';
import { explainQuote } from './explain-quote.ts';
import { startWithdrawals } from './jobs.ts';
import { paidOutLines } from './paid-out-lines.ts';
import { APPROVAL_KIND, decideRelease } from './release-withdrawal.ts';
import { decideResolution, RESOLUTION_KIND } from './resolve-withdrawal.ts';
import { decideGivingBack, FAILURE_KIND, RETURN_KIND } from './return-withdrawal.ts';
import { returnedUnitsOf } from './store.ts';
import './judge.ts';
import { consoleWithdrawalRoutes } from './console-routes.ts';
import { payoutWebhookRoutes } from './providers/webhook.ts';
import { resolveRoutes } from './resolve-routes.ts';
import { withdrawalRoutes } from './routes.ts';

export { type PaymentMade, paymentsMade, peopleWhoWithdrew } from './payments.ts';
export { type QuoteLines, quoteLines } from './quote-rules.ts';
export { type WithdrawFacts, withdrawalChecks } from './withdraw-checks.ts';
export { reservePostId } from './withdrawal-ids.ts';
export { paymentTransfers, reserveTransfer } from './withdrawal-transfers.ts';

useReturned(returnedUnitsOf);
useLiabilityLines(paidOutLines);
defineApprovalKind({
  kind: APPROVAL_KIND,
  title: 'A withdrawal',
  page: () => '/console/payouts',
  decide: (house, { subjectId }, decision) => decideRelease(house, subjectId, decision),
});
defineApprovalKind({
  kind: RETURN_KIND,
  title: 'A withdrawal that came back',
  page: () => '/console/payouts',
  decide: decideGivingBack,
});
defineApprovalKind({
  kind: FAILURE_KIND,
  title: 'A withdrawal by hand that is not paid',
  page: () => '/console/payouts',
  decide: decideGivingBack,
});
defineApprovalKind({
  kind: RESOLUTION_KIND,
  title: 'What became of a withdrawal',
  page: () => '/console/payouts',
  decide: decideResolution,
});
addExplanation('withdraw', 'withdrawals', explainQuote);
registerAuditCheck({ name: 'withdrawals agree with the ledger', run: auditWithdrawals });

/** Diamonds to money: accounts to pay to, quotes, withdrawals and their way to the bank. */
export const withdrawals: Slice = {
  name: 'withdrawals',
  async routes(app, house) {
    withdrawalRoutes(app, house);
    consoleWithdrawalRoutes(app, house);
    resolveRoutes(app, house);
    await payoutWebhookRoutes(app, house);
  },
  async start(house) {
    await house.ledger.openAccounts(PAYOUT_WORLDS.map((world) => worldAccount(world, 'USD')));
    const rounds = startWithdrawals(house);
    return async () => {
      await Promise.all(rounds.map((one) => one.stop()));
    };
  },
};
