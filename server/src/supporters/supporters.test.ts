import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { enterHouse, type TestSocket } from '../../test/socket.ts';
import { type Person, type TestHouse, testHouse } from '../../test/test-house.ts';
import { buyCoins, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, type TestClock, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';

let clock: TestClock;
let site: TestHouse;
let mira: Person;
let stageId: string;
const fans: Record<string, Person> = {};

before(async () => {
  // A Monday at noon, UTC.
  clock = testClock(Date.UTC(2026, 10, 23, 12));
  site = await testHouse({ clock });
  mira = await site.person('mira');
  stageId = await goLive(mira);
  for (const name of ['ana', 'ben', 'cyd', 'dan']) {
    const fan = await site.person(name);
    await buyCoins(fan, 2_000n);
    fans[name] = fan;
  }
});

const fan = (name: string): Person => fans[name] as Person;

async function give(name: string, giftId: string, quantity = 1): Promise<string> {
  const answer = await fan(name).post('/v1/gifts', { stageId, giftId, quantity }, newId());
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.gift.id;
}

const ranked = () =>
  until(
    'the supporters are ranked',
    () => site.house.db.query('select from gifts, gift_relay where committed > ranked'),
    (rows) => rows.length === 0,
  );

interface Item {
  readonly rank: number;
  readonly handle: string | null;
  readonly displayName: string;
  readonly avatar: string | null;
  readonly coins: { readonly display: string; readonly units: string };
  readonly thankedAt?: string | null;
  readonly lastGift: { readonly id: string; readonly name: string; readonly count: number };
  readonly you: boolean;
}

const list = async (query: string, hands: Pick<Person, 'get'> = site.stranger) =>
  (await hands.get(`/v1/stages/mira/supporters?${query}`)).body;
const handles = (items: readonly Item[]) => items.map(({ handle, coins }) => `${handle} ${coins.units}`);

describe('who gave most', () => {
  test('before the first gift every list is empty, and one Coin is missing', async () => {
    for (const period of ['live', 'day', 'week', 'all']) {
      const { items, nextCursor, you } = await list(`period=${period}`, fan('ana'));
      assert.deepEqual([items, nextCursor], [[], null]);
      assert.deepEqual([you.rank, you.coins.units, you.toNext.units], [null, '0', '1']);
    }
    assert.equal((await list('period=live')).you, null);
    assert.equal((await list('period=live', mira)).you, null);
  });

  test('places, one’s own place, and what is missing to the next', async () => {
    await give('ana', 'heart'); // 10
    await give('ben', 'heart'); // 10, later
    await give('cyd', 'teddy'); // 99
    await ranked();
    const { items, you, since } = await list('period=live', fan('ben'));
    assert.deepEqual(handles(items), ['cyd 99', 'ana 10', 'ben 10']);
    assert.deepEqual(
      items.map(({ rank, you: own }: Item) => [rank, own]),
      [
        [1, false],
        [2, false],
        [3, true],
      ],
    );
    assert.equal(items[0].diamonds.display, '49.5 Diamonds');
    // Ana got to 10 first, so 10 more than nothing is one too few.
    assert.deepEqual([you.rank, you.coins.display, you.toNext.display], [3, '10 Coins', '1 Coin']);
    assert.equal(since, '2026-11-23T12:00:00.000Z');
    assert.equal((await list('period=live', fan('cyd'))).you.toNext, null);
    assert.deepEqual((await list('period=live', fan('ana'))).you.toNext.units, '90');
    await give('ben', 'rose');
    await ranked();
    assert.deepEqual(handles((await list('period=live')).items), ['cyd 99', 'ben 11', 'ana 10']);
  });

  test('day and week begin anew, a live of its own begins with a live, and all time goes on', async () => {
    clock.advance(DAY_MS);
    await mira.post('/v1/stages/end', {});
    await goLive(mira);
    await give('ana', 'coffee'); // 5
    await ranked();
    assert.deepEqual(handles((await list('period=live')).items), ['ana 5']);
    assert.deepEqual(handles((await list('period=day')).items), ['ana 5']);
    assert.deepEqual(handles((await list('period=week')).items), ['cyd 99', 'ana 15', 'ben 11']);
    clock.advance(7 * DAY_MS);
    assert.deepEqual(handles((await list('period=week')).items), []);
    assert.deepEqual(handles((await list('period=all')).items), ['cyd 99', 'ana 15', 'ben 11']);
    assert.equal((await list('period=week')).since, '2026-11-30T00:00:00.000Z');
    assert.equal((await list('period=all')).since, null);
  });

  test('pages, and cursors of this list alone', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Item[]; nextCursor: string | null } = await list(
        `period=all&limit=1${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ rank, handle }) => `${rank} ${handle}`));
      cursor = page.nextCursor ?? null;
      if (seen.length === 1) {
        assert.equal(
          (await site.stranger.get(`/v1/stages/mira/supporters?period=live&cursor=${cursor}`)).status,
          400,
        );
      }
    } while (cursor !== null);
    assert.deepEqual(seen, ['1 cyd', '2 ana', '3 ben']);
    for (const query of ['period=year', 'cursor=x', 'limit=0']) {
      assert.equal((await site.stranger.get(`/v1/stages/mira/supporters?${query}`)).status, 400, query);
    }
    assert.equal((await site.stranger.get('/v1/stages/nobody_here/supporters')).status, 404);
  });

  test('who is in no ranking by name is a supporter everywhere, and knows their own place', async () => {
    const socket = await enterHouse(site.origin, fan('ben'));
    socket.send({ t: 'join', stage: 'mira' });
    await socket.next('joined');
    await fan('cyd').request('PATCH', '/v1/me', { body: { inRanks: false } });
    await give('cyd', 'teddy');
    await ranked();
    const shy = { handle: null, displayName: 'A supporter', avatar: null };
    for (const { items } of [
      await list('period=all'),
      (await mira.get('/v1/me/supporters?period=all')).body,
    ]) {
      const { handle, displayName, avatar } = items[0];
      assert.deepEqual({ handle, displayName, avatar }, shy);
    }
    assert.ok(!JSON.stringify(await list('period=live')).includes('cyd'));
    const { supporters } = (await site.stranger.get('/v1/stages/mira')).body.stage;
    assert.deepEqual([supporters[0].handle, supporters[0].displayName], [null, 'A supporter']);
    const told = await untilEvent(socket, 'roomUser');
    assert.equal((told.topViewers as { user: unknown }[])[0]?.user, null);
    const own = (await list('period=all', fan('cyd'))).you;
    assert.deepEqual([own.rank, own.inRanks], [1, false]);
    await until(
      'the creator’s earnings show a supporter',
      () => mira.get('/v1/me/earnings'),
      ({ body }) => body.supporters[0]?.displayName === 'A supporter',
    );
    // Their lines carry no badge either; those of the second do.
    const badges = async (name: string) => {
      const line = await enterHouse(site.origin, fan(name));
      clock.advance(2_000);
      line.send({ t: 'join', stage: 'mira' });
      await line.next('joined');
      line.send({ t: 'chat', key: newId(), stage: 'mira', text: 'hello' });
      const { id } = await line.next('chat.ok');
      const said = () => line.said.flatMap((frame) => frame.chat ?? []).find((chat) => chat.id === id);
      await line.until(() => said() !== undefined);
      return said().user.badges;
    };
    assert.deepEqual(await badges('cyd'), []);
    assert.deepEqual(await badges('ana'), ['top2']);
    await fan('cyd').request('PATCH', '/v1/me', { body: { inRanks: true } });
    assert.equal((await list('period=all')).items[0].handle, 'cyd');
  });
});

describe('thanks', () => {
  test('a shout-out shows on the stage once, stays in its history, and reaches the supporter', async () => {
    const socket = await enterHouse(site.origin, fan('ben'));
    socket.send({ t: 'join', stage: 'mira' });
    await socket.next('joined');
    const giftId = await give('dan', 'donut', 3);
    const thank = () => mira.post('/v1/me/supporters/thanks', { giftId });
    const [first, second] = await Promise.all([thank(), thank()]);
    assert.deepEqual([first.status, second.status], [201, 201], JSON.stringify(first.body));
    assert.deepEqual(first.body.thanks.gift, { id: giftId, name: 'Donut', art: '1f369', count: 3 });
    const told = await untilEvent(socket, 'shoutOut');
    assert.deepEqual(
      [told.uniqueId, (told.toUser as { uniqueId: string }).uniqueId, told.giftName, told.repeatCount],
      ['mira', 'dan', 'Donut', 3],
    );
    const { items } = (await site.stranger.get('/v1/stages/mira/events?limit=500')).body;
    assert.equal(items.filter(({ type }: { type: string }) => type === 'shoutOut').length, 1);
    const own = (await fan('dan').get('/v1/me/thanks')).body.items;
    assert.deepEqual(
      own.map(({ kind, from, text }: { kind: string; from: { handle: string }; text: string | null }) => [
        kind,
        from.handle,
        text,
      ]),
      [['shoutOut', 'mira', null]],
    );
    const news = (await fan('dan').get('/v1/me/notices')).body.items;
    assert.deepEqual(
      news
        .filter(({ kind }: { kind: string }) => kind === 'thanks')
        .map(({ text }: { text: string }) => text),
      ['For Donut ×3.'],
    );
  });

  test('a note is read by its receiver alone, once per gift', async () => {
    const giftId = await give('ben', 'donut');
    const send = (text: string) => mira.post('/v1/me/supporters/notes', { giftId, text });
    assert.equal((await send('  ')).body.code, 'note_invalid');
    assert.equal((await send('x'.repeat(501))).body.field, '/text');
    const sent = await send('Thank you, Ben.\nThat made my day.');
    assert.deepEqual([sent.status, sent.body.note.text], [201, 'Thank you, Ben.\nThat made my day.']);
    assert.equal((await send('Thank you, Ben.\nThat made my day.')).status, 201);
    assert.equal((await send('Something else')).body.code, 'note_sent_already');
    const [own] = (await fan('ben').get('/v1/me/thanks')).body.items;
    assert.deepEqual([own.kind, own.text], ['note', 'Thank you, Ben.\nThat made my day.']);
    const notice = (await fan('ben').get('/v1/me/notices')).body.items.find(
      ({ kind }: { kind: string }) => kind === 'note',
    );
    assert.deepEqual(
      [notice.title, notice.text, notice.read],
      ['mira wrote to you about Donut ×1', own.text, false],
    );
    assert.ok(!JSON.stringify((await fan('ana').get('/v1/me/thanks')).body).includes('my day'));
    assert.ok(!JSON.stringify((await fan('ana').get('/v1/me/notices')).body).includes('my day'));
    const events = (await site.stranger.get('/v1/stages/mira/events?limit=500')).body;
    assert.ok(!JSON.stringify(events).includes('my day'));
  });

  test('who has not been thanked, in this live and ever', async () => {
    await ranked();
    const own = async (query: string): Promise<Item[]> =>
      (await mira.get(`/v1/me/supporters?${query}`)).body.items;
    const due = async (period: string) =>
      (await own(`period=${period}&thanked=no`)).map(({ handle }) => handle).sort();
    assert.deepEqual(await due('live'), ['ana', 'cyd']);
    assert.deepEqual(await due('all'), ['ana', 'cyd']);
    const all = await own('period=live');
    assert.deepEqual(all.map(({ handle, thankedAt }) => [handle, thankedAt !== null]).sort(), [
      ['ana', false],
      ['ben', true],
      ['cyd', false],
      ['dan', true],
    ]);
    // Each comes with the gift to thank for.
    const ana = all.find(({ handle }) => handle === 'ana') as Item;
    clock.advance(1_000);
    assert.equal((await mira.post('/v1/me/supporters/thanks', { giftId: ana.lastGift.id })).status, 201);
    assert.deepEqual(await due('live'), ['cyd']);
    // What was thanked for stays marked, newest first, in pages.
    const given = (who: Person, query = '') => who.get(`/v1/me/supporters/thanks${query}`);
    const marks = (await given(mira)).body.items;
    assert.deepEqual(
      marks.map(({ gift, supporter }: { gift: { name: string }; supporter: { handle: string } }) => [
        supporter.handle,
        gift.name,
      ]),
      [
        ['ana', ana.lastGift.name],
        ['dan', 'Donut'],
      ],
    );
    const page = (await given(mira, '?limit=1')).body;
    const rest = (await given(mira, `?limit=1&cursor=${page.nextCursor}`)).body;
    assert.deepEqual([[...page.items, ...rest.items], rest.nextCursor], [marks, null]);
    assert.equal((await given(mira, '?cursor=x')).status, 400);
    assert.equal((await given(fan('cyd'))).status, 403);
    // The next live is another one; ever is ever.
    clock.advance(1_000);
    await mira.post('/v1/stages/end', {});
    assert.equal(
      (await mira.post('/v1/me/supporters/thanks', { giftId: await lastGiftOf('cyd') })).body.code,
      'stage_not_live',
    );
    assert.equal((await given(mira)).body.items.length, 2, 'after the live too');
    await goLive(mira);
    assert.deepEqual((await given(mira)).body.items, []);
    await give('ana', 'rose');
    await ranked();
    assert.deepEqual(await due('live'), ['ana']);
    assert.deepEqual(await due('all'), ['cyd']);
    let cursor: string | null = null;
    const paged: (string | null)[] = [];
    do {
      const page: { items: Item[]; nextCursor: string | null } = (
        await mira.get(`/v1/me/supporters?period=all&limit=1${cursor === null ? '' : `&cursor=${cursor}`}`)
      ).body;
      paged.push(...page.items.map(({ handle }: Item) => handle));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.equal(new Set(paged).size, 4);
  });

  test('nobody thanks for what was given to another, or for nothing', async () => {
    const nova = await site.person('nova');
    await goLive(nova);
    const giftId = await give('ana', 'rose');
    for (const path of ['thanks', 'notes']) {
      const body = { giftId, ...(path === 'notes' ? { text: 'Hi' } : {}) };
      assert.equal((await nova.post(`/v1/me/supporters/${path}`, body)).status, 404, path);
      assert.equal((await fan('ana').post(`/v1/me/supporters/${path}`, body)).status, 403, path);
      assert.equal(
        (await mira.post(`/v1/me/supporters/${path}`, { ...body, giftId: 'gift_x' })).status,
        404,
        path,
      );
    }
    for (const table of ['supporter_thanks', 'supporter_notes']) {
      await assert.rejects(site.house.db.query(`delete from ${table}`));
      await assert.rejects(site.house.db.query(`update ${table} set gift_id = gift_id`));
    }
  });
});

async function lastGiftOf(name: string): Promise<string> {
  return (await fan(name).get('/v1/me/gifts?limit=1')).body.items[0].id;
}

async function untilEvent(socket: TestSocket, type: string) {
  await socket.until(() => socket.events().some((event) => event.type === type));
  return socket.events().findLast((event) => event.type === type) as { readonly [field: string]: unknown };
}
