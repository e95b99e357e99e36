import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import {
  ACH_ACCOUNT,
  addAccount,
  availableOf,
  confirm,
  creatorWith,
  quoteFor,
  SENDERS,
  userIdOf,
  withdraw,
} from '../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { freezeAccount } from '../identity/index.ts';
import { accountId } from '../ledger/index.ts';
import { auditWithdrawals } from './audit-withdrawals.ts';
import { endHolds } from './jobs.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { tellWithdrawals } from './tell-withdrawals.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock, config: { payouts: SENDERS } });
const { house } = site;
const olu = await anOperator(site, 'olu');

const wdId = (publicName: string) => parsePublicId('wd', publicName) as Uuid;
const audited = async () => assert.deepEqual(await auditWithdrawals(house.db), []);
/** An account whose cool-down is over. */
async function usableAccount(person: Person, account: object = ACH_ACCOUNT): Promise<string> {
  const id = await addAccount(person, account);
  clock.advance(DAY_MS);
  return id;
}
const BY_HAND = {
  method: 'manual',
  holder: 'Mira Solane',
  country: 'BR',
  instructions: 'Pay to the box at the corner.',
};
/** Has somebody's first withdrawal arrive: 2,000 Diamonds, $27.00, by hand. */
async function payFirst(person: Person): Promise<void> {
  const account = await usableAccount(person, BY_HAND);
  const { id } = await withdraw(person, account, 2_000_000n);
  for (const move of ['release', 'send', 'pay'] as const) {
    await moveWithdrawal(house, wdId(id), { move, by: userIdOf(olu) });
  }
}
const usdOf = async (...names: ['platform' | 'world', string][]) => {
  const ids = names.map(([owner, name]) => accountId(owner as 'world', name, 'USD'));
  const accounts = await house.ledger.balances(ids);
  return ids.map((id) => {
    const account = accounts.get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  });
};

