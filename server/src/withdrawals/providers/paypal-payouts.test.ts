import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CENTS, MANY, paypal, paypalScene, UNITS, wdId } from '../../../test/paypal-payout-scene.ts';
import { serverBeside, testHouse } from '../../../test/test-house.ts';
import { until } from '../../../test/until.ts';
import { addAccount, availableOf, confirm, creatorWith } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, testClock } from '../../core/clock.ts';
import { accountId } from '../../ledger/index.ts';
import { clearFaults } from '../../sandbox/faults.ts';
import { signPaypal } from '../../sandbox/paypal/certificate.ts';
import { checkPayouts } from './settle-payout.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
// A second server on the same database looks at the same payouts.
await serverBeside(site);
const { house } = site;
const { db } = house;

const {
  desk,
  operator,
  newShift,
  paidByEmail,
  released,
  stateOf,
  look,
  becomes,
  attemptOf,
  says,
  atPaypal,
  play,
  inWorld,
  shown,
  toldOf,
  faulty,
  audited,
} = await paypalScene(site, clock);

test('an e-mail address is checked before it is kept, and is shown masked', async () => {
  const mira = await creatorWith(site, 'addressee', 20_000_000n);
  await confirm(mira);
  for (const email of [
    'mira',
    'mira@mail',
    'mira@@mail.example',
    'a b@mail.example',
    `${'a'.repeat(130)}@b.co`,
  ]) {
    const refused = await mira.post('/v1/me/payout-accounts', paypal(email));
    assert.deepEqual([refused.status, refused.body.code], [422, 'payout_account_invalid'], email);
    assert.equal(refused.body.field ?? refused.body.pointer ?? '/email', '/email');
  }
  await addAccount(mira, paypal(' mira.solane@mail.example '));
  const answer = await mira.get('/v1/me/payout-methods');
  assert.equal(answer.body.accounts[0].masked, 'm···e@mail.example');
  assert.equal(JSON.stringify(answer.body).includes('solane@'), false);
  const other = await creatorWith(site, 'sharer', 0n);
  await addAccount(other, paypal('Mira.Solane@mail.example'));
  const told = (await operator().get('/v1/me/notices')).body.items;
  assert.ok(told.some(({ title }: { title: string }) => title.startsWith('@sharer gave an address')));
});

test('released, asked for, taken, arrived: one payment, and the books agree', async () => {
  const creator = await paidByEmail('arrives');
  const [before, world] = [await availableOf(house, creator.person), await inWorld()];
  const id = await released(creator);
  await becomes(id, 'paid');
  assert.equal((await inWorld()) - world, CENTS);
  assert.deepEqual(
    (await atPaypal(id)).map(({ status, value }) => [status, value]),
    [['SUCCESS', '26.00']],
  );
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  assert.deepEqual(
    (await shown(creator, id)).steps.map(({ label }: { label: string }) => label),
    ['Requested', 'Checks passed', 'Handed to PayPal', 'Sent', 'Arrived'],
  );
  await audited();
});

// Every call of a payment, lost in every way.
let faulted = 0;
for (const [call, faults] of [
  ['token', ['drop_before', 'drop_after', 'error_after', 'unavailable', 'rate_limited']],
  [
    'payouts.create',
    ['drop_before', 'drop_after', 'error_after', 'unavailable', 'rate_limited', 'short_of_money'],
  ],
  ['payouts.retrieve', ['drop_before', 'drop_after', 'error_after', 'unavailable', 'rate_limited']],
] as const) {
  for (const fault of faults) {
    test(`${call} meets ${fault}: paid once`, async () => {
      faulted += 1;
      const creator = await paidByEmail(`faulted${faulted}`);
      const before = await availableOf(house, creator.person);
      // No token is kept any more.
      clock.advance(9 * HOUR_MS);
      await faulty(`paypal.${call}`, fault, 3);
      await faulty('paypal.webhook', 'held', 3);
      const id = await released(creator);
      await becomes(id, 'paid', MINUTE_MS);
      await clearFaults(db);
      assert.deepEqual(
        (await atPaypal(id)).map(({ status }) => status),
        ['SUCCESS'],
      );
      assert.equal(await availableOf(house, creator.person), before - UNITS);
      assert.equal((await attemptOf(id))?.tries, 1n);
      await audited();
    });
  }
}

