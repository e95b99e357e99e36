import { DAY_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import type { Ratio } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { addGateChecks, type GateCheck, ownGateChecks } from '../identity/index.ts';
import { accountId, debitRoom } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { currentRate } from '../rates/index.ts';
import { approvedCases, newestCase } from '../verification/index.ts';
import { returnReason } from './methods/return-codes.ts';
import { accountsKnown } from './providers/payers.ts';
import { accountsOf, pastOf, returnsOf, wasPaidTo } from './store.ts';
import { payablePolicy } from './terms.ts';
import { type AccountFacts, type Asked, type WithdrawFacts, withdrawalChecks } from './withdraw-checks.ts';
import type { PayoutAccount } from './withdrawal.ts';

/** What the gate says of somebody who asks for this withdrawal; refuses with the first check that fails. */
export async function requireWithdrawal(
  house: House,
  userId: Uuid,
  asked: Asked,
  about: { readonly policy: Policy; readonly facts: WithdrawFacts },
): Promise<void> {
  const checks = [
    ...(await ownGateChecks(house, 'withdraw', userId)),
    ...withdrawalChecks(about.facts, about.policy, asked),
  ];
  for (const { check, kind, data } of checks) if (!check.passed) throw new Refusal(kind, data);
}

/** What the checks look at, as of now. */
export async function withdrawFacts(
  house: House,
  userId: Uuid,
  centsPerUnit: Ratio,
  nowMs: number,
): Promise<WithdrawFacts> {
  const [accounts, past, availableUnits, newest, approved, returns] = await Promise.all([
    accountsOf(house.db, userId, accountsKnown(house)),
    pastOf(house.db, userId, { since: new Date(nowMs - 7 * DAY_MS), now: new Date(nowMs) }),
    availableUnitsOf(house, userId),
    newestCase(house.db, userId),
    approvedCases(house.db, [userId]),
    returnsOf(house.db, userId),
  ]);
  const papers = approved.get(userId);
  return {
    nowMs,
    availableUnits,
    accounts: accounts.map((account) => ({ ...account, bounced: toCorrect(account, returns) })),
    ...past,
    recent: past.recent.map(({ at, cents, method }) => ({ atMs: at.getTime(), cents, method })),
    centsPerUnit,
    identity: papers === undefined ? (newest?.state ?? 'none') : 'approved',
    paperName: papers ?? null,
  };
}

/** What a bank said was wrong with an account that it sent money back from; `null` where nothing is to be corrected. */
function toCorrect({ id, method }: PayoutAccount, returns: ReadonlyMap<Uuid, string>): string | null {
  // What stands at a provider is corrected there, and the provider says when it is.
  if (method !== 'sepa' && method !== 'ach') return null;
  const reason = returnReason(returns.get(id) ?? '');
  return reason === null || reason.field === null ? null : reason.words;
}

/**
 * How long a withdrawal to this account is held until somebody has looked at it once, in milliseconds: a person's first one,
 * and the first one to an account whose bank the provider alone knows.
 */
export async function firstHoldMs(
  { db }: Pick<House, 'db'>,
  facts: Pick<WithdrawFacts, 'paidBefore'>,
  account: AccountFacts | undefined,
  { payouts }: Pick<Policy, 'payouts'>,
): Promise<number> {
  if (payouts.firstHoldMs === 0 || !facts.paidBefore) return payouts.firstHoldMs;
  if (account === undefined || account.setup === null) return 0;
  return (await wasPaidTo(db, account.id)) ? 0 : payouts.firstHoldMs;
}

/** Diamond units that could be reserved now. */
export async function availableUnitsOf(house: House, userId: Uuid): Promise<bigint> {
  const id = accountId(userId, 'diamonds_available', 'DIAMOND');
  const account = (await house.ledger.balances([id])).get(id);
  return account === undefined ? 0n : debitRoom(account);
}

/** Whether any withdrawal could be asked for: what `GET /v1/me/explain/withdraw` shows beside identity's own checks. */
async function explainWithdraw(house: House, userId: Uuid): Promise<GateCheck[]> {
  const nowMs = house.clock.now();
  const [policy, { centsPerUnit }] = await Promise.all([
    payablePolicy(house, nowMs),
    currentRate(house.db, nowMs),
  ]);
  return withdrawalChecks(await withdrawFacts(house, userId, centsPerUnit, nowMs), policy, null);
}

addGateChecks('withdraw', 'withdrawals', explainWithdraw);
