import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveCoins, somebody } from '../../test/gift-scene.ts';
import { type Answer, type Person, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { payingOf } from '../gifts/index.ts';
import { compileStrict } from '../http/validation.ts';
import { freezeAccount } from '../identity/index.ts';
import { auditWithin } from '../ledger/audit.ts';
import { allMessages } from '../realtime/messages.ts';
import { auditPolls } from './audit-polls.ts';
import { holdPolls } from './jobs.ts';
import { pollingOf } from './polling.ts';
import { vote } from './vote.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const polling = pollingOf(house);

const mira = await site.person('mira');
const stageId = await goLive(mira);
const stageUuid = parsePublicId('stage', stageId) as Uuid;
const ana = await fanWith('ana', 100_000n);
const ben = await fanWith('ben', 100_000n);
const cy = await fanWith('cyd', 0n);

async function fanWith(handle: string, coins: bigint): Promise<Person & { uuid: Uuid }> {
  const person = await site.person(handle);
  const uuid = parsePublicId('user', person.id) as Uuid;
  await payingOf(house).openAccounts([uuid]);
  if (coins > 0n) await giveCoins(house, uuid, coins);
  return Object.assign(person, { uuid });
}

const FREE = {
  kind: 'poll',
  title: 'Which song next?',
  options: [{ text: 'Lanterns' }, { text: 'Encore' }, { text: 'Harbour' }],
  seconds: 60,
};
const GIFTS = {
  kind: 'giftVote',
  title: 'Red or blue light?',
  options: [
    { text: 'Red', giftId: 'rose' },
    { text: 'Blue', giftId: 'coffee' },
  ],
  seconds: 60,
};

const start = (body: object, key: string = newId()): Promise<Answer> =>
  mira.post('/v1/me/stage/polls', body, key);
async function started(body: object): Promise<string> {
  const answer = await start(body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.poll.id;
}
const choose = (who: Person, id: string, optionId: string) =>
  who.request('PUT', `/v1/polls/${id}/vote`, { body: { optionId } });
const end = (id: string, how = 'ended') => mira.request('PUT', `/v1/me/stage/polls/${id}/${how}`);
const polls = async (who: { get(path: string): Promise<Answer> } = site.stranger) =>
  (await who.get('/v1/stages/mira/polls')).body;
const votesOf = (poll: { options: { votes: string | null }[] }) => poll.options.map(({ votes }) => votes);
const give = (who: Person, giftId: string, quantity = 1) =>
  who.post('/v1/gifts', { stageId, giftId, quantity }, newId());
const events = async () =>
  (
    await db.query<{
      event: Record<string, unknown> & { options: { votes: string | null; percent: number | null }[] };
    }>(`select event from room_events where room_id = $1 and event->>'type' = 'poll' order by seq`, [
      stageUuid,
    ])
  ).map(({ event }) => event);
/** A new live, begun a moment after the one before. */
const liveAgain = async (about: object) => {
  assert.equal((await mira.post('/v1/stages/end', {})).status, 200);
  clock.advance(SECOND_MS);
  assert.equal((await mira.post('/v1/stages/start', { title: 'Again', ...about })).status, 201);
};
/** Waits until the room is told of so many votes: by the house itself, or by a look of this test. */
const toldOf = (votes: string) =>
  until('the room is told', async () => {
    await holdPolls(polling);
    return (await events()).at(-1)?.votes === votes;
  });
/** Looks, and waits for another look that found the same thing to do. */
const over = async () => {
  await holdPolls(polling);
  await until('it is over', async () => (await polls()).running === null);
};
const shown = () =>
  until('everything is shown', async () => {
    const open = await db.query('select from gifts, gift_relay where committed > relayed');
    return open.length === 0;
  });

test('a free vote: one a person, changed as often as they like, told to the room, and a result', async () => {
  const id = await started(FREE);
  assert.deepEqual((await mira.get('/v1/stages/mira')).body.stage.running, ['poll']);
  assert.equal((await choose(ana, id, '1')).status, 200);
  assert.equal((await choose(ben, id, '1')).status, 200);
  assert.equal((await choose(ana, id, '2')).status, 200, 'changed');
  assert.equal((await choose(cy, id, '2')).status, 200, 'without a Coin');
  const { running } = await polls(ana);
  assert.deepEqual([votesOf(running), running.votes, running.myVote], [['1', '2', '0'], '3', '2']);
  assert.equal((await polls(ben)).running.myVote, '1');
  assert.equal((await polls()).running.myVote, null);

  clock.advance(SECOND_MS);
  await toldOf('3');
  const told = (await events()).at(-1);
  assert.deepEqual(
    [told?.state, told?.votes, told?.options.map(({ percent }) => percent)],
    ['running', '3', [33, 67, 0]],
  );
  const count = (await events()).length;
  clock.advance(SECOND_MS);
  await holdPolls(polling);
  assert.equal((await events()).length, count, 'nothing new is told twice');

  clock.advance(58 * SECOND_MS);
  await over();
  const { running: none, past } = await polls(ana);
  assert.equal(none, null);
  assert.deepEqual(
    [past[0].state, past[0].endedBy, past[0].options.map((option: { winner: boolean }) => option.winner)],
    ['ended', 'time', [false, true, false]],
  );
  assert.equal((await events()).at(-1)?.state, 'ended');
  assert.deepEqual((await mira.get('/v1/stages/mira')).body.stage.running, []);
  const late = await choose(ana, id, '1');
  assert.deepEqual([late.status, late.body.code], [409, 'poll_over']);
  assert.equal(late.body.detail, 'This vote is over, so yours came too late.');
});

test('results that are hidden until the end are nowhere before it', async () => {
  const id = await started({ ...FREE, results: 'end' });
  await choose(ana, id, '3');
  clock.advance(SECOND_MS);
  await toldOf('1');
  const { running } = await polls(mira);
  assert.deepEqual([votesOf(running), running.votes], [[null, null, null], '1']);
  const told = (await events()).at(-1);
  assert.deepEqual([told?.options.map(({ votes }) => votes), told?.votes], [[null, null, null], '1']);
  const { poll } = (await end(id)).body;
  assert.deepEqual([poll.state, poll.endedBy, votesOf(poll)], ['ended', 'creator', ['0', '0', '1']]);
});

test('a gift vote: every Coin given with an option’s gift while it runs, and no other', async () => {
  assert.equal((await give(ana, 'rose', 9)).status, 201, 'before it');
  await shown();
  const id = await started(GIFTS);
  assert.equal((await choose(ana, id, '1')).body.code, 'poll_takes_gifts');
  await give(ana, 'rose', 4); // 4 × 1 Coin
  await give(ben, 'coffee', 2); // 2 × 5 Coins
  await give(ben, 'teddy', 1); // no option’s
  await shown();
  const { running } = await polls();
  assert.deepEqual([votesOf(running), running.votes], [['4', '10'], '14']);
  assert.deepEqual(running.options[1].gift.price.display, '5 Coins');
  clock.advance(60 * SECOND_MS);
  await holdPolls(polling);
  assert.notEqual((await polls()).running, null, 'gifts on their way are waited for');
  await give(ana, 'coffee', 1);
  await shown();
  clock.advance(SECOND_MS);
  await over();
  await give(ana, 'rose', 50);
  await shown();
  const { past } = await polls();
  assert.deepEqual([past[0].id, votesOf(past[0]), past[0].options[1].winner], [id, ['4', '15'], true]);
  const { proof } = (await mira.get(`/v1/me/stage/polls/${id}`)).body;
  assert.deepEqual([proof.counted, proof.agrees], [['4', '15'], true]);
  assert.match(proof.how[1].note, /Every Coffee of this live \(5 Coins each\)/);
  assert.deepEqual(await auditPolls(db), []);
});

test('canceled, it has no result; the live’s end ends it with one', async () => {
  const id = await started(GIFTS);
  await give(ana, 'rose', 3);
  await shown();
  const { poll } = (await end(id, 'canceled')).body;
  assert.deepEqual([poll.state, votesOf(poll)], ['canceled', [null, null]]);
  assert.equal((await events()).at(-1)?.state, 'canceled');
  assert.equal((await end(id, 'ended')).body.poll.state, 'canceled', 'decided once');

  const second = await started(FREE);
  await choose(ana, second, '1');
  assert.equal((await mira.post('/v1/stages/end', {})).status, 200);
  await until('it has ended with its live', async () => (await polls()).past[0]?.endedBy === 'live_ended');
  assert.equal((await start(FREE)).body.code, 'stage_not_live');
  clock.advance(SECOND_MS);
  assert.equal((await mira.post('/v1/stages/start', { title: 'Again' })).status, 201);
  assert.deepEqual((await polls()).past, [], 'a new live begins without results');
});

test('one at a time, once a key, and only what can be asked', async () => {
  const key = newId();
  const first = await start(FREE, key);
  const again = await start(FREE, key);
  assert.deepEqual(
    [first.status, again.status, again.headers.get('idempotent-replayed'), again.body.poll.id],
    [201, 201, 'true', first.body.poll.id],
  );
  assert.equal((await start({ ...FREE, seconds: 90 }, key)).body.code, 'idempotency_key_reused');
  assert.equal((await start(GIFTS)).body.code, 'poll_running');
  assert.equal((await mira.post('/v1/me/stage/polls', FREE)).body.code, 'idempotency_key_missing');
  const { id } = first.body.poll;
  assert.equal((await end(id)).status, 200);
  assert.equal((await start(FREE, key)).body.poll.state, 'ended', 'the same key is the same vote, for ever');
  for (const [body, field] of [
    [{ ...FREE, title: '' }, '/title'],
    [{ ...FREE, seconds: 5 }, '/seconds'],
    [{ ...FREE, options: [{ text: 'One' }] }, '/options'],
  ] as const) {
    const refused = await start(body);
    assert.deepEqual([refused.status, refused.body.field], [400, field]);
  }
  assert.equal((await start({ ...FREE, surprise: 1 })).body.code, 'invalid_request');
  assert.equal((await ana.post('/v1/me/stage/polls', FREE, newId())).status, 403);

  await liveAgain({ giftsOn: false });
  assert.equal((await start(GIFTS)).body.code, 'poll_needs_gifts');
  await liveAgain({});
});

test('who may vote: whoever is welcome there, the muted too, the host and the frozen not', async () => {
  const id = await started(FREE);
  assert.equal((await choose(mira, id, '1')).body.code, 'own_poll');
  assert.equal(
    (await site.stranger.request('PUT', `/v1/polls/${id}/vote`, { body: { optionId: '1' } })).status,
    401,
  );
  for (const optionId of ['0', '4', '6', '-1', '01', 'x', '1e0', ' 1']) {
    assert.equal((await choose(ana, id, optionId)).body.code, 'poll_option_unknown', optionId);
  }
  assert.equal((await ana.request('PUT', `/v1/polls/${id}/vote`, { body: { optionId: 1 } })).status, 400);
  assert.equal((await choose(ana, `poll_${'0'.repeat(32)}`, '1')).status, 404);
  assert.equal((await choose(ana, 'poll_x', '1')).status, 404);
  assert.equal(
    (await mira.request('PUT', '/v1/stages/mira/mutes/ben', { body: { minutes: 5 } })).status,
    204,
  );
  assert.equal((await choose(ben, id, '1')).status, 200);
  assert.equal((await mira.request('PUT', '/v1/stages/mira/bans/ben', { body: {} })).status, 204);
  const banned = await choose(ben, id, '2');
  assert.deepEqual([banned.status, banned.body.code], [403, 'banned_from_stage']);
  assert.equal((await mira.request('DELETE', '/v1/stages/mira/bans/ben')).status, 204);
  const dan = await fanWith('dan', 0n);
  const freeze = {
    userId: dan.uuid,
    gates: ['send'] as const,
    reason: 'Under review.',
    byUser: null,
    until: null,
  };
  await freezeAccount(house, freeze);
  assert.equal((await choose(dan, id, '1')).body.code, 'polls_closed_to_you');
  assert.deepEqual(votesOf((await polls()).running), ['1', '0', '0']);
  await end(id);
});

test('other creators can neither see into nor end it', async () => {
  const id = await started(FREE);
  const nova = await site.person('nova');
  await goLive(nova);
  for (const path of [`/v1/me/stage/polls/${id}`]) assert.equal((await nova.get(path)).status, 404);
  assert.equal((await nova.request('PUT', `/v1/me/stage/polls/${id}/ended`)).status, 404);
  assert.equal((await nova.request('PUT', `/v1/me/stage/polls/${id}/canceled`)).status, 404);
  await end(id);
  const own = (await mira.get('/v1/me/stage/polls?limit=2')).body;
  assert.equal(own.items.length, 2);
  const next = (await mira.get(`/v1/me/stage/polls?limit=2&cursor=${own.nextCursor}`)).body;
  assert.equal(new Set([...own.items, ...next.items].map((poll: { id: string }) => poll.id)).size, 4);
  const ofLive = (await mira.get(`/v1/me/stage/polls?live=${own.items[0].liveId}`)).body.items;
  assert(ofLive.every((poll: { liveId: string }) => poll.liveId === own.items[0].liveId));
  assert.equal((await mira.get('/v1/me/stage/polls?cursor=x')).body.code, 'invalid_request');
  assert.deepEqual((await nova.get('/v1/me/stage/polls')).body.items, []);
});

test('1,000 votes at once, each person’s last one counted', async () => {
  const id = await started(FREE);
  const pollId = parsePublicId('poll', id) as Uuid;
  const voters = await Promise.all(
    Array.from({ length: 250 }, (_, index) => somebody(house, `voter${index}`)),
  );
  const asked = voters.flatMap((voterId) => ['1', '2', '3', '2'].map((optionId) => ({ voterId, optionId })));
  await Promise.all(asked.map(({ voterId, optionId }) => vote(polling, voterId, pollId, optionId)));
  await Promise.all(voters.map((voterId, index) => vote(polling, voterId, pollId, String(1 + (index % 3)))));
  const { running } = await polls();
  assert.deepEqual([votesOf(running), running.votes], [['84', '83', '83'], '250']);
  await end(id);
  assert.deepEqual(await auditPolls(db), []);
});

test('votes at the closing instant: each is counted, or told that it came too late', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await started(FREE);
    const pollId = parsePublicId('poll', id) as Uuid;
    const voters = [ana, ben, cy].map(({ uuid }) => uuid);
    const voting = voters.flatMap((voterId) =>
      Array.from({ length: 4 }, () =>
        vote(polling, voterId, pollId, '2').then(
          () => voterId,
          (error: { code: string }) => {
            assert.equal(error.code, 'poll_over');
            return null;
          },
        ),
      ),
    );
    const ending = [end(id), end(id), holdPolls(polling)];
    const counted = new Set((await Promise.all(voting)).filter((voterId) => voterId !== null));
    await Promise.all(ending);
    assert.equal((await polls()).past[0].votes, String(counted.size));
    const ends = (await events()).filter((event) => event.pollId === id && event.state === 'ended');
    assert.equal(ends.length, 1, 'told once');
  }
});

