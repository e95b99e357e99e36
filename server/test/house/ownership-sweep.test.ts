import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { newId } from '../../src/core/ids.ts';
import { type Answer, type Hands, type Person, type TestHouse, testHouse } from '../test-house.ts';
import { buyCoins, goLive, sayAs } from '../town-life.ts';
import { until } from '../until.ts';
import { endow, settledAccount, userIdOf, withdraw } from '../withdrawal-scene.ts';

/**
 * Every operation of the contract is tried by everybody it is not for. A route that is added later is in the
 * document and so in this test; when it takes an id, the test asks whose it is before it passes.
 */

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly access: string;
}

const THIS_MONTH = new Date().toISOString().slice(0, 7);

/** Paths whose parameter names something public, and a value for it. */
const PUBLIC_PATHS: Record<string, string> = {
  // A month is everybody's; whose statement it is, the session says.
  ...Object.fromEntries(
    ['', '/lines', '/totals', '/statement.json', '/statement.csv', '/statement.pdf'].map((part) => [
      `/v1/me/statements/{month}${part}`,
      `/v1/me/statements/${THIS_MONTH}${part}`,
    ]),
  ),
  '/v1/me/tax/{year}/tax.json': `/v1/me/tax/${THIS_MONTH.slice(0, 4)}/tax.json`,
  '/v1/me/tax/{year}/tax.csv': `/v1/me/tax/${THIS_MONTH.slice(0, 4)}/tax.csv`,
  '/v1/policy/{version}': '/v1/policy/1',
  '/v1/me/explain/{gate}': '/v1/me/explain/send',
  // One's own case, whose sides are the same words for everybody.
  '/v1/me/identity/pictures/{side}': '/v1/me/identity/pictures/front',
  '/v1/users/{handle}': '/v1/users/sweep_owner',
  '/v1/users/{handle}/follow': '/v1/users/sweep_creator/follow',
  '/v1/stages/{handle}': '/v1/stages/sweep_creator',
  '/v1/stages/{handle}/supporters': '/v1/stages/sweep_creator/supporters',
  '/v1/stages/{handle}/events': '/v1/stages/sweep_creator/events',
  '/v1/stages/{handle}/questions': '/v1/stages/sweep_creator/questions',
  '/v1/stages/{handle}/polls': '/v1/stages/sweep_creator/polls',
  '/v1/stages/{handle}/hype': '/v1/stages/sweep_creator/hype',
  // Everybody may vote for everybody’s question, and in every poll.
  '/v1/polls/{id}/vote': `/v1/polls/poll_${'0'.repeat(32)}/vote`,
  '/v1/rates/{version}': '/v1/rates/1',
  '/v1/creators/{handle}/tier': '/v1/creators/sweep_creator/tier',
  '/v1/stages/{handle}/match': '/v1/stages/sweep_creator/match',
  '/v1/matches/{id}': `/v1/matches/match_${'0'.repeat(32)}`,
  '/v1/matches/{id}/gifts': `/v1/matches/match_${'0'.repeat(32)}/gifts`,
  '/v1/stages/{handle}/guests': '/v1/stages/sweep_creator/guests',
  '/v1/me/guests/{handle}': '/v1/me/guests/sweep_owner',
  '/v1/questions/{id}/vote': `/v1/questions/question_${'0'.repeat(32)}/vote`,
  '/v1/me/stage/moderators/{user}': '/v1/me/stage/moderators/sweep_owner',
  '/v1/stages/{handle}/stream': '/v1/stages/sweep_creator/stream',
  '/v1/stages/{handle}/video': '/v1/stages/sweep_creator/video',
  // Who may send, `video/video.test.ts` asks; the name of a session is the permission to end it.
  '/v1/stages/{handle}/whip': '/v1/stages/sweep_creator/whip',
  '/v1/stages/{handle}/whip/{session}': `/v1/stages/sweep_creator/whip/${newId()}`,
  '/v1/stages/{handle}/hls/index.m3u8': '/v1/stages/sweep_creator/hls/index.m3u8',
  '/v1/stages/{handle}/hls/live.m3u8': '/v1/stages/sweep_creator/hls/live.m3u8?viewer=x',
  '/v1/stages/{handle}/hls/{piece}': '/v1/stages/sweep_creator/hls/00000000-s0.m4s',
  '/v1/stages/{handle}/whep': '/v1/stages/sweep_creator/whep',
  '/v1/stages/{handle}/whep/{session}': `/v1/stages/sweep_creator/whep/${newId()}`,
  // The token is the permission; one that was never given, or none, opens nothing.
  '/v1/overlay/alerts/{alert}': '/v1/overlay/alerts/evt_1',
  '/v1/operator-links/{token}': `/v1/operator-links/${'a'.repeat(43)}`,
};