describe('accounts to pay to', () => {
  test('an account is asked for with a fresh confirmation, checked, masked, and waits a day', async () => {
    const mira = await creatorWith(site, 'masked', 0n);
    const unconfirmed = await mira.post('/v1/me/payout-accounts', ACH_ACCOUNT);
    assert.equal(unconfirmed.body.code, 'confirmation_needed');
    await confirm(mira);
    const wrong = await mira.post('/v1/me/payout-accounts', { ...ACH_ACCOUNT, routing: '011401534' });
    assert.deepEqual(
      [wrong.status, wrong.body.code, wrong.body.field],
      [422, 'payout_account_invalid', '/routing'],
    );
    assert.ok(!JSON.stringify(wrong.body).includes('011401534'), 'no answer tells the number');
    const made = await mira.post('/v1/me/payout-accounts', ACH_ACCOUNT);
    assert.equal(made.status, 201);
    const { account } = made.body;
    assert.deepEqual([account.masked, account.usable, account.currency], ['··7890', false, 'USD']);
    assert.equal(account.usableFrom, new Date(clock.now() + DAY_MS).toISOString());
    const listed = await mira.get('/v1/me/payout-methods');
    assert.ok(!JSON.stringify(listed.body).includes('1234567890'));
    assert.ok(!JSON.stringify(listed.body).includes('011401533'));
    clock.advance(DAY_MS);
    assert.equal((await mira.get('/v1/me/payout-methods')).body.accounts[0].usable, true);
  });

  test('a change is a new version that waits anew; of two at once one is taken', async () => {
    const mira = await creatorWith(site, 'changer', 0n);
    const first = await usableAccount(mira);
    await confirm(mira);
    const changes = await Promise.all(
      ['Mira Solane-Reyes', 'Mira S. Reyes'].map((holder) =>
        mira.post('/v1/me/payout-accounts', { ...ACH_ACCOUNT, holder, replaces: first }),
      ),
    );
    assert.deepEqual(changes.map(({ status }) => status).sort(), [201, 409]);
    const { accounts } = (await mira.get('/v1/me/payout-methods')).body;
    assert.equal(accounts.length, 1);
    assert.equal(accounts[0].usable, false);
    const gone = await mira.request('DELETE', `/v1/me/payout-accounts/${accounts[0].id}`);
    assert.equal(gone.status, 204);
    assert.deepEqual((await mira.get('/v1/me/payout-methods')).body.accounts, []);
  });

  test('the same change sent twice, also at once, is one change; sent after the next one it is refused', async () => {
    const mira = await creatorWith(site, 'resender', 0n);
    const first = await usableAccount(mira);
    await confirm(mira);
    const change = { ...ACH_ACCOUNT, holder: 'Mira Solane-Reyes', replaces: first };
    const sent = await Promise.all([1, 2].map(() => mira.post('/v1/me/payout-accounts', change)));
    sent.push(await mira.post('/v1/me/payout-accounts', change));
    assert.deepEqual(
      sent.map(({ status, body }) => [status, body.account.id]),
      sent.map(() => [201, sent[0]?.body.account.id]),
    );
    const next = { ...change, holder: 'Mira S. Reyes', replaces: sent[0]?.body.account.id };
    assert.equal((await mira.post('/v1/me/payout-accounts', next)).status, 201);
    const late = await mira.post('/v1/me/payout-accounts', change);
    assert.deepEqual([late.status, late.body.code], [409, 'payout_account_changed']);
    const { accounts } = (await mira.get('/v1/me/payout-methods')).body;
    assert.deepEqual(
      accounts.map(({ holder }: { holder: string }) => holder),
      ['Mira S. Reyes'],
    );
  });

  test('a confirmation gives the session a new token, counts five minutes, and wrong passwords are counted', async () => {
    const mira = await creatorWith(site, 'confirmer', 0n);
    const before = mira.cookie;
    await confirm(mira);
    const after = mira.cookie;
    assert.notEqual(after, before);
    const old = await fetch(`${site.origin}/v1/me/withdrawals`, { headers: { cookie: before } });
    assert.equal(old.status, 401, 'the token before is worth nothing');
    clock.advance(5 * MINUTE_MS);
    assert.equal((await mira.post('/v1/me/payout-accounts', ACH_ACCOUNT)).status, 201);
    clock.advance(1);
    assert.equal((await mira.post('/v1/me/payout-accounts', ACH_ACCOUNT)).body.code, 'confirmation_needed');
    const tries = [];
    for (let n = 0; n < 11; n += 1) {
      tries.push(
        (await mira.post('/v1/session/confirmation', { password: 'another pass phrase' })).body.code,
      );
    }
    assert.equal(tries[9], 'wrong_password');
    assert.equal(tries[10], 'too_many_tries');
    assert.equal((await mira.post('/v1/session/confirmation', {})).body.code, 'too_many_tries');
  });
});