test('two processes end a gift vote while gifts stream in: one result, which is what was given', async () => {
  const second = await testHouse({ clock, databaseUrl: site.databaseUrl });
  for (let round = 0; round < 3; round += 1) {
    const id = await started({ ...GIFTS, seconds: 15 });
    let isGiving = true;
    const giving = [ana, ben].map(async (who, index) => {
      while (isGiving) await give(who, index === 0 ? 'rose' : 'coffee', 1);
    });
    await until('some gifts', async () => Number((await polls()).running.votes) > 20);
    clock.advance(17 * SECOND_MS);
    await Promise.all([holdPolls(polling), holdPolls(pollingOf(second.house)), holdPolls(polling)]);
    isGiving = false;
    await Promise.all(giving);
    await until('it has ended', async () => (await polls()).running === null);
    await shown();
    const { proof, poll } = (await mira.get(`/v1/me/stage/polls/${id}`)).body;
    assert.equal(poll.state, 'ended');
    assert.deepEqual(proof.counted, votesOf(poll));
    const ends = (await events()).filter((event) => event.pollId === id && event.state === 'ended');
    assert.equal(ends.length, 1);
  }
  assert.deepEqual(await auditPolls(db), []);
});

test('every message is what tools are told that it is; the whole house agrees', async () => {
  const kind = allMessages().find(({ name }) => name === 'poll');
  assert(kind !== undefined);
  const fits = compileStrict(kind.schema);
  const told = await events();
  assert(told.length > 20);
  for (const event of told) assert(fits(event), JSON.stringify([event, fits.errors]));
  const report = await db.transaction((tx) => auditWithin(tx));
  assert.deepEqual(
    report.findings.filter(({ violations }) => violations.length > 0),
    [],
  );
});