/** Paths of the operators' work on one person. */
const STAFF_PATHS: Readonly<Record<string, string>> = {
  '/v1/console/orders/{id}': `/v1/console/orders/order_${'0'.repeat(32)}`,
  '/v1/console/orders/{id}/refunds': `/v1/console/orders/order_${'0'.repeat(32)}/refunds`,
  '/v1/console/orders/{id}/resolution': `/v1/console/orders/order_${'0'.repeat(32)}/resolution`,
  '/v1/console/orders/{id}/resolution-decision': `/v1/console/orders/order_${'0'.repeat(32)}/resolution-decision`,
  '/v1/console/refunds/{id}/decision': `/v1/console/refunds/refund_${'0'.repeat(32)}/decision`,
  '/v1/console/refunds/{id}/sent': `/v1/console/refunds/refund_${'0'.repeat(32)}/sent`,
  '/v1/console/refunds/{id}/taken-back': `/v1/console/refunds/refund_${'0'.repeat(32)}/taken-back`,
  '/v1/console/refunds/{id}/verdict': `/v1/console/refunds/refund_${'0'.repeat(32)}/verdict`,
  '/v1/console/disputes/{id}': `/v1/console/disputes/recall_${'0'.repeat(32)}`,
  '/v1/console/disputes/{id}/pardoned': `/v1/console/disputes/recall_${'0'.repeat(32)}/pardoned`,
  '/v1/console/tax/{year}': '/v1/console/tax/2026',
  '/v1/console/withdrawals/{id}': `/v1/console/withdrawals/wd_${'0'.repeat(32)}`,
  '/v1/console/withdrawals/{id}/sent': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/sent`,
  '/v1/console/withdrawals/{id}/paid': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/paid`,
  '/v1/console/withdrawals/{id}/released': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/released`,
  '/v1/console/withdrawals/{id}/held': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/held`,
  '/v1/console/withdrawals/{id}/hold-lifted': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/hold-lifted`,
  '/v1/console/withdrawals/{id}/called-back': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/called-back`,
  '/v1/console/withdrawals/{id}/failed': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/failed`,
  '/v1/console/withdrawals/{id}/parked': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/parked`,
  '/v1/console/withdrawals/{id}/returned': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/returned`,
  '/v1/console/withdrawals/{id}/approval': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/approval`,
  '/v1/console/payout-files/{id}/downloads': `/v1/console/payout-files/payfile_${'0'.repeat(32)}/downloads`,
  '/v1/console/payout-files/{id}/withdrawn': `/v1/console/payout-files/payfile_${'0'.repeat(32)}/withdrawn`,
  '/v1/console/reconciliation/{id}': `/v1/console/reconciliation/recon_${'0'.repeat(32)}`,
  '/v1/console/payout-files/{id}/sent': `/v1/console/payout-files/payfile_${'0'.repeat(32)}/sent`,
  '/v1/users/{handle}/roles/{role}': '/v1/users/sweep_owner/roles/creator',
  '/v1/users/{handle}/roles/{role}/approval': '/v1/users/sweep_owner/roles/support/approval',
  '/v1/console/identity/{id}': `/v1/console/identity/idcase_${'0'.repeat(32)}`,
  '/v1/console/identity/{id}/pictures/{side}': `/v1/console/identity/idcase_${'0'.repeat(32)}/pictures/front`,
  '/v1/console/identity/{id}/decision': `/v1/console/identity/idcase_${'0'.repeat(32)}/decision`,
  '/v1/console/identity/{id}/reopened': `/v1/console/identity/idcase_${'0'.repeat(32)}/reopened`,
  '/v1/console/approvals/{id}': `/v1/console/approvals/approval_${'0'.repeat(32)}`,
  '/v1/console/withdrawals/{id}/failure-approval': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/failure-approval`,
  '/v1/console/withdrawals/{id}/resolution': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/resolution`,
  '/v1/console/withdrawals/{id}/return-approval': `/v1/console/withdrawals/wd_${'0'.repeat(32)}/return-approval`,
  '/v1/users/{handle}/freezes': '/v1/users/sweep_owner/freezes',
  '/v1/console/simulations/{id}': `/v1/console/simulations/sim_${'0'.repeat(32)}`,
  '/v1/console/simulations/{id}/again': `/v1/console/simulations/sim_${'0'.repeat(32)}/again`,
  '/v1/console/simulations/{id}/cancel': `/v1/console/simulations/sim_${'0'.repeat(32)}/cancel`,
  '/v1/console/rates/drafts/{id}': `/v1/console/rates/drafts/rate_${'0'.repeat(32)}`,
  '/v1/console/rates/drafts/{id}/ask': `/v1/console/rates/drafts/rate_${'0'.repeat(32)}/ask`,
  '/v1/console/rates/drafts/{id}/decide': `/v1/console/rates/drafts/rate_${'0'.repeat(32)}/decide`,
  '/v1/console/rates/fiat/{id}': `/v1/console/rates/fiat/fiat_${'0'.repeat(32)}`,
  '/v1/users/{handle}/freezes/{id}/lift': `/v1/users/sweep_owner/freezes/${newId()}/lift`,
};

