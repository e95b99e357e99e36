import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { startServerProcess } from '../../test/server-process.ts';
import type { Said } from '../../test/socket.ts';
import { ROADS, readOverlay, readStage } from '../../test/stream.ts';
import { type Person, type TestHouse, testHouse } from '../../test/test-house.ts';
import { buyCoins, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { newId, publicId } from '../core/ids.ts';
import { readHead } from '../realtime/room-events.ts';
import { DEFAULTS, SOURCES, type Source } from './rules.ts';

/** A revoked overlay must be blank within this. */
const REVOKED_WITHIN_MS = 5_000;

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function makeToken(
  creator: Person,
  wish: object = { name: 'OBS' },
): Promise<{ id: string; token: string }> {
  const made = await creator.post('/v1/me/overlays/keys', wish);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return { id: made.body.key.id, token: made.body.token };
}

async function give(fan: Person, giftId: string, body: object = {}): Promise<void> {
  const stage = await fan.get('/v1/stages/mira');
  const given = await fan.post('/v1/gifts', { stageId: stage.body.stage.id, giftId, ...body }, newId());
  assert.equal(given.status, 201, JSON.stringify(given.body));
}

const gifts = (said: readonly Said[]) => said.filter(({ type }) => type === 'gift');

suite('tokens', async () => {
  let site: TestHouse;
  let mira: Person;
  let koji: Person;
  before(async () => {
    site = await testHouse();
    mira = await site.person('mira');
    koji = await site.person('koji');
    await goLive(mira);
    await goLive(koji);
  });

  test('a token is told once, kept as a hash, named, and of its creator alone', async () => {
    const made = await mira.post('/v1/me/overlays/keys', { name: '  OBS at   home ' });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { key, token } = made.body;
    assert.match(token, /^ovl_[A-Za-z0-9_-]{64}$/);
    assert.deepEqual([key.name, key.mayTest, key.seenAt, key.openNow], ['OBS at home', false, null, false]);
    assert.equal(key.endsWith, token.slice(-4));
    const listed = await mira.get('/v1/me/overlays');
    assert.ok(!JSON.stringify(listed.body).includes(token), 'the list tells no token');
    assert.deepEqual(listed.body.keys, [key]);
    assert.deepEqual(listed.body.settings, DEFAULTS);
    assert.deepEqual((await koji.get('/v1/me/overlays')).body.keys, []);
    const rows = await site.house.db.query('select to_jsonb(k) as row from overlay_keys k');
    assert.ok(!JSON.stringify(rows).includes(token), 'the database does not know it');
    assert.equal((await koji.request('DELETE', `/v1/me/overlays/keys/${key.id}`)).status, 404);
    assert.equal((await mira.request('DELETE', `/v1/me/overlays/keys/${key.id}`)).status, 204);
    assert.equal((await mira.request('DELETE', `/v1/me/overlays/keys/${key.id}`)).status, 204);
    assert.deepEqual((await mira.get('/v1/me/overlays')).body.keys, []);
    assert.equal((await mira.request('DELETE', '/v1/me/overlays/keys/okey_1')).status, 404);
  });

  test('names are checked, and there are twenty at most, whoever asks at once', async () => {
    for (const name of ['', '   ', 'x'.repeat(41)]) {
      const answer = await koji.post('/v1/me/overlays/keys', { name });
      assert.deepEqual([answer.status, answer.body.code], [400, 'overlay_name_invalid'], name);
    }
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) => koji.post('/v1/me/overlays/keys', { name: `Key ${index}` })),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 20);
    assert.ok(answers.every(({ status, body }) => status === 201 || body.code === 'overlay_tokens_full'));
  });

  test('every overlay opens with it, without a session, and tells first how it is', async () => {
    const { token } = await makeToken(mira);
    for (const source of SOURCES) {
      const overlay = readOverlay(site.origin, source, bearer(token));
      const state = await overlay.next('state');
      assert.deepEqual([state.source, state.live, state.settings], [source, true, DEFAULTS[source]]);
      overlay.close();
    }
    await until(
      'the list says that it was used',
      () => mira.get('/v1/me/overlays'),
      ({ body }) => body.keys.some((key: { openNow: boolean }) => key.openNow),
    );
  });

  test('it opens the stage’s own stream over both roads, only its creator’s, and sends tests only where it may', async () => {
    const plain = await makeToken(mira);
    const testing = await makeToken(mira, { name: 'Deck', mayTest: true });
    for (const road of ROADS) {
      const reader = readStage(site.origin, 'mira', road, { query: 'tests=true', ...bearer(plain.token) });
      await reader.next('connected');
      const send = (token: string) =>
        site.stranger.request('POST', '/v1/stages/test-events', {
          body: { type: 'follow' },
          ...bearer(token),
        });
      const refused = await send(plain.token);
      assert.deepEqual([refused.status, refused.body.code], [403, 'tests_not_allowed']);
      assert.equal((await send(testing.token)).status, 202);
      assert.equal((await reader.next('follow')).test, true);
      reader.close();
      const other = readStage(site.origin, 'koji', road, bearer(plain.token));
      assert.equal((await other.opened).status, 403);
    }
    const foreign = await site.stranger.request('POST', '/v1/me/overlays/keys', {
      body: { name: 'More' },
      ...bearer(testing.token),
    });
    assert.equal(foreign.status, 401, 'a token is no session');
    assert.equal((await koji.post('/v1/stages/test-events', { type: 'follow' })).status, 202);
    const fan = await site.person('another_fan');
    assert.equal((await fan.post('/v1/stages/test-events', { type: 'follow' })).status, 403);
  });
});