test('what nobody has accepted waits and says what to do; accepted, it has arrived', async () => {
  const creator = await paidByEmail('waiting', 'waiting.unclaimed@mail.example');
  const id = await released(creator);
  await says(id, 'UNCLAIMED');
  const waits = await shown(creator, id);
  assert.equal(waits.state, 'sent');
  assert.deepEqual([waits.steps.at(-1).label, waits.steps.at(-1).state], ['Waits for you at PayPal', 'now']);
  assert.match(waits.steps.at(-1).note, /w···d@mail\.example.*After 30 days it comes back/);
  await play(id, 'accept');
  await becomes(id, 'paid', MINUTE_MS);
  await audited();
});

test('one that goes back unclaimed: the Diamonds are back, and its creator reads why', async () => {
  const creator = await paidByEmail('backreturn', 'backreturn.unclaimed@mail.example');
  const before = await availableOf(house, creator.person);
  const world = await inWorld();
  const id = await released(creator);
  await says(id, 'UNCLAIMED');
  await play(id, 'return');
  await becomes(id, 'returned', MINUTE_MS);
  const { bounce } = await shown(creator, id);
  assert.deepEqual([bounce.words, bounce.field], ['nobody accepted it at PayPal', 'email']);
  assert.equal(await availableOf(house, creator.person), before);
  assert.equal(await inWorld(), world);
  await audited();
});

test('thirty days unclaimed, and it is back by itself', async () => {
  const creator = await paidByEmail('forgets', 'forgets.unclaimed@mail.example');
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await says(id, 'UNCLAIMED');
  clock.advance(30 * DAY_MS);
  await becomes(id, 'returned', HOUR_MS);
  assert.equal(await availableOf(house, creator.person), before);
});

test('what PayPal holds back is told to operators, and goes on', async () => {
  const creator = await paidByEmail('held', 'held.onhold@mail.example');
  const id = await released(creator);
  await says(id, 'ONHOLD');
  const { reference } = await shown(creator, id);
  const told = (await operator().get('/v1/me/notices')).body.items.filter(({ title }: { title: string }) =>
    title.startsWith(`${reference} does not go on`),
  );
  assert.equal(told.length, 1);
  await play(id, 'accept');
  await becomes(id, 'paid', MINUTE_MS);
});

/** Two operators end what waits for a person. */
async function say(
  id: string,
  verdict: 'arrived' | 'arrived_and_back' | 'not_arrived',
  about: { readonly back?: string } = {},
): Promise<void> {
  const [olu, per] = [await newShift(), await newShift()];
  const body = { verdict, reason: 'We read PayPal’s activity.', ...about };
  const asked = await olu.post(`/v1/console/withdrawals/${id}/resolution`, body);
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  const { approval } = asked.body;
  const decided = await per.request('PUT', `/v1/console/approvals/${approval.id}`, {
    body: { verdict: 'approved', bodyHash: approval.bodyHash },
  });
  assert.equal(decided.status, 200, JSON.stringify(decided.body));
}

test('reversed weeks after it had arrived, with every webhook lost: it is found, and two operators say what came back', async () => {
  const creator = await paidByEmail('latereverse');
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await becomes(id, 'paid');
  await faulty('paypal.webhook', 'held', MANY);
  for (let days = 0; days < 40; days += 1) await look(DAY_MS);
  await play(id, 'reverse');
  await becomes(id, 'parked', DAY_MS);
  await clearFaults(db);
  // Nobody says how much came back: nothing moves by itself, and operators read what to do.
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  assert.ok((await toldOf(id)).some((words) => /took it back.*does not say how much/.test(words)));
  await say(id, 'not_arrived');
  assert.equal(await stateOf(id), 'returned');
  assert.equal(await availableOf(house, creator.person), before);
  await audited();
});