/** Filled in `before`: paths whose parameter is somebody's, with an id of the owner's. */
const ownedPaths: Record<string, string> = {};

let site: TestHouse;
let owner: Person;
let other: Person;
let operations: Operation[];

before(async () => {
  site = await testHouse();
  owner = await site.person('sweep_owner');
  other = await site.person('sweep_other');
  const creator = await site.person('sweep_creator');
  operations = readOperations(site);

  const orderId = await buyCoins(owner, 500n);
  const stageId = await goLive(creator);
  const key = newId();
  const gift = await owner.post('/v1/gifts', { stageId, giftId: 'teddy', quantity: 1 }, key);
  assert.equal(gift.status, 201, JSON.stringify(gift.body));
  const opened = await creator.request('PUT', '/v1/stages/questions', { body: { on: true, coins: '20' } });
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  const question = await owner.post(
    '/v1/stages/sweep_creator/questions',
    { text: 'Whose is it?', coins: '20' },
    newId(),
  );
  assert.equal(question.status, 201, JSON.stringify(question.body));
  for (const verb of ['', '/answering', '/answered', '/skipped', '/withdrawn']) {
    ownedPaths[`/v1/questions/{id}${verb}`] = `/v1/questions/${question.body.question.id}${verb}`;
  }
  const entries = await until(
    'the wallet shows the gift and what paid for it',
    () => owner.get('/v1/me/wallet/entries?asset=COIN'),
    (answer) => answer.body.items.length >= 3,
  );
  ownedPaths['/v1/orders/{id}'] = `/v1/orders/${orderId}`;
  ownedPaths['/v1/orders/{id}/cancel'] = `/v1/orders/${orderId}/cancel`;
  ownedPaths['/v1/orders/{id}/refund'] = `/v1/orders/${orderId}/refund`;
  ownedPaths['/v1/orders/{id}/refunds'] = `/v1/orders/${orderId}/refunds`;
  ownedPaths['/v1/gifts/{id}'] = `/v1/gifts/${gift.body.gift.id}`;
  ownedPaths['/v1/gifts/by-key/{key}'] = `/v1/gifts/by-key/${key}`;
  const startsAt = new Date(Date.now() + 3_600_000).toISOString();
  const announced = await creator.post('/v1/me/stage/schedule', { title: 'Tomorrow', startsAt });
  assert.equal(announced.status, 201, JSON.stringify(announced.body));
  PUBLIC_PATHS['/v1/scheduled-lives/{id}/reminder'] =
    `/v1/scheduled-lives/${announced.body.scheduled.id}/reminder`;
  ownedPaths['/v1/me/stage/schedule/{id}'] = `/v1/me/stage/schedule/${announced.body.scheduled.id}`;
  // Keeping order is the creator's and their moderators' alone; the line is the creator's.
  const line = await sayAs(site, creator, 'sweep_creator', 'Welcome');
  const room = '/v1/stages/{handle}';
  ownedPaths[`${room}/lines/{id}/removal`] = `/v1/stages/sweep_creator/lines/${line}/removal`;
  ownedPaths[`${room}/lines/{id}/pin`] = `/v1/stages/sweep_creator/lines/${line}/pin`;
  ownedPaths[`${room}/pin`] = '/v1/stages/sweep_creator/pin';
  ownedPaths[`${room}/mutes/{user}`] = '/v1/stages/sweep_creator/mutes/sweep_owner';
  ownedPaths[`${room}/bans/{user}`] = '/v1/stages/sweep_creator/bans/sweep_owner';
  ownedPaths['/v1/me/wallet/entries/{id}'] = `/v1/me/wallet/entries/${entries.body.items[0].id}`;
  const made = await creator.post('/v1/me/overlays/keys', { name: 'OBS' });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  ownedPaths['/v1/me/overlays/keys/{id}'] = `/v1/me/overlays/keys/${made.body.key.id}`;
  await goLive(owner);
  await endow(site.house, userIdOf(owner), 10_000_000n);
  const account = await settledAccount(site, owner);
  const withdrawal = await withdraw(owner, account, 2_000_000n);
  for (const verb of ['', '/set-up', '/look']) {
    ownedPaths[`/v1/me/payout-accounts/{id}${verb}`] = `/v1/me/payout-accounts/${account}${verb}`;
  }
  for (const verb of ['', '/canceled', '/called-back']) {
    ownedPaths[`/v1/me/withdrawals/{id}${verb}`] = `/v1/me/withdrawals/${withdrawal.id}${verb}`;
  }
  const poll = await owner.post(
    '/v1/me/stage/polls',
    { kind: 'poll', title: 'Whose is it?', options: [{ text: 'Mine' }, { text: 'Yours' }], seconds: 600 },
    newId(),
  );
  assert.equal(poll.status, 201, JSON.stringify(poll.body));
  for (const verb of ['', '/ended', '/canceled']) {
    ownedPaths[`/v1/me/stage/polls/{id}${verb}`] = `/v1/me/stage/polls/${poll.body.poll.id}${verb}`;
  }
  const invited = await creator.post('/v1/me/guests/invitations', { handle: 'sweep_owner' });
  assert.equal(invited.status, 201, JSON.stringify(invited.body));
  for (const answer of ['accepted', 'declined', 'withdrawn']) {
    const path = '/v1/guests/invitations/';
    ownedPaths[`${path}{id}/${answer}`] = `${path}${invited.body.invitation.id}/${answer}`;
  }
  const match = await creator.post('/v1/me/matches', { with: ['sweep_owner'] });
  assert.equal(match.status, 201, JSON.stringify(match.body));
  for (const answer of ['accepted', 'declined', 'withdrawn', 'stopped']) {
    ownedPaths[`/v1/matches/{id}/${answer}`] = `/v1/matches/${match.body.match.id}/${answer}`;
  }
  ownedPaths['/v1/me/lives/{id}'] = `/v1/me/lives/${(await owner.get('/v1/me/live')).body.live.id}`;
});