suite('guessing', async () => {
  let site: TestHouse;
  let mira: Person;
  before(async () => {
    site = await testHouse();
    mira = await site.person('mira');
    await goLive(mira);
  });

  test('what is no token opens nothing, and whoever goes on guessing must wait; the right one need not', async () => {
    const { token } = await makeToken(mira);
    const right = async () => {
      const overlay = readOverlay(site.origin, 'goal', bearer(token));
      const { status } = await overlay.opened;
      overlay.close();
      return status;
    };
    assert.equal(await right(), 200);
    const other = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
    const hostile = [
      other,
      token.toLowerCase(),
      token.slice(0, -1),
      `${token}A`,
      'ovl_',
      `ovl_${'A'.repeat(64)}`,
      `ovl_${'-'.repeat(64)}`,
      '../../etc/passwd',
      "'or'1'='1",
      '%00',
      'x'.repeat(200),
    ];
    for (const wrong of hostile) {
      for (const path of ['/v1/overlay/stream?source=alerts', '/v1/stages/mira/stream']) {
        const answer = await site.stranger.request('GET', path, bearer(wrong));
        assert.deepEqual(
          [answer.status, answer.body.code],
          [401, 'overlay_token_unknown'],
          `${path} ${wrong}`,
        );
      }
    }
    const guesses = await Promise.all(
      Array.from({ length: 40 }, () =>
        site.stranger.request('GET', '/v1/overlay/stream?source=goal', bearer(other)),
      ),
    );
    assert.ok(
      guesses.some(({ body }) => body.code === 'overlay_tokens_guessed'),
      'guessing is slowed down',
    );
    assert.equal(await right(), 200);
    const nobody = await site.stranger.get('/v1/overlay/stream?source=goal');
    assert.deepEqual([nobody.status, nobody.body.code], [401, 'not_signed_in']);
    const fan = await site.person('fan_only');
    assert.equal((await fan.get('/v1/overlay/stream?source=goal')).status, 403);
    assert.equal((await site.stranger.get('/v1/overlay/stream?source=secrets')).status, 400);
  });
});

