import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { enterHouse, type Said } from '../../test/socket.ts';
import { type Person, type TestHouse, testHouse } from '../../test/test-house.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { useStages } from '../gifts/index.ts';
import { livingOf } from './living.ts';
import { stageDirectory } from './stage-directory.ts';

useStages(stageDirectory);

const clock = testClock(Date.now());

async function creator(house: TestHouse, handle: string): Promise<Person> {
  const host = await house.person(handle);
  assert.equal((await host.post('/v1/me/creator', {})).status, 200);
  return host;
}

const inMs = (ms: number) => new Date(clock.now() + ms).toISOString();
const announce = (host: Person, title: string, startsAt: string) =>
  host.post('/v1/me/stage/schedule', { title, startsAt });

suite('announced lives', async () => {
  const house = await testHouse({ clock });
  const [mira, juno] = [await creator(house, 'mira'), await creator(house, 'juno')];
  const [koji, oona] = [await house.person('koji'), await house.person('oona')];

  test('are announced by creators, with a title and a time to come, ten at most', async () => {
    assert.equal((await announce(koji, 'x', inMs(HOUR_MS))).status, 403);
    for (const [startsAt, code] of [
      [inMs(0), 'schedule_invalid'],
      [inMs(91 * DAY_MS), 'schedule_invalid'],
      ['tomorrow', 'invalid_request'],
      ['2026-13-30T10:00:00Z', 'schedule_invalid'],
    ] as const) {
      assert.equal((await announce(mira, 'Late', startsAt)).body.code, code, startsAt);
    }
    assert.equal((await announce(mira, ' ', inMs(HOUR_MS))).body.code, 'stage_text_invalid');
    for (let hour = 10; hour >= 1; hour -= 1) {
      const answer = await announce(mira, `Part ${hour}`, inMs(hour * HOUR_MS));
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    }
    assert.equal((await announce(mira, 'Eleven', inMs(11 * HOUR_MS))).body.code, 'schedule_full');
    const { items } = (await mira.get('/v1/me/stage/schedule')).body;
    assert.deepEqual(
      items.map(({ title }: Said) => title),
      Array.from({ length: 10 }, (_, index) => `Part ${index + 1}`),
    );
    for (const { id } of items.slice(2)) {
      const strange = await juno.request('DELETE', `/v1/me/stage/schedule/${id}`);
      assert.equal(strange.status, 404);
      assert.equal((await mira.request('DELETE', `/v1/me/stage/schedule/${id}`)).status, 204);
      assert.equal((await mira.request('DELETE', `/v1/me/stage/schedule/${id}`)).status, 404);
    }
  });

  test('stand on the stage that is not live and in the directory, the next one first', async () => {
    await announce(juno, 'Kitchen talk', inMs(90 * MINUTE_MS));
    const { stage } = (await house.stranger.get('/v1/stages/mira')).body;
    assert.deepEqual([stage.live, stage.next.title, stage.next.reminded], [false, 'Part 1', false]);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { status, body } = await house.stranger.get(`/v1/stages?filter=scheduled&limit=1${cursor}`);
      assert.equal(status, 200, JSON.stringify(body));
      for (const item of body.items) seen.push(`${item.handle}: ${item.next.title}`);
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    assert.deepEqual(seen, ['mira: Part 1', 'juno: Kitchen talk', 'mira: Part 2']);
    const found = await house.stranger.get('/v1/stages?filter=scheduled&q=kitchen');
    assert.deepEqual(
      found.body.items.map(({ handle }: Said) => handle),
      ['juno'],
    );
    for (const odd of ['x', Buffer.from('["a","b"]').toString('base64url')]) {
      assert.equal((await house.stranger.get(`/v1/stages?filter=scheduled&cursor=${odd}`)).status, 400);
    }
  });

  test('whoever asked is told when it begins, followers too, each once, and in every open page', async () => {
    const { next } = (await koji.get('/v1/stages/mira')).body.stage;
    for (let times = 0; times < 2; times += 1) {
      assert.equal((await koji.request('PUT', `/v1/scheduled-lives/${next.id}/reminder`)).status, 204);
    }
    const asked = (await koji.get('/v1/stages/mira')).body.stage.next;
    assert.deepEqual([asked.reminded, asked.reminders], [true, 1]);
    assert.equal(
      (await house.stranger.request('PUT', `/v1/scheduled-lives/${next.id}/reminder`)).status,
      401,
    );
    const nothing = `/v1/scheduled-lives/sched_${'0'.repeat(32)}/reminder`;
    assert.equal((await koji.request('PUT', nothing)).status, 404);
    for (const fan of [koji, oona]) await fan.request('PUT', '/v1/users/mira/follow');
    const [kojisPage, oonasPage] = [
      await enterHouse(house.origin, koji),
      await enterHouse(house.origin, oona),
    ];

    clock.advance(55 * MINUTE_MS);
    assert.equal((await mira.post('/v1/stages/start', { title: 'Here we go' })).status, 201);
    const reminder = (await kojisPage.next('notice')).notice;
    assert.deepEqual(
      [reminder.kind, reminder.title, reminder.text, reminder.link, reminder.about.handle, reminder.read],
      ['reminder', 'mira begins now', 'Here we go', '/live/mira', 'mira', false],
    );
    assert.equal((await oonasPage.next('notice')).notice.title, 'mira is live');
    const { body } = await koji.get('/v1/me/notices');
    assert.deepEqual([body.unread, body.items], [1, [reminder]]);
    // The announced live is the one that began; the one after it is next.
    assert.equal((await koji.get('/v1/stages/mira')).body.stage.next.title, 'Part 2');
    await livingOf(house.house).announcer.announce();
    assert.equal((await koji.get('/v1/me/notices')).body.items.length, 1);
  });

  test('the same again takes the place of what was, and what was read stays so', async () => {
    const [old] = (await oona.get('/v1/me/notices')).body.items;
    assert.equal((await koji.post('/v1/me/notices/read', { ids: [old.id] })).body.unread, 1);
    assert.deepEqual((await oona.post('/v1/me/notices/read', { ids: [old.id] })).body, { unread: 0 });
    assert.equal((await oona.get('/v1/me/notices')).body.items[0].read, true);
    await mira.post('/v1/stages/end', {});
    clock.advance(3 * HOUR_MS);
    const page = await enterHouse(house.origin, oona);
    await mira.post('/v1/stages/start', { title: 'Again' });
    const fresh = (await page.next('notice')).notice;
    const { body } = await oona.get('/v1/me/notices');
    assert.deepEqual([body.unread, body.items], [1, [fresh]]);
    await juno.post('/v1/stages/start', { title: 'Kitchen' });
    await koji.request('PUT', '/v1/users/juno/follow');
    assert.deepEqual((await koji.post('/v1/me/notices/read', {})).body, { unread: 0 });
    assert.equal((await koji.get('/v1/me/notices?cursor=x')).status, 400);
    assert.equal((await house.stranger.get('/v1/me/notices')).status, 401);
  });

  test('a banned follower hears nothing', async () => {
    await mira.post('/v1/stages/end', {});
    clock.advance(MINUTE_MS);
    await mira.request('PUT', '/v1/stages/mira/bans/oona', { body: {} });
    await oona.post('/v1/me/notices/read', {});
    await mira.post('/v1/stages/start', { title: 'Without oona' });
    await livingOf(house.house).announcer.announce();
    assert.equal((await koji.get('/v1/me/notices')).body.unread, 1);
    assert.equal((await oona.get('/v1/me/notices')).body.unread, 0);
  });
});

suite('two server processes', async () => {
  const one = await testHouse({ clock });
  const two = await testHouse({
    clock,
    databaseUrl: one.databaseUrl,
    config: { secrets: one.house.config.secrets },
  });

  test('a follower with a page in the other one is told too', async () => {
    const mira = await creator(one, 'mira');
    const koji = await one.person('koji');
    await koji.request('PUT', '/v1/users/mira/follow');
    const there = await enterHouse(two.origin, koji);
    await mira.post('/v1/stages/start', { title: 'Across' });
    assert.equal((await there.next('notice')).notice.text, 'Across');
  });
});
