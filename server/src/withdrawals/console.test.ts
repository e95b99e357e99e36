import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator, makeOperator } from '../../test/town-life.ts';
import {
  ACH_ACCOUNT,
  addAccount,
  availableOf,
  creatorWith,
  endow,
  quoteFor,
  SENDERS,
  settledAccount,
  userIdOf,
  withdraw,
} from '../../test/withdrawal-scene.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { auditWithdrawals } from './audit-withdrawals.ts';
import { sendFiled } from './make-file.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock, config: { payouts: SENDERS, fiatRates: { kind: 'none' } } });
const { house } = site;
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');
const audited = async () => assert.deepEqual(await auditWithdrawals(house.db), []);
const stateOf = async (id: string) => (await olu.get(`/v1/console/withdrawals/${id}`)).body.withdrawal.state;

async function achCreator(handle: string, units = 20_000_000n): Promise<{ person: Person; account: string }> {
  const person = await creatorWith(site, handle, units);
  const account = await addAccount(person);
  clock.advance(DAY_MS);
  return { person, account };
}

describe('the queue', () => {
  test('shows what waits with what to look at, and each can be released, held and failed once', async () => {
    const { person, account } = await achCreator('queued');
    const wd = await withdraw(person, account, 2_000_000n);
    const queue = (await olu.get('/v1/console/withdrawals')).body;
    const row = queue.items.find(({ id }: { id: string }) => id === wd.id);
    assert.deepEqual([row.state, row.creator.handle, row.gross.display], ['held', 'queued', '$27.00']);
    const failing = row.flags
      .filter(({ passed }: { passed: boolean }) => !passed)
      .map(({ code }: { code: string }) => code);
    assert.deepEqual(failing, ['name', 'account', 'age', 'member']);
    assert.equal(row.risk, 'high');
    assert.ok(queue.waiting.count >= 1);
    for (const show of ['risk', 'all']) {
      const { items } = (await olu.get(`/v1/console/withdrawals?show=${show}`)).body;
      assert.ok(
        items.some(({ id }: { id: string }) => id === wd.id),
        show,
      );
    }
    assert.deepEqual((await olu.get('/v1/console/withdrawals?show=old')).body.items, []);

    const until = new Date(clock.now() + 3 * DAY_MS).toISOString();
    const held = await olu.request('PUT', `/v1/console/withdrawals/${wd.id}/held`, {
      body: { reason: 'We ask the bank whether the account is yours.', rule: 'account_check', until },
    });
    assert.equal(held.status, 200, JSON.stringify(held.body));
    const seen = (await person.get(`/v1/me/withdrawals/${wd.id}`)).body.withdrawal;
    assert.deepEqual(seen.hold, { reason: 'We ask the bank whether the account is yours.', until });
    assert.equal(
      (await person.get('/v1/me/explain/withdraw')).body.checks.find(
        ({ code }: { code: string }) => code === 'withdrawals_on_hold',
      ).earliest,
      until,
    );
    for (const bad of [
      'tomorrow',
      new Date(clock.now()).toISOString(),
      new Date(clock.now() + 91 * DAY_MS).toISOString(),
    ]) {
      const refused = await olu.request('PUT', `/v1/console/withdrawals/${wd.id}/held`, {
        body: { reason: 'A reason.', rule: 'other', until: bad },
      });
      assert.equal(refused.body.field, '/until', bad);
    }
    const failed = await olu.request('PUT', `/v1/console/withdrawals/${wd.id}/failed`, {
      body: { reason: 'The account is not yours.' },
    });
    assert.equal(failed.body.withdrawal.state, 'failed');
    assert.equal(await availableOf(house, person), 20_000_000n);
    const released = await olu.request('PUT', `/v1/console/withdrawals/${wd.id}/released`);
    assert.deepEqual([released.status, released.body.code], [409, 'withdrawal_moved_on']);
    assert.deepEqual(
      (await olu.get(`/v1/console/withdrawals/${wd.id}`)).body.history.map(
        ({ label }: { label: string }) => label,
      ),
      ['Requested', 'Put on hold', 'Not sent'],
    );
    await audited();
  });

  test('nobody releases their own, alone or as the second one', async () => {
    const { person, account } = await achCreator('both');
    const wd = await withdraw(person, account, 2_000_000n);
    await makeOperator(site, person);
    const own = await person.request('PUT', `/v1/console/withdrawals/${wd.id}/released`);
    assert.deepEqual([own.status, own.body.code], [403, 'withdrawal_is_your_own']);
    const asked = (await olu.post(`/v1/console/withdrawals/${wd.id}/approval`)).body.approval;
    const approval = { approvalId: asked.id, verdict: 'approved', bodyHash: asked.bodyHash, reason: null };
    const decided = await person.request('PUT', `/v1/console/withdrawals/${wd.id}/approval`, {
      body: approval,
    });
    assert.deepEqual([decided.status, decided.body.code], [403, 'withdrawal_is_your_own']);
    assert.equal(await stateOf(wd.id), 'held');
    for (const [path, body] of [
      ['failed', { reason: 'Mine.' }],
      ['held', { reason: 'Mine.', rule: 'other', until: new Date(clock.now() + DAY_MS).toISOString() }],
    ] as const) {
      const refused = await person.request('PUT', `/v1/console/withdrawals/${wd.id}/${path}`, { body });
      assert.equal(refused.body.code, 'withdrawal_is_your_own', path);
    }
    const failed = await per.request('PUT', `/v1/console/withdrawals/${wd.id}/failed`, {
      body: { reason: 'Only a test of who may release.' },
    });
    assert.equal(failed.body.withdrawal.state, 'failed');
    await audited();
  });

  test('is paged without skipping or repeating, and bulk release says what it left', async () => {
    const { person } = await achCreator('paged', 0n);
    await endow(house, userIdOf(person), 400_000_000n);
    const account = await settledAccount(site, person);
    await payFirst(person, account);
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) ids.push((await withdraw(person, account, 2_000_000n)).id);
    clock.advance(DAY_MS);
    const large = await withdraw(person, account, 40_000_000n); // $540.00
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { body: { items: { id: string }[]; nextCursor: string | null } } = await olu.get(
        `/v1/console/withdrawals?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(seen, [...ids, large.id]);
    const { items } = (
      await olu.request('PUT', '/v1/console/payouts/released', { body: { ids: [...ids, large.id] } })
    ).body;
    assert.deepEqual(
      items.map(({ done, code }: { done: boolean; code: string | null }) => (done ? 'released' : code)),
      ['released', 'released', 'released', 'released', 'second_operator_needed'],
    );

    // Two operators, and not the same one twice.
    const asked = await olu.post(`/v1/console/withdrawals/${large.id}/approval`);
    assert.equal(asked.body.approval.state, 'open');
    const decide = (who: Person, more: object = {}) =>
      who.request('PUT', `/v1/console/withdrawals/${large.id}/approval`, {
        body: {
          approvalId: asked.body.approval.id,
          verdict: 'approved',
          bodyHash: asked.body.approval.bodyHash,
          reason: null,
          ...more,
        },
      });
    assert.equal((await decide(olu)).body.code, 'approval_is_your_own');
    assert.equal((await decide(per, { bodyHash: '0'.repeat(64) })).body.code, 'approval_changed');
    assert.equal(await stateOf(large.id), 'in_review');
    assert.equal((await decide(per)).body.withdrawal.state, 'released');
    assert.equal((await decide(per)).body.code, 'approval_is_over');
    await audited();
  });

  test('approving while the creator cancels: one outcome', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { person } = await achCreator(`cancels_${round}`, 0n);
      await endow(house, userIdOf(person), 60_000_000n);
      const account = await settledAccount(site, person);
      await payFirst(person, account);
      const wd = await withdraw(person, account, 50_000_000n);
      const asked = (await olu.post(`/v1/console/withdrawals/${wd.id}/approval`)).body.approval;
      const body = { approvalId: asked.id, verdict: 'approved', bodyHash: asked.bodyHash, reason: null };
      const [decided, canceled] = await Promise.all([
        per.request('PUT', `/v1/console/withdrawals/${wd.id}/approval`, { body }),
        person.request('PUT', `/v1/me/withdrawals/${wd.id}/canceled`),
      ]);
      // By hand a release is the last word: from then on somebody may be paying it.
      assert.deepEqual([canceled.status, decided.status].sort(), [200, 409], JSON.stringify(decided.body));
      const isReleased = decided.status === 200;
      assert.equal(await stateOf(wd.id), isReleased ? 'released' : 'canceled');
      assert.equal(await availableOf(house, person), isReleased ? 8_000_000n : 58_000_000n);
    }
    await audited();
  });
});

describe('files for banks', () => {
  test('each withdrawal is in one file ever, the file is the same bytes each time, and sending it books all of it', async () => {
    const wds: { person: Person; id: string }[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { person, account } = await achCreator(`filed_${n}`);
      wds.push({ person, id: (await withdraw(person, account, 2_000_000n + BigInt(n) * 1_000_000n)).id });
    }
    const ids = wds.map(({ id }) => id);
    assert.equal(
      (await olu.post('/v1/console/payout-files', { method: 'ach' })).body.code,
      'no_payments_to_send',
    );
    await olu.request('PUT', '/v1/console/payouts/released', { body: { ids } });
    const made = await Promise.all([
      olu.post('/v1/console/payout-files', { method: 'ach' }),
      per.post('/v1/console/payout-files', { method: 'ach' }),
      wds[2]?.person.request('PUT', `/v1/me/withdrawals/${ids[2]}/canceled`),
    ]);
    const files = made.filter((answer) => answer?.status === 201 && answer.body.file !== undefined);
    assert.equal(files.length, 1, JSON.stringify(made.map((answer) => answer?.body)));
    const { file } = files[0]?.body ?? {};
    const inFile = (await stateOf(ids[2] ?? '')) === 'sending' ? 3 : 2;
    assert.equal(file.payments, inFile);
    const [one, two] = [
      await olu.post(`/v1/console/payout-files/${file.id}/downloads`),
      await per.post(`/v1/console/payout-files/${file.id}/downloads`),
    ];
    assert.equal(one.body, two.body);
    assert.equal(createHash('sha256').update(one.body).digest('hex'), file.sha256);
    assert.equal(one.body.split('\n')[2].slice(29, 39), '0000002650'); // $27.00 less 50 cents
    assert.match(one.headers.get('content-disposition') ?? '', /carat-ach-000001/);
    const [downloads] = await house.db.query<{ n: bigint }>(
      'select count(*) as n from payout_file_downloads',
    );
    assert.equal(downloads?.n, 2n);
    const late = await wds[0]?.person.request('PUT', `/v1/me/withdrawals/${ids[0]}/canceled`);
    assert.equal(late?.body.code, 'withdrawal_moved_on');

    const sent = await Promise.all([
      olu.request('PUT', `/v1/console/payout-files/${file.id}/sent`),
      per.request('PUT', `/v1/console/payout-files/${file.id}/sent`),
    ]);
    assert.deepEqual(
      sent.map(({ status }) => status),
      [200, 200],
    );
    await sendFiled(house, 100);
    const [listed] = (await olu.get('/v1/console/payout-files')).body.items;
    assert.deepEqual([listed.sending, listed.onTheWay], [0, inFile]);
    await audited();

    // One bounces, one has a code that nobody knows, one line is a mistake.
    const references = await Promise.all(
      ids
        .slice(0, 2)
        .map(async (id) => (await olu.get(`/v1/console/withdrawals/${id}`)).body.withdrawal.reference),
    );
    const bounced = await olu.request('PUT', '/v1/console/payouts/bounces', {
      body: {
        lines: [
          { reference: ` ${references[0]?.toLowerCase()}`, code: 'r03' },
          { reference: references[1], code: 'R99' },
          { reference: 'CAR-0000000000', code: 'R02' },
        ],
      },
    });
    assert.deepEqual(
      bounced.body.items.map(({ outcome }: { outcome: string }) => outcome),
      ['returned', 'parked', 'unknown_reference'],
    );
    assert.equal(await availableOf(house, wds[0]?.person as Person), 20_000_000n);
    assert.equal(await stateOf(ids[1] ?? ''), 'parked');
    await audited();
    const seen = (await wds[0]?.person.get(`/v1/me/withdrawals/${ids[0]}`))?.body.withdrawal;
    assert.deepEqual(
      [seen.bounce.field, seen.bounce.words],
      ['holder', 'the name and the account number do not fit each other'],
    );
    const paid = await olu.request('PUT', `/v1/console/withdrawals/${ids[1]}/paid`);
    assert.equal(paid.body.withdrawal.state, 'paid');
    await audited();
  });

  test('what is in a file that somebody took has not failed', async () => {
    const { person, account } = await achCreator('taken');
    const { id } = await withdraw(person, account, 2_000_000n);
    assert.equal((await olu.request('PUT', `/v1/console/withdrawals/${id}/released`)).status, 200);
    const { file } = (await olu.post('/v1/console/payout-files', { method: 'ach' })).body;
    assert.equal((await olu.post(`/v1/console/payout-files/${file.id}/downloads`)).status, 200);
    const fail = () =>
      olu.request('PUT', `/v1/console/withdrawals/${id}/failed`, { body: { reason: 'Not this one.' } });
    assert.deepEqual([(await fail()).status, (await fail()).body.code], [409, 'withdrawal_moved_on']);
    assert.equal(await stateOf(id), 'sending');
    await audited();
  });

  test('what is in a file fails only after the file is withdrawn, and its bytes are then given to nobody', async () => {
    const { person, account } = await achCreator('undone');
    const { id } = await withdraw(person, account, 2_000_000n);
    assert.equal((await olu.request('PUT', `/v1/console/withdrawals/${id}/released`)).status, 200);
    const { file } = (await olu.post('/v1/console/payout-files', { method: 'ach' })).body;
    const of = (what: string) => olu.request('PUT', `/v1/console/payout-files/${file.id}/${what}`);
    const take = (id: string) => per.post(`/v1/console/payout-files/${id}/downloads`);
    const fail = () =>
      olu.request('PUT', `/v1/console/withdrawals/${id}/failed`, { body: { reason: 'Not this one.' } });
    assert.deepEqual([(await fail()).status, (await fail()).body.code], [409, 'withdrawal_in_file']);
    const withdrawn = await of('withdrawn');
    assert.equal(withdrawn.status, 200, JSON.stringify(withdrawn.body));
    assert.ok(withdrawn.body.file.withdrawnAt !== null);
    assert.equal((await of('withdrawn')).status, 200);
    assert.equal(await stateOf(id), 'released');
    assert.deepEqual(
      [(await take(file.id)).status, (await take(file.id)).body.code],
      [409, 'payout_file_withdrawn'],
    );
    assert.equal((await of('sent')).body.code, 'payout_file_withdrawn');
    await audited();

    // It goes with another one, and what somebody has had in hand is not withdrawn.
    const next = (await olu.post('/v1/console/payout-files', { method: 'ach' })).body.file;
    assert.equal(next.payments, 1);
    assert.equal((await take(next.id)).status, 200);
    const late = await olu.request('PUT', `/v1/console/payout-files/${next.id}/withdrawn`);
    assert.deepEqual([late.status, late.body.code], [409, 'payout_file_taken']);
    assert.equal(await stateOf(id), 'sending');
    await audited();

    // Failed before there was this rule: the file is not given either.
    await house.db.query(`update withdrawal_states set state = 'failed' where state = 'sending'
      and withdrawal_id in (select id from withdrawals order by committed desc limit 1)`);
    assert.equal((await take(next.id)).body.code, 'payout_file_not_whole');
    await house.db.query(`update withdrawal_states set state = 'sending' where state = 'failed'
      and withdrawal_id in (select id from withdrawals order by committed desc limit 1)`);
    await audited();
  });

  test('of taking a file and withdrawing it at once one happens', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { person, account } = await achCreator(`grabbed_${round}`);
      const { id } = await withdraw(person, account, 2_000_000n);
      assert.equal((await olu.request('PUT', `/v1/console/withdrawals/${id}/released`)).status, 200);
      const { file } = (await olu.post('/v1/console/payout-files', { method: 'ach' })).body;
      const [taken, withdrawn] = await Promise.all([
        per.post(`/v1/console/payout-files/${file.id}/downloads`),
        olu.request('PUT', `/v1/console/payout-files/${file.id}/withdrawn`),
      ]);
      assert.deepEqual([taken.status, withdrawn.status].sort(), [200, 409]);
      assert.equal(await stateOf(id), taken.status === 200 ? 'sending' : 'released');
      await audited();
      if (taken.status === 200) continue;
      const reason = { body: { reason: 'Only a test.' } };
      assert.equal((await olu.request('PUT', `/v1/console/withdrawals/${id}/failed`, reason)).status, 200);
    }
  });

  test('a freeze stops a file that nobody has taken; withdrawn, the payment is held', async () => {
    const { person, account } = await achCreator('coldfile');
    const { id } = await withdraw(person, account, 2_000_000n);
    assert.equal((await olu.request('PUT', `/v1/console/withdrawals/${id}/released`)).status, 200);
    const { file } = (await olu.post('/v1/console/payout-files', { method: 'ach' })).body;
    const frozen = { gates: ['earn'], reason: 'A doubt.', until: null };
    assert.equal((await olu.post('/v1/users/coldfile/freezes', frozen)).status, 201);
    const taken = await olu.post(`/v1/console/payout-files/${file.id}/downloads`);
    assert.deepEqual([taken.status, taken.body.code], [409, 'payout_file_frozen']);
    const sent = await olu.request('PUT', `/v1/console/payout-files/${file.id}/sent`);
    assert.equal(sent.body.code, 'payout_file_frozen');
    assert.equal((await olu.request('PUT', `/v1/console/payout-files/${file.id}/withdrawn`)).status, 200);
    assert.equal(await stateOf(id), 'held');
    assert.equal(
      (await olu.post('/v1/console/payout-files', { method: 'ach' })).body.code,
      'no_payments_to_send',
    );
    await audited();
  });

  test('changing the account redirects nothing that is on its way', async () => {
    const { person, account } = await achCreator('redirect');
    const wd = await withdraw(person, account, 2_000_000n);
    await addAccount(person, { ...ACH_ACCOUNT, account: '5550001112', replaces: account });
    await olu.request('PUT', `/v1/console/withdrawals/${wd.id}/released`);
    const { file } = (await olu.post('/v1/console/payout-files', { method: 'ach' })).body;
    const content: string = (await olu.post(`/v1/console/payout-files/${file.id}/downloads`)).body;
    assert.ok(content.includes('1234567890') && !content.includes('5550001112'));
    assert.equal((await person.get('/v1/me/payout-methods')).body.accounts[0].masked, '··1112');
  });

  test('euros need a table of rates, and name its version', async () => {
    const { person } = await achCreator('euros');
    const account = await addAccount(person, {
      method: 'sepa',
      holder: 'Łucja Groß',
      iban: 'NL91 ABNA 0417 1643 00',
    });
    clock.advance(DAY_MS);
    const without = await person.post('/v1/me/withdrawals/quotes', {
      diamondUnits: '20000000',
      accountId: account,
    });
    assert.equal(without.body.code, 'fiat_rate_missing');
    await house.db.query(
      `insert into fiat_versions (version, as_of, source, hash, taken_at)
       values (1, $1::timestamptz::date, 'A test', decode(repeat('00', 32), 'hex'), $1)`,
      [new Date(clock.now())],
    );
    await house.db.query(`insert into fiat_rates values (1, 'EUR', 9214, 10000)`);
    const quote = await quoteFor(person, account, 20_000_000n);
    // $270.00 less $0.50 = $269.50 × 0.9214 = €248.3173
    assert.deepEqual(
      [quote.get.display, quote.fiatVersion, quote.lines[3].label],
      ['€248.31', 1, '$269.50 at 0.9214'],
    );
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    assert.match(
      quote.lines[3].note,
      new RegExp(`^Fiat rates of ${today}, of the same day when it was priced, version 1\\.`),
    );
    clock.advance(3 * DAY_MS);
    const later = await quoteFor(person, account, 20_000_000n);
    assert.match(later.lines[3].note, new RegExp(`^Fiat rates of ${today}, 3 days old when it was priced`));
  });
});

/** Has somebody's first withdrawal arrive. */
async function payFirst(person: Person, account: string): Promise<void> {
  const { id } = await withdraw(person, account, 2_000_000n);
  for (const state of ['released', 'sent', 'paid']) {
    const answer = await olu.request('PUT', `/v1/console/withdrawals/${id}/${state}`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  clock.advance(8 * DAY_MS);
}