suite('what overlays draw', async () => {
  let site: TestHouse;
  let mira: Person;
  let ana: Person;
  let token: string;
  before(async () => {
    site = await testHouse();
    mira = await site.person('mira');
    ana = await site.person('ana', { displayName: 'Ana' });
    await goLive(mira);
    await buyCoins(ana, 30_000n);
    ({ token } = await makeToken(mira));
  });

  test('settings are checked, kept for each overlay, and open ones follow', async () => {
    const overlay = readOverlay(site.origin, 'alerts', bearer(token));
    await overlay.next('state');
    const wish = { ...DEFAULTS.alerts, minTier: 3, seconds: 8, text: '{name} → {gift}' };
    const set = await mira.request('PUT', '/v1/me/overlays/alerts', { body: wish });
    assert.equal(set.status, 200, JSON.stringify(set.body));
    assert.deepEqual((await overlay.next('state')).settings, wish);
    assert.deepEqual((await mira.get('/v1/me/overlays')).body.settings.alerts, wish);
    for (const wrong of [
      { ...wish, minTier: 6 },
      { ...wish, accent: 'red;background:url(x)' },
      { ...wish, text: ' ' },
      { ...wish, script: 'x' },
      {},
    ]) {
      assert.equal((await mira.request('PUT', '/v1/me/overlays/alerts', { body: wrong })).status, 400);
    }
    assert.equal(
      (await mira.request('PUT', '/v1/me/overlays/alerts', { body: DEFAULTS.alerts })).status,
      200,
    );
    overlay.close();
  });

  test('a streak is told with its absolute count and one end; the ticker hears ends alone; words are hidden', async () => {
    const alerts = readOverlay(site.origin, 'alerts', bearer(token));
    const ticker = readOverlay(site.origin, 'ticker', bearer(token));
    for (const reader of [alerts, ticker]) await reader.next('state');
    const streakId = newId();
    const stage = (await ana.get('/v1/stages/mira')).body.stage.id;
    for (let count = 1; count <= 5; count += 1) {
      const body = { stageId: stage, giftId: 'rose', streakId, count };
      assert.equal((await ana.post('/v1/gifts', body, `${streakId}:${count}`)).status, 201);
    }
    const end = await alerts.next('gift', ({ final }) => final);
    assert.deepEqual(
      [end.count, end.coins, end.name, end.gift, end.streaks, end.art],
      [5, '5', 'Ana', 'Rose', true, '/art/gifts/1f339.webp'],
    );
    const all = gifts(alerts.said);
    assert.equal(new Set(all.map(({ alert }) => alert)).size, 1);
    assert.equal(all.filter(({ final }) => final).length, 1);
    assert.equal((await ticker.next('gift')).count, 5);
    assert.equal(gifts(ticker.said).length, 1);
    const hidden = await mira.request('PATCH', '/v1/me/stage/room', { body: { filterWords: ['ana'] } });
    assert.equal(hidden.status, 200);
    await until(
      'the name is hidden in open overlays',
      async () => {
        await give(ana, 'teddy');
        return (await alerts.next('gift', ({ gift }) => gift === 'Teddy')).name;
      },
      (name) => name === 'A supporter',
    );
    const late = readOverlay(site.origin, 'ticker', bearer(token));
    const { gifts: shown } = await late.next('state');
    assert.ok(
      shown.length >= 2 && shown.every((gift: Said) => gift.name === 'A supporter' && gift.picture === null),
    );
    assert.ok(!JSON.stringify(late.said).includes('Ana'));
    assert.equal(
      (await mira.request('PATCH', '/v1/me/stage/room', { body: { filterWords: [] } })).status,
      200,
    );
    for (const reader of [alerts, ticker, late]) reader.close();
  });

  test('goal, leaderboard and question are as on the stage, and who is in no ranking is a supporter', async () => {
    const goal = readOverlay(site.origin, 'goal', bearer(token));
    const board = readOverlay(site.origin, 'leaderboard', bearer(token));
    const question = readOverlay(site.origin, 'question', bearer(token));
    assert.equal((await goal.next('state')).goal, null);
    assert.equal((await board.next('state')).leaders[0].name, 'Ana');
    assert.equal((await question.next('state')).question, null);
    const wish = { title: 'Encore', targetUnits: '50000' };
    assert.equal((await mira.request('PUT', '/v1/stages/goal', { body: wish })).status, 204);
    assert.deepEqual((await goal.next('goal')).goal, { title: 'Encore', units: '0', targetUnits: '50000' });
    const ben = await site.person('ben', { displayName: 'Ben' });
    await buyCoins(ben, 30_000n);
    assert.equal((await ben.request('PATCH', '/v1/me', { body: { inRanks: false } })).status, 200);
    await give(ben, 'comet');
    const moved = await goal.next('goal', ({ goal: now }) => now.units !== '0');
    assert.ok(BigInt(moved.goal.units) > 0n);
    const led = await board.next('leaders', ({ leaders }) => leaders[0].name === 'A supporter');
    assert.deepEqual([led.leaders[0].id, led.leaders[0].picture], [null, null]);
    assert.ok(!JSON.stringify(board.said).includes('Ben'));
    // A list that no event carries is read anew.
    const weekly = { ...DEFAULTS.leaderboard, period: 'week' };
    assert.equal((await mira.request('PUT', '/v1/me/overlays/leaderboard', { body: weekly })).status, 200);
    const now = await board.next('state');
    assert.equal(now.leaders[0].name, 'A supporter');
    await give(ana, 'comet');
    await board.next('leaders', ({ leaders }) => leaders.length === 2 && leaders[0].name === 'Ana');
    const asks = { body: { on: true, coins: '20' } };
    assert.equal((await mira.request('PUT', '/v1/stages/questions', asks)).status, 200);
    const asked = await ana.post('/v1/stages/mira/questions', { text: 'Which key?', coins: '20' }, newId());
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    const id = asked.body.question.id;
    assert.equal((await mira.request('PUT', `/v1/questions/${id}/answering`)).status, 200);
    assert.equal((await question.next('question')).question.text, 'Which key?');
    const late = readOverlay(site.origin, 'question', bearer(token));
    assert.deepEqual((await late.next('state')).question, question.said.at(-1)?.question);
    assert.equal((await mira.request('PUT', `/v1/questions/${id}/answered`)).status, 200);
    assert.equal((await question.next('question', (said) => said.question === null)).id, id);
    for (const reader of [goal, board, question, late]) reader.close();
  });
});