test('sent back by whoever had it, PayPal does not say how much: two operators do, after half a year too', async () => {
  const cases = [
    ['sendsall', 'not_arrived', 'returned', 0n],
    ['sendsacent', 'arrived', 'paid', UNITS],
  ] as const;
  for (const [name, verdict, state, gone] of cases) {
    const creator = await paidByEmail(name);
    const [before, world] = [await availableOf(house, creator.person), await inWorld()];
    const id = await released(creator);
    await becomes(id, 'paid');
    await faulty('paypal.webhook', 'held', MANY);
    for (let days = 0; days < 175; days += 25) await look(25 * DAY_MS);
    await play(id, 'refund');
    await becomes(id, 'parked', DAY_MS);
    await clearFaults(db);
    assert.match((await attemptOf(id))?.problem ?? '', /“REFUNDED”/);
    assert.equal(await availableOf(house, creator.person), before - UNITS, 'nothing by itself');
    await say(id, verdict);
    assert.equal(await stateOf(id), state);
    assert.equal(await availableOf(house, creator.person), before - gone);
    assert.equal((await inWorld()) - world, gone === 0n ? 0n : CENTS);
    await audited();
  }
});

test('a part came back: two operators say how much, and the books have just that again', async () => {
  for (const [name, verdict, state, gone, kept] of [
    // The creator keeps what did not come back; or has nothing, and the house bears it.
    ['sendspart', 'arrived_and_back', 'paid', UNITS, CENTS - 1_050n],
    ['losespart', 'not_arrived', 'returned', 0n, 0n],
  ] as const) {
    const creator = await paidByEmail(name);
    const [before, world, spent] = [
      await availableOf(house, creator.person),
      await inWorld(),
      await bornByHouse(),
    ];
    const id = await released(creator);
    await becomes(id, 'paid');
    const fee = (await bornByHouse()) - spent;
    await play(id, 'refund');
    await becomes(id, 'parked', DAY_MS);
    const olu = await newShift();
    const asks = (back: string) => olu.get(`/v1/console/withdrawals/${id}/resolution?back=${back}`);
    const choice = (await asks('10.50')).body.choices.find(
      (one: { verdict: string }) => one.verdict === verdict,
    );
    assert.deepEqual(choice.back, { currency: 'USD', all: '26.00' });
    assert.equal(choice.entries.find(({ to }: { to: string }) => to === 'the house’s cash').amount, '$10.50');
    for (const wrong of ['0', '0.00', '26.01', '10.505']) {
      const refused = await asks(wrong);
      assert.deepEqual([refused.status, refused.body.code], [422, 'payout_back_wrong'], wrong);
    }
    const arrived = { verdict: 'arrived', reason: 'We read it.', back: '10.50' };
    const refused = await olu.post(`/v1/console/withdrawals/${id}/resolution`, arrived);
    assert.deepEqual([refused.status, refused.body.code], [409, 'payout_says_otherwise']);
    await say(id, verdict, { back: '10.50' });
    assert.equal(await stateOf(id), state);
    assert.equal(await availableOf(house, creator.person), before - gone);
    assert.equal((await inWorld()) - world, kept);
    assert.equal((await bornByHouse()) - spent, fee + (verdict === 'not_arrived' ? CENTS - 1_050n : 0n));
    await audited();
  }
});

/** What providers have cost the house, in cents. */
async function bornByHouse(): Promise<bigint> {
  const id = accountId('platform', 'provider_fees', 'USD');
  const account = (await house.ledger.balances([id])).get(id);
  return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
}

test('blocked, and PayPal does not say that the money is back: it waits, and goes on when PayPal lets it', async () => {
  const creator = await paidByEmail('stopped', 'stopped.blocked@mail.example');
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await becomes(id, 'parked', HOUR_MS);
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  await play(id, 'unblock');
  await becomes(id, 'paid', HOUR_MS);
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  await audited();
});

test('an account that PayPal does not have: the batch is denied, and its item says which field to fix', async () => {
  const creator = await paidByEmail('nobody', 'nobody.failed@mail.example');
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await becomes(id, 'returned', HOUR_MS);
  const { bounce } = await shown(creator, id);
  assert.deepEqual([bounce.words, bounce.field], ['there is no such PayPal account', 'email']);
  assert.equal(await availableOf(house, creator.person), before);
  await audited();
});

