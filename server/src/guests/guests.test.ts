import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveCoins, has } from '../../test/gift-scene.ts';
import { enterHouse } from '../../test/socket.ts';
import { hands, type Person, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { MINUTE_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { payingOf } from '../gifts/index.ts';
import { freezeAccount } from '../identity/index.ts';
import { auditWithin } from '../ledger/audit.ts';
import { readRoomEvents } from '../realtime/room-events.ts';
import { auditGuests } from './audit-guests.ts';
import { takeOutTheGone } from './leave.ts';
import { memberOf } from './store.ts';
import { leaveCompany } from './together.ts';

// The auditor asks the database for the time: a hype that gifts begin here must not be long over by it.
const clock = testClock(Date.now());
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;

const uuidOf = (who: { readonly id: string }): Uuid => parsePublicId('user', who.id) ?? '';
const stageUuid = (id: string): Uuid => parsePublicId('stage', id) ?? '';
const creator = async (handle: string) => {
  const person = await site.person(handle, { displayName: handle.charAt(0).toUpperCase() + handle.slice(1) });
  return Object.assign(person, { uuid: uuidOf(person), stageId: await goLive(person) });
};
type Creator = Awaited<ReturnType<typeof creator>>;
async function fanWith(handle: string, coins: bigint) {
  const person = await site.person(handle);
  await payingOf(house).openAccounts([uuidOf(person)]);
  await giveCoins(house, uuidOf(person), coins);
  return Object.assign(person, { uuid: uuidOf(person) });
}

const [mira, juno, nova, kai, lux, zed] = [
  await creator('mira'),
  await creator('juno'),
  await creator('nova'),
  await creator('kai'),
  await creator('lux'),
  await creator('zed'),
];
const ana = await fanWith('ana', 10_000n);

const invite = (host: Person, handle: string) => host.post('/v1/me/guests/invitations', { handle });
const put = (who: Person, id: string, answer: string) =>
  who.request('PUT', `/v1/guests/invitations/${id}/${answer}`);
const together = async (host: Creator, guest: Creator) => {
  const invited = await invite(host, guest.handle);
  assert.equal(invited.status, 201, JSON.stringify(invited.body));
  const accepted = await put(guest, invited.body.invitation.id, 'accepted');
  assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
};
const apart = (...people: readonly Person[]) =>
  Promise.all(
    people.map(async (one) => {
      const left = await one.request('DELETE', '/v1/me/guests');
      assert.equal(left.status, 200, JSON.stringify(left.body));
    }),
  );
const guestsOn = async (handle: string): Promise<string[]> =>
  (await site.stranger.get(`/v1/stages/${handle}/guests`)).body.guests.map(
    (guest: { handle: string }) => guest.handle,
  );
const give = (
  fan: Person,
  stage: Creator,
  to: string | undefined,
  body: object = { giftId: 'heart', quantity: 1 },
  key: string = newId(),
) => fan.post('/v1/gifts', { stageId: stage.stageId, ...(to === undefined ? {} : { to }), ...body }, key);
const shown = () =>
  until(
    'every gift was shown and ranked',
    () => db.query('select from gifts, gift_relay where committed > ranked'),
    (rows) => rows.length === 0,
  );
const eventsOf = (stage: Creator) => readRoomEvents(db, stageUuid(stage.stageId), 0, 10_000);
async function isClean() {
  await shown();
  const { findings } = await db.transaction((tx) => auditWithin(tx));
  assert.deepEqual(
    findings.filter(({ violations }) => violations.length > 0),
    [],
  );
}

test('a creator invites another one, who comes; each stage is told who is there', async () => {
  const invited = await invite(mira, 'juno');
  assert.equal(invited.status, 201);
  const { id } = invited.body.invitation;
  assert.equal((await invite(mira, 'JUNO')).body.invitation.id, id, 'asked again it is the same invitation');
  const waits = (await juno.get('/v1/me/guests')).body;
  assert.deepEqual([waits.guests, waits.received[0].host.handle, waits.sent], [[], 'mira', []]);
  const bell = (await juno.get('/v1/me/notices')).body.items[0];
  assert.deepEqual([bell.kind, bell.link], ['guest', '/studio/live']);
  assert.equal((await put(mira, id, 'accepted')).status, 404);
  assert.equal((await put(nova, id, 'accepted')).status, 404);
  const accepted = await put(juno, id, 'accepted');
  assert.deepEqual(
    accepted.body.guests.map(({ handle, host }: { handle: string; host: boolean }) => [handle, host]),
    [
      ['mira', true],
      ['juno', false],
    ],
  );
  assert.equal((await put(juno, id, 'accepted')).status, 200, 'twice is once');
  for (const stage of [mira, juno]) {
    const last = (await eventsOf(stage)).filter(({ type }) => type === 'guests');
    assert.equal(last.length, 1, stage.handle);
    assert.equal(last[0]?.uniqueId, stage.handle);
    assert.deepEqual(
      last.flatMap(({ guests }) => (guests as { uniqueId: string }[]).map(({ uniqueId }) => uniqueId)),
      ['mira', 'juno'],
    );
    assert.deepEqual(await guestsOn(stage.handle), ['mira', 'juno']);
  }
  assert.equal((await invite(juno, 'nova')).body.code, 'not_the_host');
  assert.equal((await invite(mira, 'juno')).body.code, 'already_together');
  await apart(juno);
  assert.deepEqual([await guestsOn('mira'), await guestsOn('juno')], [[], []]);
  for (const stage of [mira, juno]) {
    const last = (await eventsOf(stage)).filter(({ type }) => type === 'guests').at(-1);
    assert.deepEqual([last?.uniqueId, last?.guests], [stage.handle, []]);
  }
  await apart(juno);
  assert.deepEqual(await guestsOn('mira'), [], 'leaving twice is leaving once');
});

test('whoever cannot be invited, and what is refused of invitations', async () => {
  const fan = await site.person('justafan');
  const away = await site.person('away');
  await away.post('/v1/me/creator');
  assert.equal((await invite(mira, 'mira')).body.code, 'own_invitation');
  assert.equal((await invite(mira, 'nobodyhere')).status, 404);
  assert.equal((await invite(mira, 'justafan')).status, 404);
  assert.equal((await invite(mira, 'away')).body.code, 'guest_not_live');
  assert.equal((await invite(away, 'mira')).body.code, 'stage_not_live');
  assert.equal((await invite(fan, 'mira')).status, 403);

  const { id } = (await invite(mira, 'nova')).body.invitation;
  assert.equal((await put(mira, id, 'declined')).status, 404);
  assert.equal((await put(nova, id, 'declined')).status, 200);
  assert.equal((await put(nova, id, 'accepted')).body.code, 'invitation_over');
  const soon = await invite(mira, 'nova');
  assert.deepEqual([soon.status, soon.body.code], [429, 'invited_too_soon']);
  assert.match((await mira.get('/v1/me/notices')).body.items[0].title, /Nova cannot join now/);
  clock.advance(MINUTE_MS);
  const again = (await invite(mira, 'nova')).body.invitation.id;
  assert.notEqual(again, id);
  assert.equal((await put(mira, again, 'withdrawn')).status, 200);
  assert.equal((await put(nova, again, 'accepted')).body.code, 'invitation_over');
  assert.equal(
    (await invite(mira, 'nova')).body.code,
    'invited_too_soon',
    'nobody’s bell rings all the time',
  );
  clock.advance(10 * SECOND_MS);
  const third = (await invite(mira, 'nova')).body.invitation.id;
  clock.advance(2 * MINUTE_MS);
  assert.match((await put(nova, third, 'accepted')).body.detail, /two minutes/);
  assert.deepEqual((await nova.get('/v1/me/guests')).body.received, []);

  assert.equal((await mira.request('PUT', '/v1/stages/mira/bans/kai', { body: {} })).status, 204);
  assert.equal((await invite(mira, 'kai')).body.code, 'guest_banned');
  assert.equal((await invite(kai, 'mira')).body.code, 'guest_banned');
  assert.equal((await mira.request('DELETE', '/v1/stages/mira/bans/kai')).status, 204);
});

test('five are the most, however they come at once; nobody is in two companies', async () => {
  for (const guest of [juno, nova, kai]) await together(mira, guest);
  const both = await Promise.all([invite(mira, 'lux'), invite(mira, 'zed')]);
  const answers = await Promise.all([
    put(lux, both[0]?.body.invitation.id, 'accepted'),
    put(zed, both[1]?.body.invitation.id, 'accepted'),
    put(lux, both[0]?.body.invitation.id, 'accepted'),
  ]);
  const [first, second, repeated] = answers.map(({ status }) => status);
  assert.equal(first, repeated);
  assert.deepEqual([first, second].sort(), [200, 409]);
  assert.equal(answers.find(({ status }) => status === 409)?.body.code, 'company_full');
  assert.equal((await guestsOn('mira')).length, 5);
  const outside = first === 200 ? zed : lux;
  assert.equal((await invite(outside, 'juno')).body.code, 'guest_busy');
  assert.equal((await invite(mira, outside.handle)).body.code, 'company_full');
  // Only the host sends somebody away.
  assert.equal((await nova.request('DELETE', '/v1/me/guests/juno')).body.code, 'not_the_host');
  assert.equal((await mira.request('DELETE', '/v1/me/guests/juno')).status, 200);
  assert.equal((await mira.request('DELETE', '/v1/me/guests/juno')).status, 404);
  assert.deepEqual((await guestsOn('mira')).slice(0, 3), ['mira', 'nova', 'kai']);
  // The host leaves: whoever has been there longest invites from now on.
  await apart(mira);
  assert.equal((await nova.get('/v1/me/guests')).body.guests[0].handle, 'nova');
  await together(nova, juno);
  await apart(nova, kai, lux, zed, juno);
  assert.deepEqual(await auditGuests(db), []);
});

test('whoever has left and come to somebody else is not taken out there', async () => {
  await together(mira, juno);
  const stay = await memberOf(db, juno.uuid);
  assert(stay !== undefined);
  await apart(juno);
  await together(nova, juno);
  const take = () =>
    db.transaction((tx) => leaveCompany(tx, juno.uuid, 'removed', new Date(clock.now()), stay));
  assert.equal(await take(), undefined);
  assert.deepEqual(await guestsOn('juno'), ['nova', 'juno']);
  await apart(juno);
});

test('two hosts want one guest at once: one of them gets them', async () => {
  const [byMira, byNova] = await Promise.all([invite(mira, 'juno'), invite(nova, 'juno')]);
  const answers = await Promise.all([
    put(juno, byMira.body.invitation.id, 'accepted'),
    put(juno, byNova.body.invitation.id, 'accepted'),
  ]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  assert.equal((await guestsOn('juno')).length, 2);
  await apart(juno);
  assert.deepEqual(await auditGuests(db), []);
});

test('a gift to a guest: their Diamonds, their live, both stages, one receipt', async () => {
  await together(mira, juno);
  const [before, beforeMira] = [await has(house, juno.uuid), await has(house, mira.uuid)];
  const key = newId();
  const sent = await give(ana, mira, juno.id, { giftId: 'heart', quantity: 3 }, key);
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  const { gift } = sent.body;
  assert.deepEqual([gift.receiver.handle, gift.stageId], ['juno', mira.stageId]);
  const again = await give(ana, mira, juno.handle, { giftId: 'heart', quantity: 3 }, key);
  assert.deepEqual([again.headers.get('idempotent-replayed'), again.body.gift.id], ['true', gift.id]);
  for (const to of [undefined, mira.id, nova.id, 'nobodyhere']) {
    const other = await give(ana, mira, to, { giftId: 'heart', quantity: 3 }, key);
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused'], String(to));
  }
  assert.equal((await has(house, juno.uuid)).pending - before.pending, 15_000n);
  assert.equal((await has(house, mira.uuid)).pending, beforeMira.pending);
  await shown();
  for (const stage of [mira, juno]) {
    const told = (await eventsOf(stage)).filter((event) => event.giftInstanceId === gift.id);
    assert.equal(told.length, 1, `once on the stage of ${stage.handle}`);
    assert.deepEqual(
      told.map(({ toUser, givenOn }) => [(toUser as { uniqueId: string }).uniqueId, givenOn]),
      [['juno', mira.stageId]],
    );
  }
  const [live, hers] = [(await juno.get('/v1/me/live')).body.live, (await mira.get('/v1/me/live')).body.live];
  assert.deepEqual([live.diamonds.units, live.coins.units, live.gifts], ['15000', '30', 3]);
  assert.deepEqual([hers.diamonds.units, hers.gifts], ['0', 0]);
  assert.equal((await juno.get('/v1/stages/juno')).body.stage.supporters[0].handle, 'ana');
  assert.deepEqual((await mira.get('/v1/stages/mira')).body.stage.supporters, []);
  const [given] = (await ana.get('/v1/me/gifts')).body.items;
  assert.equal(given.receiver.handle, 'juno');
  const [entry] = (await ana.get('/v1/me/wallet/entries')).body.items;
  assert.match(entry.title, /to Juno$/);
  assert.equal((await juno.get('/v1/me/gifts?as=receiver')).body.items[0].id, gift.id);
  assert.deepEqual((await mira.get('/v1/me/gifts?as=receiver')).body.items, []);
  assert.equal((await mira.get(`/v1/gifts/${gift.id}`)).status, 404, 'it is not hers to see');
  await isClean();
});

test('the host may give to a guest on her own stage, and nobody to themself', async () => {
  await giveCoins(house, mira.uuid, 100n);
  assert.equal((await give(mira, mira, 'juno')).status, 201);
  assert.equal((await give(mira, mira, undefined)).body.code, 'own_stage');
  assert.equal((await give(juno, mira, 'juno')).body.code, 'own_stage');
  assert.equal((await give(mira, juno, mira.id)).body.code, 'own_stage');
});

test('a gift to whoever is not there is refused, and costs nothing', async () => {
  const before = await has(house, ana.uuid);
  for (const to of [nova.id, 'nova', 'ana', 'nobodyhere', `user_${'0'.repeat(32)}`]) {
    const refused = await give(ana, mira, to);
    assert.deepEqual([refused.status, refused.body.code], [409, 'receiver_not_here'], to);
  }
  assert.equal((await give(ana, nova, 'juno')).body.code, 'receiver_not_here');
  assert.equal((await give(ana, mira, '')).status, 400);
  assert.equal((await has(house, ana.uuid)).coins, before.coins);
});

test('the gates of both stages hold for a gift to a guest', async () => {
  const ben = await fanWith('ben', 1_000n);
  await juno.request('PUT', '/v1/stages/juno/bans/ben', { body: {} });
  assert.equal((await give(ben, mira, 'juno')).body.code, 'banned_from_stage');
  assert.equal((await give(ben, mira, undefined)).status, 201);
  await juno.request('DELETE', '/v1/stages/juno/bans/ben');
  await mira.request('PUT', '/v1/stages/mira/bans/ben', { body: {} });
  assert.equal((await give(ben, mira, 'juno')).body.code, 'banned_from_stage');
  assert.equal((await give(ben, juno, 'mira')).body.code, 'banned_from_stage');
  await mira.request('DELETE', '/v1/stages/mira/bans/ben');
  await freezeAccount(house, {
    userId: juno.uuid,
    gates: ['earn'],
    reason: 'We look into a report.',
    byUser: null,
    until: null,
  });
  assert.equal((await give(ben, mira, 'juno')).body.code, 'gifts_off');
  assert.equal((await has(house, ben.uuid)).coins, 990n);
});

test('a streak is of one receiver', async () => {
  await apart(juno);
  await together(mira, nova);
  const streakId = newId();
  const press = (count: number, to?: string) =>
    give(ana, mira, to, { giftId: 'rose', streakId, count }, `${streakId}:${count}`);
  assert.equal((await press(1, 'nova')).status, 201);
  assert.equal((await press(3, nova.id)).status, 201);
  assert.equal((await press(4)).body.code, 'idempotency_key_reused');
  assert.equal((await press(4, 'mira')).body.code, 'idempotency_key_reused');
  clock.advance(6 * SECOND_MS);
  for (const stage of [mira, nova]) {
    const told = await until(
      `the streak ended on ${stage.handle}`,
      async () => (await eventsOf(stage)).filter(({ groupId }) => groupId === streakId),
      (events) => events.some(({ final }) => final === true),
    );
    assert.equal(told.filter(({ final }) => final === true).length, 1);
    assert.equal(told.at(-1)?.repeatCount, 3);
    assert.equal(
      told.reduce((sum, { deltaCount }) => sum + Number(deltaCount), 0),
      3,
    );
  }
});

test('over the socket: to a guest, and a refusal with the count that stands', async () => {
  const socket = await enterHouse(site.origin, ana);
  const key = newId();
  socket.send({ t: 'gift', key, stageId: mira.stageId, to: nova.id, giftId: 'heart', quantity: 1 });
  await socket.next('gift.ok', (frame) => frame.key === key);
  const other = newId();
  socket.send({ t: 'gift', key: other, stageId: mira.stageId, to: juno.id, giftId: 'heart', quantity: 1 });
  const refused = await socket.next('refused', (frame) => frame.key === other);
  assert.equal(refused.problem.code, 'receiver_not_here');
  socket.ws.close();
});

test('a guest who leaves while gifts are on their way: each is given whole or refused whole', async () => {
  for (let round = 0; round < 5; round += 1) {
    if (round > 0) await together(mira, nova);
    const [coins, { pending }] = [(await has(house, ana.uuid)).coins, await has(house, nova.uuid)];
    const asked = Array.from({ length: 40 }, () => newId());
    let isAway = false;
    const answers = Promise.all(
      asked.map(async (key, index) => {
        if (index === 20) {
          await apart(nova);
          isAway = true;
        }
        const late = isAway;
        const answer = await give(ana, mira, 'nova', { giftId: 'rose', quantity: 1 }, key);
        if (late) assert.equal(answer.status, 409, 'after they left nothing is given to them here');
        return answer;
      }),
    );
    const given = (await answers).filter(({ status }) => status === 201).length;
    for (const answer of await answers) {
      if (answer.status !== 201)
        assert.equal(answer.body.code, 'receiver_not_here', JSON.stringify(answer.body));
    }
    assert.equal((await has(house, ana.uuid)).coins, coins - BigInt(given));
    assert.equal((await has(house, nova.uuid)).pending, pending + BigInt(given) * 500n);
    // What was given stays given, whoever has left since.
    const again = await Promise.all(
      asked.map((key) => give(ana, mira, 'nova', { giftId: 'rose', quantity: 1 }, key)),
    );
    assert.equal(again.filter(({ status }) => status === 201).length, given);
    assert.equal((await has(house, ana.uuid)).coins, coins - BigInt(given));
  }
  await isClean();
});

test('when a live ends its creator is taken out, also when another process ended it', async () => {
  await together(mira, nova);
  await together(mira, kai);
  const elsewhere = await testHouse({ clock, databaseUrl: site.databaseUrl });
  const ended = await hands(elsewhere.origin, nova.cookie).post('/v1/stages/end', {});
  assert.equal(ended.status, 200);
  assert.equal((await give(ana, mira, 'nova')).body.code, 'receiver_not_here');
  await until(
    'nova is out',
    async () => guestsOn('mira'),
    (handles) => handles.join() === 'mira,kai',
  );
  assert.equal(await takeOutTheGone(house), 0);
  await mira.post('/v1/stages/end', {});
  await until(
    'kai is alone',
    async () => guestsOn('kai'),
    (handles) => handles.length === 0,
  );
  // What a guest got elsewhere is in the summary of their own live, to the last unit.
  const { lastLive } = (await nova.get('/v1/me/live')).body;
  const { live } = (await nova.get(`/v1/me/lives/${lastLive}`)).body;
  assert.equal(live.proof.agrees, true);
  assert.equal(live.proof.ledger.units, (await has(house, nova.uuid)).pending.toString());
  await elsewhere.close();
  await isClean();
});