describe('a quote', () => {
  test('every line of it adds up, and it says when the money arrives', async () => {
    const mira = await creatorWith(site, 'quoter', 40_000_000n);
    const account = await usableAccount(mira);
    const quote = await quoteFor(mira, account, 40_000_000n);
    // 40,000 × 1.35 cents = $540.00, 50 cents of it the fee
    assert.deepEqual(
      [quote.gross.display, quote.fee.display, quote.tax.display, quote.net.display, quote.get.display],
      ['$540.00', '$0.50', '$0.00', '$539.50', '$539.50'],
    );
    assert.deepEqual(
      quote.lines.map(({ label, value }: { label: string; value: string }) => `${label}: ${value}`),
      [
        '40,000 Diamonds at $13.50 per 1,000: $540.00',
        'Transfer fee: −$0.50',
        'Tax withheld: $0.00',
        'You get: $539.50',
      ],
    );
    assert.equal(quote.heldMs, 15 * MINUTE_MS);
    // A first withdrawal waits a day; then one business day to look at it and two of the bank, round Thanksgiving.
    const days = [quote.quotedAt.slice(0, 10), quote.arrivesBy];
    assert.equal(days[0] !== undefined && days[0] < days[1], true);
  });

  test('too little, too much, somebody else’s account: refused as the explanation says', async () => {
    const mira = await creatorWith(site, 'asker', 5_000_000n);
    const account = await usableAccount(mira);
    const ask = async (units: string, to = account) =>
      (await mira.post('/v1/me/withdrawals/quotes', { diamondUnits: units, accountId: to })).body.code;
    assert.equal(await ask('1999999'), 'withdrawal_too_small');
    assert.equal(await ask('5000001'), 'insufficient_diamonds');
    assert.equal(await ask('74075000'), 'insufficient_diamonds');
    const other = await creatorWith(site, 'asker_other', 0n);
    assert.equal(await ask('2000000', await usableAccount(other)), 'payout_account_missing');
    for (const bad of ['0', '-5', '1.5', '1e400', '٣', ' 2000000', '9223372036854775808']) {
      assert.equal(await ask(bad), 'invalid_request', bad);
    }
    const { checks } = (await mira.get('/v1/me/explain/withdraw')).body;
    assert.ok(
      checks.every(({ passed }: { passed: boolean }) => passed),
      JSON.stringify(checks),
    );
    await freezeAccount(house, {
      userId: userIdOf(mira),
      gates: ['withdraw'],
      reason: 'We look at something.',
      byUser: null,
      until: new Date(clock.now() + HOUR_MS),
    });
    assert.equal(await ask('2000000'), 'account_frozen');
    const frozen = (await mira.get('/v1/me/explain/withdraw')).body;
    const [failed] = frozen.checks.filter(({ passed }: { passed: boolean }) => !passed);
    assert.deepEqual(
      [frozen.passed, failed.code, failed.earliest],
      [false, 'account_frozen', new Date(clock.now() + HOUR_MS).toISOString()],
    );
  });
});