test('too little money there: it waits, operators are told, and it is asked for again under the same id', async () => {
  const creator = await paidByEmail('poorhouse');
  await faulty('paypal.payouts.create', 'short_of_money', MANY);
  const id = await released(creator);
  await until(
    'it is written down',
    async () => {
      await look(SECOND_MS);
      return attemptOf(id);
    },
    (attempt) => attempt?.problem?.includes('balance at PayPal is too small') === true,
  );
  for (let looks = 0; looks < 5; looks += 1) await look(HOUR_MS);
  const { reference } = await shown(creator, id);
  const told = (await operator().get('/v1/me/notices')).body.items.filter(({ title }: { title: string }) =>
    title.startsWith(`${reference} does not go on`),
  );
  assert.equal(told.length, 1);
  assert.equal(await stateOf(id), 'sending');
  await clearFaults(db);
  await becomes(id, 'paid', HOUR_MS);
  assert.equal((await attemptOf(id))?.tries, 1n);
  await audited();
});

test('made, its answer lost, and refused when asked again: nobody believes that it did not happen', async () => {
  const creator = await paidByEmail('twoanswers');
  await faulty('paypal.payouts.create', 'drop_after', 1);
  const id = await released(creator);
  await until(
    'it is there',
    async () => {
      await look(SECOND_MS);
      return atPaypal(id);
    },
    (there) => there.length === 1,
  );
  await faulty('paypal.payouts.create', 'short_of_money', 3);
  await becomes(id, 'paid', MINUTE_MS);
  assert.equal((await atPaypal(id)).length, 1);
  assert.equal((await attemptOf(id))?.tries, 1n);
  await audited();
});

test('an address that PayPal does not take: the Diamonds are back at once, and nothing was paid', async () => {
  const creator = await paidByEmail('norecv', 'norecv.invalid@mail.example');
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await becomes(id, 'failed');
  assert.equal(await availableOf(house, creator.person), before);
  assert.deepEqual(await atPaypal(id), []);
  await audited();
});

test('unanswered until PayPal forgets the id: it is never asked for again, and operators are told', async () => {
  const creator = await paidByEmail('forgotten');
  // Never answered, by whichever server it is asked.
  await faulty('paypal.payouts.create', 'drop_after', MANY);
  const id = await released(creator);
  await until(
    'it is there',
    async () => {
      await look(SECOND_MS);
      return atPaypal(id);
    },
    (there) => there.length === 1,
  );
  clock.advance(31 * DAY_MS);
  await clearFaults(db);
  for (let looks = 0; looks < 3; looks += 1) await look(HOUR_MS);
  assert.equal((await atPaypal(id)).length, 1);
  assert.equal(await stateOf(id), 'sending');
  assert.match((await attemptOf(id))?.problem ?? '', /asked again it could pay twice/);
});

/** PayPal does not know the batch of a payment any more; answers what gives it back. */
async function hidden(id: string): Promise<() => Promise<unknown>> {
  const [item] = await atPaypal(id);
  const batch = item?.batch ?? '';
  const name = (from: string, to: string) =>
    db.query('update sandbox.objects set id = $2 where id = $1', [from, to]);
  await name(batch, `${batch}HIDDEN`);
  return () => name(`${batch}HIDDEN`, batch);
}

test('a batch that PayPal does not find is not lost: it is asked for again, and people are asked after hours', async () => {
  const creator = await paidByEmail('nofind', 'nofind.unclaimed@mail.example');
  const id = await released(creator);
  await says(id, 'UNCLAIMED');
  const giveBack = await hidden(id);
  for (let hours = 0; hours < 4; hours += 1) await look(HOUR_MS);
  assert.match((await attemptOf(id))?.problem ?? '', /no trace there of what it took\. We ask again/);
  assert.equal(await stateOf(id), 'sent');
  await becomes(id, 'parked', HOUR_MS);
  await giveBack();
  // What is written down of it does not change: that the doubt is gone says that it was found.
  await until(
    'it is found',
    async () => {
      await look(HOUR_MS);
      return attemptOf(id);
    },
    (attempt) => attempt?.problem === null,
  );
  assert.equal((await shown(creator, id)).steps.at(-1).label, 'Waits for you at PayPal');
  await play(id, 'accept');
  await becomes(id, 'paid', HOUR_MS);
  await audited();
});

test('one that has arrived stays so when PayPal does not find it, and operators are told', async () => {
  const creator = await paidByEmail('nofindlate');
  const id = await released(creator);
  await becomes(id, 'paid');
  const giveBack = await hidden(id);
  for (let days = 0; days < 3; days += 1) await look(DAY_MS);
  assert.equal(await stateOf(id), 'paid');
  assert.equal((await toldOf(id)).filter((words) => words.includes('It was paid before')).length, 1);
  await giveBack();
});

