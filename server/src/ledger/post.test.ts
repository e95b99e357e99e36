import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../test/harness.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { ASSET_LEDGERS, accountId, TransferCodes, userAccounts } from './chart.ts';
import { openLedger } from './post.ts';
import { NIL_ID, type TransferEvent } from './transfer.ts';

function coins(debit: Uuid, credit: Uuid, amount: bigint, id = newId()): TransferEvent {
  return {
    id,
    debitAccountId: debit,
    creditAccountId: credit,
    amount,
    pendingId: NIL_ID,
    userData128: NIL_ID,
    userData64: 0n,
    userData32: 0,
    timeout: 0,
    ledger: ASSET_LEDGERS.COIN,
    code: TransferCodes.gift,
    flags: 0,
  };
}

test('a posting moves money once', async () => {
  const db = await testDatabase();
  const ledger = await openLedger({ db, mustBeDurable: false });
  const fan = newId();
  await ledger.openAccounts(userAccounts(fan));
  const fanCoins = accountId(fan, 'coins', 'COIN');
  const issued = accountId('platform', 'coins_issued', 'COIN');
  const spent = accountId('platform', 'coins_spent', 'COIN');
  const funded = await ledger.post({ transfers: [coins(issued, fanCoins, 100n)] });
  assert.equal(funded.kind, 'posted');

  const gift = [coins(fanCoins, spent, 60n)];
  const first = await ledger.post({ transfers: gift });
  assert.equal(first.kind, 'posted');
  if (first.kind === 'posted') assert.equal(first.accounts.get(fanCoins)?.debitsPosted, 60n);
  const again = await ledger.post({ transfers: gift });
  assert.equal(again.kind, 'exists');
  const tooMuch = [coins(fanCoins, spent, 60n)];
  const refused = await ledger.post({ transfers: tooMuch });
  assert.deepEqual(refused, { kind: 'refused', result: 'exceeds_credits', index: 0, replayed: false });
  const replay = await ledger.post({ transfers: tooMuch });
  assert.deepEqual(replay, { kind: 'refused', result: 'exceeds_credits', index: 0, replayed: true });
  const balances = await ledger.balances([fanCoins]);
  assert.equal(balances.get(fanCoins)?.creditsPosted, 100n);
  assert.equal(balances.get(fanCoins)?.debitsPosted, 60n);
  await ledger.close();
});