test('every path with a parameter is known: public, of the staff, or somebody’s own', () => {
  const unknown = operations
    .map(({ path }) => path)
    .filter((path) => path.includes('{'))
    .filter((path) => !(path in PUBLIC_PATHS) && !(path in STAFF_PATHS) && !(path in ownedPaths));
  assert.deepEqual(unknown, [], 'say in this test whose they are');
});

test('nobody without a session gets past the public routes', async () => {
  for (const operation of operations.filter(({ access }) => access !== 'public')) {
    const answer = await call(site.stranger, operation);
    assert.equal(answer.status, 401, `${operation.method} ${operation.path} let a stranger in`);
    assert.equal(answer.body.code, 'not_signed_in');
  }
});

test('a fan does not pass for a creator, an operator or support', async () => {
  for (const operation of operations.filter(({ access }) => !['public', 'user'].includes(access))) {
    const answer = await call(other, operation);
    assert.equal(answer.status, 403, `${operation.method} ${operation.path} let a fan in`);
    assert.equal(answer.body.code, 'forbidden');
  }
});

test('nobody reads or moves what is somebody else’s', async () => {
  const before = await holdings(owner);
  for (const operation of operations.filter(({ path }) => path in ownedPaths)) {
    const answer = await call(other, operation);
    assert.ok([403, 404].includes(answer.status), `${operation.method} ${operation.path}: ${answer.status}`);
    const said = JSON.stringify(answer.body);
    assert.ok(
      !said.includes(owner.id) && !said.includes('sweep_owner'),
      `${operation.path} tells whose it is`,
    );
  }
  assert.deepEqual(await holdings(owner), before);
});

