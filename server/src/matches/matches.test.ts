import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { giveCoins } from '../../test/gift-scene.ts';
import { startServerProcess } from '../../test/server-process.ts';
import { type Answer, hands, type Person, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { MINUTE_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { payingOf } from '../gifts/index.ts';
import { auditWithin } from '../ledger/audit.ts';
import { readRoomEvents } from '../realtime/room-events.ts';
import { auditMatches } from './audit-matches.ts';
import { endMatch } from './end-match.ts';
import { leaderOf, winnerOf } from './rules.ts';
import { addToScores, openMatches } from './store.ts';

// Of today: a server with a clock of its own works on the same database.
const clock = testClock(Date.now());
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;

const uuidOf = (who: { readonly id: string }): Uuid => parsePublicId('user', who.id) ?? '';
const creator = async (handle: string) => {
  const person = await site.person(handle, { displayName: handle });
  return Object.assign(person, { uuid: uuidOf(person), stageId: await goLive(person) });
};
type Creator = Awaited<ReturnType<typeof creator>>;
async function fanWith(handle: string, coins: bigint) {
  const person = await site.person(handle);
  await payingOf(house).openAccounts([uuidOf(person)]);
  await giveCoins(house, uuidOf(person), coins);
  return person;
}

const [mira, juno, nova] = [await creator('mira'), await creator('juno'), await creator('nova')];
await creator('zora');
const [ana, ben] = [await fanWith('ana', 100_000n), await fanWith('ben', 100_000n)];

const ask = (who: Person, ...handles: string[]) => who.post('/v1/me/matches', { with: handles });
const put = (who: Person, id: string, answer: string) => who.request('PUT', `/v1/matches/${id}/${answer}`);
const on = async (handle: string) => (await site.stranger.get(`/v1/stages/${handle}/match`)).body.match;
const apart = (...people: readonly Person[]) =>
  Promise.all(people.map((one) => one.request('DELETE', '/v1/me/guests')));
async function begin(asker: Creator, ...others: readonly Creator[]): Promise<string> {
  const asked = await ask(asker, ...others.map(({ handle }) => handle));
  assert.equal(asked.status, 201, JSON.stringify(asked.body));
  const { id } = asked.body.match;
  for (const other of others) {
    const accepted = await put(other, id, 'accepted');
    assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
  }
  return id;
}
const give = (
  fan: Person,
  stage: Creator,
  to: string | undefined,
  giftId = 'heart',
  quantity = 1,
): Promise<Answer> =>
  fan.post(
    '/v1/gifts',
    { stageId: stage.stageId, giftId, quantity, ...(to === undefined ? {} : { to }) },
    newId(),
  );
async function gave(...gift: Parameters<typeof give>): Promise<bigint> {
  const answer = await give(...gift);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return BigInt(answer.body.gift.coins.units);
}
const shown = () =>
  until(
    'every gift was shown',
    () => db.query('select from gifts, gift_relay where committed > ranked'),
    (rows) => rows.length === 0,
  );
const played = async () =>
  (await site.stranger.get('/v1/matches')).body.items.map(
    ({ id, sides }: { id: string; sides: { handle: string }[] }) => [id, sides.map(({ handle }) => handle)],
  );
const ended = (id: string) =>
  until(
    'the match ended',
    async () => (await site.stranger.get(`/v1/matches/${id}`)).body,
    ({ match }) => match.state === 'ended',
  );
const scores = (match: { sides: { handle: string; coins: { units: string } }[] }) =>
  match.sides.map(({ handle, coins }) => [handle, coins.units]);
const eventsOf = async (stage: Creator, type: string) =>
  (await readRoomEvents(db, parsePublicId('stage', stage.stageId) ?? '', 0, 20_000)).filter(
    (event) => event.type === type,
  );
/** Every gift that the match says it counts, page by page, added up by receiver. */
async function recount(id: string): Promise<Map<string, bigint>> {
  const sums = new Map<string, bigint>();
  let cursor: string | null = null;
  do {
    const page: Answer = await site.stranger.get(
      `/v1/matches/${id}/gifts?limit=50${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    assert.equal(page.status, 200, JSON.stringify(page.body));
    for (const { receiver, coins } of page.body.items) {
      sums.set(receiver, (sums.get(receiver) ?? 0n) + BigInt(coins.units));
    }
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  return sums;
}
async function isClean() {
  await shown();
  const { findings } = await db.transaction((tx) => auditWithin(tx));
  assert.deepEqual(
    findings.filter(({ violations }) => violations.length > 0),
    [],
  );
}

describe('who wins', () => {
  const [a, b, c] = [newId(), newId(), newId()];
  const rows: [string, [Uuid, bigint][], Uuid | null][] = [
    [
      'whoever has more',
      [
        [a, 3n],
        [b, 2n],
      ],
      a,
    ],
    [
      'nobody, of equals',
      [
        [a, 3n],
        [b, 3n],
      ],
      null,
    ],
    [
      'nobody, of none',
      [
        [a, 0n],
        [b, 0n],
      ],
      null,
    ],
    [
      'one of three',
      [
        [a, 3n],
        [b, 3n],
        [c, 4n],
      ],
      c,
    ],
    [
      'nobody, when two lead',
      [
        [a, 4n],
        [b, 3n],
        [c, 4n],
      ],
      null,
    ],
  ];
  for (const [name, sides, winner] of rows) {
    test(name, () => {
      const scored = sides.map(([userId, coins]) => ({ userId, coins }));
      assert.equal(leaderOf(scored), winner);
      assert.equal(winnerOf(scored, 'time'), winner);
      for (const why of ['left', 'live_ended', 'stopped'] as const) assert.equal(winnerOf(scored, why), null);
    });
  }
});

test('a match: asked for, accepted, five minutes, a result; gifts on both stages count, likes and the rest do not', async () => {
  await gave(ana, mira, undefined, 'teddy'); // Before it begins.
  const asked = await ask(mira, 'juno');
  assert.equal(asked.status, 201, JSON.stringify(asked.body));
  const { id, state, sides } = asked.body.match;
  assert.equal(state, 'invited');
  assert.deepEqual(
    sides.map(({ handle, accepted }: { handle: string; accepted: boolean }) => [handle, accepted]),
    [
      ['mira', true],
      ['juno', false],
    ],
  );
  assert.equal((await ask(mira, 'juno')).body.match.id, id, 'asked again it is the same match');
  assert.equal((await juno.get('/v1/me/match')).body.match.id, id);
  assert.equal((await juno.get('/v1/me/notices')).body.items[0].kind, 'match');
  assert.deepEqual((await mira.get('/v1/me/guests')).body.guests, [], 'nobody is together before the yes');
  assert.deepEqual(await played(), [], 'what is only asked for is not played');
  const [first, second] = await Promise.all([put(juno, id, 'accepted'), put(juno, id, 'accepted')]);
  assert.deepEqual([first?.status, second?.status], [200, 200], 'a yes said twice is one');
  const running = await on('juno');
  assert.deepEqual([running.id, running.state, running.seconds], [id, 'running', 300]);
  assert.equal(Date.parse(running.endsAt) - Date.parse(running.startedAt), 5 * MINUTE_MS);
  assert.equal((await on('mira')).id, id);
  assert.deepEqual(await played(), [[id, ['mira', 'juno']]]);
  assert.equal((await mira.get('/v1/me/guests')).body.guests.length, 2, 'they are together from now on');

  let [forMira, forJuno] = [0n, 0n];
  forMira += await gave(ana, mira, undefined, 'heart', 3);
  forJuno += await gave(ana, mira, 'juno', 'heart', 2);
  forJuno += await gave(ben, juno, undefined, 'teddy');
  forMira += await gave(ben, juno, mira.id, 'rose', 7);
  await gave(ben, nova, undefined, 'teddy'); // Somebody else's.
  const now = await until(
    'the score is counted',
    async () => on('mira'),
    (match) => {
      const units = scores(match).map(([, coins]) => coins);
      return units.join() === [forMira, forJuno].join();
    },
  );
  assert.equal(now.winner, null);
  for (const stage of [mira, juno]) {
    const told = await until(
      `the stage of ${stage.handle} is told`,
      () => eventsOf(stage, 'matchScore'),
      (events) => {
        const last = events.at(-1)?.sides as { coins: string }[] | undefined;
        return last?.map(({ coins }) => coins).join() === [forMira, forJuno].join();
      },
    );
    assert.ok(told.length <= 12, `${told.length} scores told`);
  }
  clock.advance(5 * MINUTE_MS);
  const { match, range, rule } = await ended(id);
  assert.deepEqual(scores(match), [
    ['mira', String(forMira)],
    ['juno', String(forJuno)],
  ]);
  assert.deepEqual([match.winner, match.why, match.by], [forMira > forJuno ? 'mira' : 'juno', 'time', null]);
  assert.deepEqual(await played(), []);
  assert.match(rule, /Likes do not count/);
  assert.ok(BigInt(range.to) > BigInt(range.from));
  await gave(ana, mira, undefined, 'teddy'); // After it.
  assert.deepEqual([...(await recount(id))].sort(), [
    ['juno', forJuno],
    ['mira', forMira],
  ]);
  for (const stage of [mira, juno]) {
    const told = await eventsOf(stage, 'match');
    assert.deepEqual(
      told.map((event) => event.state),
      ['invited', 'running', 'ended'],
    );
    assert.equal(told.at(-1)?.winner, match.winner);
    assert.equal((await on(stage.handle)).state, 'ended', 'the result stays for a moment');
  }
  clock.advance(16 * SECOND_MS);
  assert.equal(await on('mira'), null);
  assert.equal((await put(mira, id, 'stopped')).status, 200, 'what is over stays as it is');
  assert.equal((await site.stranger.get(`/v1/matches/${id}`)).body.match.winner, match.winner);
  await isClean();
});

test('a draw is a draw', async () => {
  const id = await begin(mira, juno);
  await gave(ana, mira, 'juno', 'heart');
  await gave(ben, juno, 'mira', 'heart');
  clock.advance(5 * MINUTE_MS);
  const { match } = await ended(id);
  assert.deepEqual(
    [match.winner, scores(match)],
    [
      'draw',
      [
        ['mira', '10'],
        ['juno', '10'],
      ],
    ],
  );
  clock.advance(MINUTE_MS);
});

test('what is refused of matches', async () => {
  await apart(juno);
  const fan = await site.person('onlyafan');
  assert.equal((await ask(mira, 'mira')).body.code, 'own_invitation');
  assert.equal((await ask(mira, 'nobodyhere')).status, 404);
  assert.equal((await ask(fan, 'mira')).status, 403);
  assert.equal((await ask(mira)).status, 400);
  assert.equal((await ask(mira, 'juno', 'juno')).status, 400);
  const id = (await ask(mira, 'juno')).body.match.id;
  // One at a time, of whoever is asked and whoever asks.
  assert.equal((await ask(mira, 'nova')).body.code, 'match_busy');
  assert.equal((await ask(nova, 'juno')).body.code, 'match_busy');
  assert.equal((await ask(juno, 'mira')).body.code, 'match_busy');
  assert.equal((await put(nova, id, 'accepted')).status, 404);
  assert.equal((await put(juno, id, 'withdrawn')).status, 404);
  assert.equal((await put(mira, id, 'declined')).status, 404);
  assert.equal((await put(mira, id, 'stopped')).body.code, 'match_not_running');
  assert.equal((await put(juno, id, 'declined')).status, 200);
  assert.equal((await put(juno, id, 'declined')).status, 200);
  assert.match((await put(juno, id, 'accepted')).body.detail, /declined/);
  const soon = await ask(mira, 'nova', 'juno');
  assert.deepEqual([soon.status, soon.body.code], [429, 'invited_too_soon']);
  assert.match(soon.body.detail, /Juno/i);
  clock.advance(MINUTE_MS);
  const second = (await ask(mira, 'juno')).body.match.id;
  assert.equal((await put(mira, second, 'withdrawn')).status, 200);
  assert.equal((await put(juno, second, 'accepted')).body.code, 'match_over');
  assert.equal((await ask(mira, 'juno')).body.code, 'invited_too_soon');
  clock.advance(MINUTE_MS);
  const third = (await ask(mira, 'juno')).body.match.id;
  clock.advance(2 * MINUTE_MS);
  assert.equal((await put(juno, third, 'accepted')).body.code, 'match_over');
  await until(
    'it is called off',
    async () => (await site.stranger.get(`/v1/matches/${third}`)).body.match,
    ({ state, why }) => state === 'canceled' && why === 'expired',
  );
  for (const path of ['/v1/matches/match_x', `/v1/matches/match_${'0'.repeat(32)}`]) {
    assert.equal((await site.stranger.get(path)).status, 404);
  }
  assert.equal((await site.stranger.get(`/v1/matches/${third}/gifts?cursor=x`)).status, 200);
  assert.deepEqual(await auditMatches(db), []);
});

test('starting twice at once is one match', async () => {
  const answers = await Promise.all([ask(mira, 'juno'), ask(mira, 'juno'), ask(juno, 'mira')]);
  const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.match.id);
  assert.equal(new Set(made).size, 1);
  for (const { status, body } of answers) if (status !== 201) assert.equal(body.code, 'match_busy');
  const [match] = answers.filter(({ status }) => status === 201).map(({ body }) => body.match);
  const asker = match.sides[0].handle === 'mira' ? mira : juno;
  assert.equal((await put(asker, match.id, 'withdrawn')).status, 200);
  clock.advance(MINUTE_MS);
});

test('who was banned since they were asked does not come with a yes', async () => {
  const { id } = (await ask(mira, 'nova')).body.match;
  assert.equal((await mira.request('PUT', '/v1/stages/mira/bans/nova', { body: {} })).status, 204);
  assert.equal((await put(nova, id, 'accepted')).body.code, 'guest_banned');
  assert.equal((await mira.request('DELETE', '/v1/stages/mira/bans/nova')).status, 204);
  assert.equal((await put(nova, id, 'accepted')).status, 200);
  assert.equal((await put(nova, id, 'accepted')).status, 200, 'twice is once');
  assert.equal((await put(nova, id, 'stopped')).status, 200);
  await apart(nova);
  clock.advance(MINUTE_MS);
});

test('of many that are open those come first of which something is due', async () => {
  const running = await begin(juno, mira);
  clock.advance(1);
  const asked = (await ask(nova, 'zora')).body.match.id;
  const [first] = await openMatches(db, 1);
  assert.equal(first?.id, parsePublicId('match', asked), 'two minutes to answer end before five to play');
  assert.equal((await put(nova, asked, 'withdrawn')).status, 200);
  assert.equal((await put(juno, running, 'stopped')).status, 200);
  clock.advance(MINUTE_MS);
});

test('the relay and whoever tells of scores lock sides in one order, so neither ends the other', async () => {
  const id = await begin(juno, mira);
  const matchId = parsePublicId('match', id) ?? '';
  await gave(ana, mira, undefined);
  await gave(ana, mira, 'juno');
  await shown();
  const sides = await db.query<{ userId: Uuid }>(
    'select user_id as "userId" from match_sides where match_id = $1 order by user_id',
    [matchId],
  );
  const [low, high] = sides.map(({ userId }) => userId);
  assert(low !== undefined && high !== undefined);
  const hold = 'select from match_sides where match_id = $1 and user_id = $2 for update';
  const waits = () =>
    until(
      'it waits',
      () =>
        db.query(
          `select from pg_locks join pg_stat_activity using (pid)
            where not granted and datname = current_database()`,
        ),
      (rows) => rows.length > 0,
    );
  const gifts = [high, low].map((creatorId) => ({ creatorId, coins: 0n, committed: 2n ** 62n }));
  const lowFirst = (begun: () => Promise<unknown>) =>
    db.transaction(async (tx) => {
      await tx.query(hold, [matchId, low]);
      const other = begun();
      await waits();
      await tx.query(`${hold} nowait`, [matchId, high]);
      return { other };
    });
  const counted = await lowFirst(() => db.transaction((tx) => addToScores(tx, gifts)));
  await counted.other;
  // The house itself tells what is new.
  const told = await lowFirst(() =>
    db.query('update match_sides set told = 1000 where match_id = $1 and user_id = $2', [matchId, high]),
  );
  await told.other;
  assert.equal((await put(juno, id, 'stopped')).status, 200);
  await apart(juno);
  clock.advance(MINUTE_MS);
});

test('who leaves, ends their live or stops it ends the match without a winner, and it says who', async () => {
  const stopped = await begin(mira, juno);
  await gave(ana, mira, undefined);
  assert.equal((await put(juno, stopped, 'stopped')).status, 200);
  const first = (await ended(stopped)).match;
  assert.deepEqual([first.why, first.by, first.winner], ['stopped', 'juno', null]);
  assert.deepEqual(scores(first), [
    ['mira', '10'],
    ['juno', '0'],
  ]);

  const left = await begin(mira, juno);
  await apart(mira);
  const second = (await ended(left)).match;
  assert.deepEqual([second.why, second.by, second.winner], ['left', 'mira', null]);

  const over = await begin(mira, juno);
  await gave(ana, mira, 'juno');
  assert.equal((await juno.post('/v1/stages/end', {})).status, 200);
  const third = (await ended(over)).match;
  assert.deepEqual([third.why, third.by, third.winner], ['live_ended', 'juno', null]);
  assert.deepEqual(scores(third), [
    ['mira', '0'],
    ['juno', '10'],
  ]);
  assert.equal((await eventsOf(mira, 'match')).at(-1)?.by, 'juno');
  juno.stageId = await goLive(juno);
  clock.advance(MINUTE_MS);
  await isClean();
});

test('three play: it begins with the last yes, and a third stage shows it', async () => {
  const asked = await ask(mira, 'juno', 'nova');
  const { id } = asked.body.match;
  await put(juno, id, 'accepted');
  assert.equal((await on('mira')).state, 'invited');
  await put(nova, id, 'accepted');
  assert.equal((await on('nova')).state, 'running');
  await gave(ana, nova, 'juno', 'teddy');
  await gave(ana, mira, 'nova', 'heart');
  clock.advance(5 * MINUTE_MS);
  const { match } = await ended(id);
  assert.deepEqual(
    [match.winner, scores(match)],
    [
      'juno',
      [
        ['mira', '0'],
        ['juno', '99'],
        ['nova', '10'],
      ],
    ],
  );
  await apart(nova, juno);
  clock.advance(MINUTE_MS);
});

// The score that everybody saw, the gifts that the match lists and the ledger are one, however the gifts came: through two
// servers, one of which dies, while the match ends from several sides at once.
test('a match in a storm: scores are the recount, whoever dies', async () => {
  const elsewhere = await testHouse({ clock, databaseUrl: site.databaseUrl });
  for (let round = 0; round < 2; round += 1) {
    const victim = await startServerProcess('house-process.ts', [site.databaseUrl]);
    const id = await begin(mira, juno);
    const given = { mira: 0n, juno: 0n };
    const keys = new Map<string, { stage: Creator; to: 'mira' | 'juno'; fan: Person }>();
    let isGiving = true;
    const storm = [ana, ben].flatMap((fan, nth) =>
      [site.origin, elsewhere.origin, victim.origin].map(async (origin, place) => {
        const at = hands(origin, fan.cookie);
        for (let turn = 0; isGiving && turn < 120; turn += 1) {
          const stage = (turn + nth) % 2 === 0 ? mira : juno;
          const to = (turn + place) % 3 === 0 ? ('mira' as const) : ('juno' as const);
          const key = newId();
          keys.set(key, { stage, to, fan });
          await at
            .post('/v1/gifts', { stageId: stage.stageId, giftId: 'rose', quantity: 1 + (turn % 3), to }, key)
            .catch(() => null);
        }
      }),
    );
    await until('gifts stream in', async () => keys.size > 30);
    await victim.kill();
    await until('and stream on', async () => keys.size > 70);
    clock.advance(5 * MINUTE_MS);
    const matchId = parsePublicId('match', id) ?? '';
    const ends = await Promise.all([
      endMatch(house, matchId, 'time', null),
      endMatch(elsewhere.house, matchId, 'time', null),
      endMatch(house, matchId, 'time', null),
    ]);
    assert.ok(ends.filter(Boolean).length <= 1, 'it ends once');
    isGiving = false;
    await Promise.all(storm);
    const { match, range } = await ended(id);
    const rows = await db.query<{ handle: 'mira' | 'juno'; coins: bigint }>(
      `select u.handle, sum(g.coins)::bigint as coins from gifts g join users u on u.id = g.creator_id
        where g.committed > $1 and g.committed <= $2 and u.handle in ('mira', 'juno') group by 1`,
      [BigInt(range.from), BigInt(range.to)],
    );
    for (const { handle, coins } of rows) given[handle] = coins;
    assert.ok(given.mira + given.juno > 0n);
    assert.deepEqual(scores(match), [
      ['mira', String(given.mira)],
      ['juno', String(given.juno)],
    ]);
    const recounted = await recount(id);
    assert.deepEqual([recounted.get('mira') ?? 0n, recounted.get('juno') ?? 0n], [given.mira, given.juno]);
    for (const stage of [mira, juno]) {
      const told = (await eventsOf(stage, 'match')).filter((event) => event.matchId === id);
      assert.equal(
        told.filter(({ state }) => state === 'ended').length,
        1,
        'each stage is told the result once',
      );
      const last = told.at(-1)?.sides as { coins: string }[] | undefined;
      assert.deepEqual(
        last?.map(({ coins }) => coins),
        [String(given.mira), String(given.juno)],
      );
    }
    clock.advance(MINUTE_MS);
    await isClean();
  }
  await elsewhere.close();
});
