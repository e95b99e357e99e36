import { amountJson } from '../core/money.ts';
import type { House } from '../house.ts';
import { accountId } from '../ledger/index.ts';
import { PAYOUT_WORLDS } from '../policy/index.ts';
import type { LiabilityLine } from '../refunds/index.ts';

/**
 * What went to creators in each way and has not come back, and what of it nobody knows for sure: beside the house's cash,
 * which it is gone from already.
 */
export async function paidOutLines(house: House): Promise<LiabilityLine[]> {
  const balances = await house.ledger.balances(
    PAYOUT_WORLDS.map((world) => accountId('world', world, 'USD')),
  );
  const [parked] = await house.db.query<{ count: number; cents: bigint }>(
    `select count(*)::int as count, coalesce(sum(w.net_cents), 0)::bigint as cents
       from withdrawal_states s join withdrawals w on w.id = s.withdrawal_id where s.state = 'parked'`,
  );
  const line = (label: string, cents: bigint, note: string): LiabilityLine => ({
    label,
    amount: amountJson('USD', cents),
    money: amountJson('USD', 0n),
    note,
  });
  const out = PAYOUT_WORLDS.flatMap((world) => {
    const account = balances.get(accountId('world', world, 'USD'));
    const cents = account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
    if (cents <= 0n) return [];
    const label = `Paid out through ${world.replaceAll('_', ', ')}`;
    return [line(label, cents, 'To creators, less what came back. Gone from the cash already.')];
  });
  if (parked === undefined || parked.count === 0) return out;
  const asked = `${parked.count} ${parked.count === 1 ? 'withdrawal waits' : 'withdrawals wait'} for operators. In the lines above.`;
  return [...out, line('Payouts that are asked about', parked.cents, asked)];
}