suite('test events', async () => {
  let site: TestHouse;
  let mira: Person;
  let token: string;
  before(async () => {
    site = await testHouse();
    mira = await site.person('mira');
    await goLive(mira);
    ({ token } = await makeToken(mira));
  });

  test('tests reach the overlays, marked, and neither the ledger nor the room hears of them', async () => {
    const stage = (await mira.get('/v1/stages/mira')).body.stage;
    const traces = async () => ({
      head: await readHead(
        site.house.db,
        stage.id.replace(/^stage_(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      ),
      rows: await site.house.db.query(
        `select (select count(*) from gifts) as gifts, (select count(*) from room_events) as events,
                (select count(*) from questions) as questions, (select count(*) from streaks) as streaks,
                (select coalesce(sum(balance), 0)::text from
                   (select debits_posted - credits_posted as balance from ledger_accounts) as b) as books`,
      ),
    });
    const of = (source: Source) => readOverlay(site.origin, source, bearer(token));
    const readers = {
      alerts: of('alerts'),
      goal: of('goal'),
      leaderboard: of('leaderboard'),
      question: of('question'),
      match: of('match'),
    };
    for (const reader of Object.values(readers)) await reader.next('state');
    const public_ = readStage(site.origin, 'mira', 'sse');
    await public_.next('connected');
    const was = await traces();
    const wishes = [
      { type: 'gift', giftId: 'rose', count: 12, grows: true },
      { type: 'goal' },
      { type: 'supporters' },
      { type: 'question' },
      { type: 'match' },
    ];
    for (const wish of wishes) {
      assert.equal((await mira.post('/v1/stages/test-events', wish)).status, 202, JSON.stringify(wish));
    }
    const end = await readers.alerts.next('gift', ({ final, test: isTest }) => final && isTest);
    assert.deepEqual([end.count, end.test, end.seq], [12, true, undefined]);
    const counts = gifts(readers.alerts.said)
      .filter(({ test: isTest }) => isTest)
      .map(({ count }) => count);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
      'a streak grows',
    );
    assert.ok(counts.length > 4);
    assert.equal((await readers.goal.next('goal')).test, true);
    assert.equal((await readers.leaderboard.next('leaders')).test, true);
    assert.equal((await readers.question.next('question')).test, true);
    assert.equal((await readers.match.next('match')).test, true);
    assert.equal((await readers.match.next('matchScore')).test, true);
    assert.ok(!JSON.stringify(public_.said).includes('"test":true'));
    assert.deepEqual(await traces(), was);
    for (const reader of Object.values(readers)) reader.close();
    public_.close();
  });
});

suite('overlays over several processes, and after a cut', async () => {
  let one: TestHouse;
  let two: TestHouse;
  let mira: Person;
  let ana: Person;
  before(async () => {
    one = await testHouse();
    two = await testHouse({ databaseUrl: one.databaseUrl });
    mira = await one.person('mira');
    ana = await one.person('ana', { displayName: 'Ana' });
    await goLive(mira);
    await buyCoins(ana, 30_000n);
  });

  test('revoking ends what is open with the token, in both processes, and nothing else', async () => {
    const { id, token } = await makeToken(mira);
    const kept = await makeToken(mira, { name: 'Laptop' });
    const open = [one, two].flatMap(({ origin }) => [
      ...SOURCES.map((source) => readOverlay(origin, source, bearer(token))),
    ]);
    for (const overlay of open) await overlay.next('state');
    const tools = [one, two].map(({ origin }) => readStage(origin, 'mira', 'ws', bearer(token)));
    for (const tool of tools) await tool.next('connected');
    const staying = readOverlay(two.origin, 'alerts', bearer(kept.token));
    await staying.next('state');
    const from = performance.now();
    assert.equal((await mira.request('DELETE', `/v1/me/overlays/keys/${id}`)).status, 204);
    for (const overlay of open) {
      await overlay.next('end');
      await overlay.closed;
    }
    for (const tool of tools) await tool.closed;
    const tookMs = performance.now() - from;
    assert.ok(tookMs < REVOKED_WITHIN_MS, `it took ${Math.round(tookMs)} ms`);
    for (const { stranger } of [one, two]) {
      const again = await stranger.request('GET', '/v1/overlay/stream?source=alerts', bearer(token));
      assert.deepEqual([again.status, again.body.code], [401, 'overlay_token_unknown']);
    }
    await give(ana, 'teddy');
    await staying.next('gift');
    staying.close();
  });

  test('settings and tests reach overlays that are open in another process', async () => {
    const { token } = await makeToken(mira);
    const overlay = readOverlay(two.origin, 'goal', bearer(token));
    await overlay.next('state');
    const wish = { ...DEFAULTS.goal, theme: 'light' };
    assert.equal((await mira.request('PUT', '/v1/me/overlays/goal', { body: wish })).status, 200);
    assert.deepEqual((await overlay.next('state')).settings, wish);
    await until('both know of each other', () => one.house.hub.inCompany());
    assert.equal((await mira.post('/v1/stages/test-events', { type: 'goal' })).status, 202);
    const last = await overlay.next('goal', ({ goal }) => goal.units === goal.targetUnits);
    assert.equal(last.test, true);
    assert.equal(
      overlay.said.filter(({ type, test: isTest }) => type === 'goal' && isTest).length,
      4,
      'each once',
    );
    overlay.close();
  });

  test('after a cut, and after its server was killed, an overlay misses nothing and is told what it has shown', async () => {
    const { token } = await makeToken(mira);
    const first = await startServerProcess('house-process.ts', [one.databaseUrl, '']);
    const overlay = readOverlay(first.origin, 'alerts', bearer(token));
    await overlay.next('state');
    await give(ana, 'teddy');
    const shown = await overlay.next('gift', ({ seq }) => seq !== undefined);
    const seen = Math.max(...gifts(overlay.said).map(({ seq }) => seq));
    const play = (origin: string, alert: string, done: boolean) =>
      fetch(`${origin}/v1/overlay/alerts/${encodeURIComponent(alert)}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ done }),
      });
    assert.equal((await play(first.origin, shown.alert, false)).status, 204);
    const half = readOverlay(first.origin, 'alerts', bearer(token));
    const [showing] = (await half.next('state')).plays;
    assert.deepEqual([showing.alert, showing.done], [shown.alert, false]);
    assert.equal((await play(first.origin, shown.alert, true)).status, 204);
    // Late news of its beginning do not undo that.
    assert.equal((await play(first.origin, shown.alert, false)).status, 204);
    await first.kill();
    await give(ana, 'teddy');
    const second = await startServerProcess('house-process.ts', [one.databaseUrl, '']);
    const resumed = readOverlay(second.origin, 'alerts', { query: `after=${seen}`, ...bearer(token) });
    const missed = await resumed.next('gift');
    assert.ok(missed.seq > seen && missed.alert !== shown.alert);
    const reloaded = readOverlay(second.origin, 'alerts', bearer(token));
    const state = await reloaded.next('state');
    assert.deepEqual(
      state.plays.map(({ alert, done }: Said) => [alert, done]),
      [[shown.alert, true]],
    );
    await reloaded.next('gift', ({ alert }) => alert === missed.alert);
    const alerts = new Set(gifts(reloaded.said).map(({ alert }) => alert));
    assert.ok(alerts.has(shown.alert) && alerts.has(missed.alert), 'the last minute is told again');
    assert.deepEqual(
      gifts(resumed.said).map(({ seq }) => seq),
      [...new Set(gifts(resumed.said).map(({ seq }) => seq))],
      'each event once',
    );
    for (const reader of [half, resumed, reloaded]) reader.close();
  });

  test('an alert is of the token that showed it, and only a token says so', async () => {
    const alert = publicId('evt', newId());
    const body = { done: true };
    const nobody = await one.stranger.request('PUT', `/v1/overlay/alerts/${alert}`, { body });
    assert.deepEqual([nobody.status, nobody.body.code], [401, 'overlay_token_unknown']);
    const { token } = await makeToken(mira);
    const strange = await one.stranger.request('PUT', `/v1/overlay/alerts/${'x'.repeat(121)}`, {
      body,
      ...bearer(token),
    });
    assert.equal(strange.status, 400);
    const overlay = readOverlay(one.origin, 'alerts', bearer(token));
    assert.deepEqual((await overlay.next('state')).plays, []);
    overlay.close();
  });
});
