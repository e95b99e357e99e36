import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import {
  ACH_ACCOUNT,
  addAccount,
  confirm,
  creatorWith,
  SENDERS,
  withdraw,
} from '../../test/withdrawal-scene.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { parsePublicId } from '../core/ids.ts';
import { moveWithdrawal } from './move-withdrawal.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const fiatRates = { kind: 'none' } as const;
const site = await testHouse({ clock, config: { payouts: SENDERS, fiatRates } });
const address = { street: 'Marktplatz 1', postcode: '10115', town: 'Berlin', country: 'DE' };
const sender = SENDERS.sepa ?? assert.fail('no sender');
const placed = await testHouse({
  clock,
  config: { payouts: { ...SENDERS, sepa: { ...sender, address } }, fiatRates },
});

const GB = { method: 'sepa', holder: 'Mira Solane', iban: 'GB29 NWBK 6016 1331 9268 19' };

test('a bank outside the European Economic Area is paid by a house with an address, and by its BIC', async () => {
  for (const [house, status, code] of [
    [site, 409, 'payout_method_unavailable'],
    [placed, 201, undefined],
  ] as const) {
    const mira = await creatorWith(house, 'mira', 0n);
    await confirm(mira);
    const without = await mira.post('/v1/me/payout-accounts', GB);
    assert.deepEqual([without.body.code, without.body.field], ['payout_account_invalid', '/bic']);
    assert.match(without.body.detail, /BIC is needed beside an IBAN of GB/);
    const given = await mira.post('/v1/me/payout-accounts', { ...GB, bic: 'NWBKGB2L' });
    assert.deepEqual([given.status, given.body.code], [status, code]);
    const inside = await mira.post('/v1/me/payout-accounts', { ...GB, iban: 'NL91 ABNA 0417 1643 00' });
    assert.equal(inside.status, 201);
    const { methods } = (await mira.get('/v1/me/payout-methods')).body;
    const { countries } = methods.find(({ method }: { method: string }) => method === 'sepa');
    assert.deepEqual(
      ['GB', 'CH', 'DE', 'NO'].map((country) => countries.includes(country)),
      [house === placed, house === placed, true, true],
    );
  }
});

test('an account that its bank sent money back from is not taken again as if nothing had been', async () => {
  const olu = await anOperator(site, 'olu');
  const by = parsePublicId('user', olu.id) ?? assert.fail('no id');
  const nora = await creatorWith(site, 'nora', 20_000_000n);
  const account = await addAccount(nora);
  clock.advance(DAY_MS);
  const wd = await withdraw(nora, account, 2_000_000n);
  const id = parsePublicId('wd', wd.id) ?? assert.fail('no id');
  const back = async (code: string) => {
    await moveWithdrawal(site.house, id, { move: 'return', by, code });
  };
  await moveWithdrawal(site.house, id, { move: 'release', by });
  await moveWithdrawal(site.house, id, { move: 'file', by });
  await moveWithdrawal(site.house, id, { move: 'send', by });
  await back('R03');
  const asks = (accountId: string) =>
    nora.post('/v1/me/withdrawals/quotes', { diamondUnits: '2000000', accountId });
  const refused = await asks(account);
  assert.deepEqual([refused.status, refused.body.code], [409, 'payout_account_bounced']);
  assert.match(
    refused.body.detail,
    /·7890 came back: the name and the account number do not fit each other\.$/,
  );
  const { passed, checks } = (await nora.get('/v1/me/explain/withdraw')).body;
  const check = checks.find(({ code }: { code: string }) => code === 'payout_account_bounced');
  assert.deepEqual([passed, check.passed], [false, false]);

  const again = await addAccount(nora, { ...ACH_ACCOUNT, holder: 'Nora Solane', replaces: account });
  clock.advance(DAY_MS);
  assert.equal((await asks(again)).status, 201);
});