test('what is asked for without an id is the asker’s own: nobody finds another’s things in their lists', async () => {
  const own = operations.filter(
    ({ path, method }) => method === 'GET' && path.startsWith('/v1/me/') && !path.includes('{'),
  );
  for (const query of ['', '?as=receiver', '?asset=COIN', '?asset=DIAMOND']) {
    for (const { path } of own) {
      const said = JSON.stringify((await other.get(path + query)).body);
      assert.ok(
        !said.includes(owner.id) && !said.includes('sweep_owner'),
        `${path}${query} tells of the owner`,
      );
    }
  }
  // And not because nothing is there.
  const given = await owner.get('/v1/me/gifts');
  assert.deepEqual(
    given.body.items.map(({ id }: { id: string }) => `/v1/gifts/${id}`),
    [ownedPaths['/v1/gifts/{id}']],
  );
});

test('the owner reads every one of them', async () => {
  for (const operation of operations.filter(({ path, method }) => path in ownedPaths && method === 'GET')) {
    const answer = await call(owner, operation);
    assert.equal(answer.status, 200, `${operation.path}: ${JSON.stringify(answer.body)}`);
  }
});

test('no state changes on a request from a foreign page, or without an origin', async () => {
  const before = await holdings(owner);
  for (const operation of operations.filter(
    ({ method, path }) => method !== 'GET' && !path.includes('/webhooks/'),
  )) {
    for (const origin of ['https://evil.example', 'null', '']) {
      const answer = await fetch(site.origin + addressOf(operation.path), {
        method: operation.method,
        headers: {
          cookie: owner.cookie,
          'content-type': 'application/json',
          ...(origin === '' ? {} : { origin }),
        },
        body: '{}',
      });
      assert.equal(answer.status, 403, `${operation.method} ${operation.path} took origin “${origin}”`);
    }
  }
  assert.deepEqual(await holdings(owner), before);
});

async function holdings(person: Person): Promise<unknown> {
  const wallet = await person.get('/v1/me/wallet');
  const session = await person.get('/v1/session');
  return [wallet.body.coins, wallet.body.diamonds, session.body.me];
}

function call(hands: Hands, { method, path }: Operation): Promise<Answer> {
  return hands.request(method, addressOf(path), {
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: {} }),
    headers: { 'idempotency-key': newId() },
  });
}

function addressOf(path: string): string {
  return ownedPaths[path] ?? STAFF_PATHS[path] ?? PUBLIC_PATHS[path] ?? path;
}

function readOperations({ app }: TestHouse): Operation[] {
  return Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { 'x-access': string }>).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      access: operation['x-access'],
    })),
  );
}