describe('a withdrawal', () => {
  test('reserves its Diamonds, is held as a first one, and is answered the same however often it is asked for', async () => {
    const mira = await creatorWith(site, 'first', 40_000_000n);
    const account = await usableAccount(mira);
    const quote = await quoteFor(mira, account, 30_000_000n);
    const key = newId();
    assert.equal(
      (await mira.post('/v1/me/withdrawals', { quoteId: quote.id }, key)).body.code,
      'confirmation_needed',
    );
    await confirm(mira);
    assert.equal(
      (await mira.post('/v1/me/withdrawals', { quoteId: quote.id })).body.code,
      'idempotency_key_missing',
    );
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => mira.post('/v1/me/withdrawals', { quoteId: quote.id }, key)),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(answers.map(({ body }) => body.withdrawal.id)).size, 1);
    assert.equal(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null).length, 1);
    const { withdrawal } = answers[0]?.body ?? {};
    assert.deepEqual([withdrawal.state, withdrawal.cancelable, withdrawal.cancelNote], ['held', true, null]);
    assert.match(withdrawal.reference, /^CAR-[0-9A-Z]{10}$/);
    assert.equal(await availableOf(house, mira), 10_000_000n);
    assert.equal(
      (await mira.post('/v1/me/withdrawals', { quoteId: quote.id }, newId())).body.code,
      'first_withdrawal_waits',
    );
    const [wd] = (await mira.get('/v1/me/withdrawals')).body.items;
    const shown = await mira.get(`/v1/me/withdrawals/${wd.id}`);
    assert.equal(shown.body.transfers.length, 1);
    assert.equal(shown.body.withdrawal.steps[0].state, 'now');
    const [entry] = (await mira.get('/v1/me/wallet/entries?kind=withdrawal')).body.items;
    assert.deepEqual(
      [entry.title, entry.amount.display, entry.link.id],
      ['Withdrawal to ··7890', '−30,000 Diamonds', wd.id],
    );
    await audited();

    // Its hold ends by itself at its latest date.
    clock.advance(DAY_MS);
    await endHolds(house);
    assert.equal((await mira.get(`/v1/me/withdrawals/${wd.id}`)).body.withdrawal.state, 'in_review');
    const canceled = await mira.request('PUT', `/v1/me/withdrawals/${wd.id}/canceled`);
    assert.equal(canceled.body.withdrawal.state, 'canceled');
    assert.equal(
      (await mira.request('PUT', `/v1/me/withdrawals/${wd.id}/canceled`)).status,
      200,
      'again: as done',
    );
    assert.equal(await availableOf(house, mira), 40_000_000n);
    await audited();
  });

  test('a quote is good once and until its last instant; a changed account needs a new one', async () => {
    const mira = await creatorWith(site, 'quotes', 40_000_000n);
    const account = await usableAccount(mira);
    const late = await quoteFor(mira, account, 2_000_000n);
    clock.advance(15 * MINUTE_MS);
    await confirm(mira);
    const expired = await mira.post('/v1/me/withdrawals', { quoteId: late.id }, newId());
    assert.deepEqual([expired.status, expired.body.code], [409, 'quote_expired']);
    const quote = await quoteFor(mira, account, 2_000_000n);
    await mira.post('/v1/me/payout-accounts', { ...ACH_ACCOUNT, holder: 'Mira S', replaces: account });
    const changed = await mira.post('/v1/me/withdrawals', { quoteId: quote.id }, newId());
    assert.equal(changed.body.code, 'payout_account_changed');
    const other = await creatorWith(site, 'quotes_other', 40_000_000n);
    await confirm(other);
    assert.equal((await other.post('/v1/me/withdrawals', { quoteId: quote.id }, newId())).status, 404);
    const key = newId();
    const later = await usableAccount(mira);
    const one = await withdraw(mira, later, 2_000_000n, key);
    const second = await mira.post('/v1/me/withdrawals', { quoteId: quote.id }, key);
    assert.equal(second.body.code, 'idempotency_key_reused');
    await mira.request('PUT', `/v1/me/withdrawals/${one.id}/canceled`);
    await audited();
  });

  test('from asking to arriving, the money to the cent; what comes back comes back whole', async () => {
    const mira = await creatorWith(site, 'whole_way', 40_000_000n);
    const account = await usableAccount(mira, BY_HAND);
    const names = [
      ['platform', 'cash'],
      ['platform', 'provider_fees'],
      ['world', 'manual'],
    ] as ['platform' | 'world', string][];
    const before = await usdOf(...names);
    const wd = await withdraw(mira, account, 30_000_000n);
    const id = wdId(wd.id);
    const by = userIdOf(olu);
    await moveWithdrawal(house, id, { move: 'release', by });
    await moveWithdrawal(house, id, { move: 'send', by });
    // 30,000 × 1.35 cents = $405.00: $15.00 of it the fee of payments by hand
    const moved = (await usdOf(...names)).map((units, index) => units - (before[index] ?? 0n));
    assert.deepEqual(moved, [-40_500n, 1_500n, 39_000n]);
    const late = await mira.request('PUT', `/v1/me/withdrawals/${wd.id}/canceled`);
    assert.deepEqual(
      [late.status, late.body.code, late.body.detail],
      [409, 'withdrawal_moved_on', 'This withdrawal is sent now.'],
    );
    await moveWithdrawal(house, id, { move: 'pay', by });
    await audited();
    await moveWithdrawal(house, id, { move: 'return', by, code: 'BE01' });
    assert.equal(await availableOf(house, mira), 40_000_000n);
    const after = (await usdOf(...names)).map((units, index) => units - (before[index] ?? 0n));
    assert.deepEqual(after, [-1_500n, 1_500n, 0n], 'the bank keeps its fee, and the house bears it');
    const shown = (await mira.get(`/v1/me/withdrawals/${wd.id}`)).body;
    assert.deepEqual(shown.withdrawal.bounce, {
      words: 'the name does not match the account',
      field: 'holder',
      code: 'BE01',
    });
    assert.equal(shown.transfers.length, 3);
    assert.deepEqual(
      shown.withdrawal.steps.map(({ label }: { label: string }) => label),
      ['Requested', 'Checks passed', 'Sent', 'Arrived', 'Bounced'],
    );
    while ((await tellWithdrawals(house)) > 0);
    const notices = (await mira.get('/v1/me/notices')).body.items;
    assert.ok(notices.some(({ title }: { title: string }) => title.includes('came back from the bank')));
    await audited();
  });

  test('of two at once for one balance, and of two beyond a cap, one is granted', async () => {
    const mira = await creatorWith(site, 'twice', 60_000_000n);
    const account = await usableAccount(mira);
    // The first has arrived, so that only the balance stands between them.
    await payFirst(mira);
    const quotes = await Promise.all([
      quoteFor(mira, account, 50_000_000n),
      quoteFor(mira, account, 50_000_000n),
    ]);
    await confirm(mira);
    const answers = await Promise.all(
      quotes.map(({ id }) => mira.post('/v1/me/withdrawals', { quoteId: id }, newId())),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).sort(),
      [201, 402],
      JSON.stringify(answers.map(({ body }) => body)),
    );
    assert.ok((await availableOf(house, mira)) >= 0n);

    const rich = await creatorWith(site, 'capped', 200_000_000n);
    const other = await usableAccount(rich);
    await payFirst(rich);
    // $27.00 of the day's $1,000.00 are used; $540.00 twice is too much, once is not.
    const two = await Promise.all([quoteFor(rich, other, 40_000_000n), quoteFor(rich, other, 40_000_000n)]);
    await confirm(rich);
    const capped = await Promise.all(
      two.map(({ id }) => rich.post('/v1/me/withdrawals', { quoteId: id }, newId())),
    );
    assert.deepEqual(capped.map(({ body }) => body.code ?? 'granted').sort(), [
      'granted',
      'withdrawal_over_day_cap',
    ]);
  });

  test('two operators and the creator at once: one outcome, and the money agrees with it', async () => {
    for (let round = 0; round < 4; round += 1) {
      const mira = await creatorWith(site, `race_${round}`, 10_000_000n);
      const account = await usableAccount(mira, BY_HAND);
      const wd = await withdraw(mira, account, 10_000_000n);
      const by = userIdOf(olu);
      const id = wdId(wd.id);
      await moveWithdrawal(house, id, { move: 'release', by });
      const outcomes = await Promise.allSettled([
        moveWithdrawal(house, id, { move: 'send', by }),
        moveWithdrawal(house, id, { move: 'fail', by, note: 'A second opinion.' }),
        moveWithdrawal(house, id, { move: 'send', by }),
        mira.request('PUT', `/v1/me/withdrawals/${wd.id}/canceled`),
        moveWithdrawal(house, id, {
          move: 'hold',
          by,
          hold: { reason: 'Wait.', rule: 'other', until: new Date(clock.now() + DAY_MS) },
        }),
      ]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') assert.equal(outcome.reason?.code, 'withdrawal_moved_on');
      }
      const { state } = (await mira.get(`/v1/me/withdrawals/${wd.id}`)).body.withdrawal;
      assert.ok(['sent', 'failed', 'canceled', 'held'].includes(state), state);
      assert.equal(
        await availableOf(house, mira),
        state === 'failed' || state === 'canceled' ? 10_000_000n : 0n,
      );
    }
    await audited();
  });

  test('the auditor sees a state that the ledger does not know of', async () => {
    const mira = await creatorWith(site, 'audited', 10_000_000n);
    const wd = await withdraw(mira, await usableAccount(mira), 10_000_000n);
    await house.db.query(
      `update withdrawal_states set state = 'sent', hold_reason = null, hold_rule = null, hold_until = null
                           where withdrawal_id = $1`,
      [wdId(wd.id)],
    );
    const findings = await auditWithdrawals(house.db);
    assert.ok(findings.some((finding) => finding.includes('not where its state says')));
    assert.ok(findings.some((finding) => finding.includes('elsewhere than its last step')));
    assert.ok(findings.some((finding) => finding.includes('not what was quoted')));
    assert.ok(findings.some((finding) => finding.includes('sent without one')));
  });
});