test('a word that nobody knows, or another amount, parks it and says so', async () => {
  const creator = await paidByEmail('oddword', 'oddword.unclaimed@mail.example');
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await says(id, 'UNCLAIMED');
  const [item] = await atPaypal(id);
  const say = (body: object) =>
    db.query('update sandbox.objects set body = body || $2::jsonb where id = $1', [
      item?.id,
      JSON.stringify(body),
    ]);
  await say({ status: 'FROZEN' });
  await becomes(id, 'parked', MINUTE_MS);
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  const [whole] = await db.query<{ item: { amount: object } }>(
    `select body->'payout_item' as item from sandbox.objects where id = $1`,
    [item?.id],
  );
  await say({
    status: 'SUCCESS',
    payout_item: { ...whole?.item, amount: { currency: 'USD', value: '25.99' } },
  });
  clock.advance(HOUR_MS);
  await checkPayouts(house);
  assert.equal(await stateOf(id), 'parked');
  await say({ payout_item: whole?.item });
  await becomes(id, 'paid', HOUR_MS);
  await audited();
});

test('a webhook that PayPal did not sign, or that is old, is refused', async () => {
  const account = house.config.payments.paypal;
  assert.ok(account !== null && account.webhookId !== null);
  const { url, webhookId } = account;
  const body = JSON.stringify({ id: 'WH-1', event_type: 'PAYMENT.PAYOUTS-ITEM.SUCCEEDED', resource: {} });
  const post = async (signed: { webhookId?: string; url?: string; body?: string }, agedMs = 0) => {
    const then = { ...desk, clock: testClock(clock.now() - agedMs) };
    const headers = await signPaypal(then, { id: 'WH-1', body, webhookId, url, ...signed });
    const answer = await fetch(`${site.origin}/v1/webhooks/paypal-payouts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    return answer.status;
  };
  assert.equal(await post({}), 204);
  assert.equal(await post({ webhookId: 'ANOTHERWEBHOOK' }), 401);
  assert.equal(await post({ body: `${body} ` }), 401);
  assert.equal(await post({ url: 'https://evil.example' }), 401);
  assert.equal(await post({}, 5 * DAY_MS), 401);
});

test('a webhook moves the next look to now, also when its first delivery was refused', async () => {
  const creator = await paidByEmail('hinted', 'hinted.unclaimed@mail.example');
  const id = await released(creator);
  await says(id, 'UNCLAIMED');
  // Nothing is asked for a day by itself: what is told is what makes it go on.
  const wait = () =>
    db.query('update payout_attempt_states set checks = 12, next_check_at = $2 where withdrawal_id = $1', [
      wdId(id),
      new Date(clock.now() + DAY_MS),
    ]);
  await wait();
  await faulty('paypal.webhook', 'wrong_secret', 1);
  await play(id, 'accept');
  await until(
    'a forged one was refused, and a true one taken',
    async () => {
      await look(2 * SECOND_MS);
      return stateOf(id);
    },
    (state) => state === 'paid',
  );
  const [met] = await db.query<{ left: number }>(
    `select remaining as left from sandbox.faults where call = 'paypal.webhook'`,
  );
  assert.equal(met?.left, 0);
});

// The last: it is asked for again for ever, and would meet the faults of others.
test('the same refusal after a question without an answer gives nothing back, and operators are told once', async () => {
  const creator = await paidByEmail('norecvlate', 'norecvlate.invalid@mail.example');
  const before = await availableOf(house, creator.person);
  await faulty('paypal.payouts.create', 'drop_before', 1);
  const id = await released(creator);
  await until(
    'it was refused',
    async () => {
      await look(MINUTE_MS);
      return attemptOf(id);
    },
    (attempt) => attempt?.problem?.includes('nothing is given back') === true,
  );
  for (let looks = 0; looks < 3; looks += 1) await look(HOUR_MS);
  assert.equal(await stateOf(id), 'sending');
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  const { reference } = await shown(creator, id);
  const told = (await operator().get('/v1/me/notices')).body.items.filter(({ title }: { title: string }) =>
    title.startsWith(`${reference} does not go on`),
  );
  assert.equal(told.length, 1);
  await audited();
});
