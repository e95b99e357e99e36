import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeStage, GIFT_SLICES, giveCoins, liveStage, publicStage } from '../../test/gift-scene.ts';
import { hands, type Person, testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { matureGifts } from './mature.ts';

const clock = testClock(Date.parse('2026-11-22T12:00:00.000Z'));
const site = await testHouse({ slices: GIFT_SLICES, clock });
const { house } = site;
const idOf = (person: Person) => parsePublicId('user', person.id) as Uuid;

/** A fan with Coins, and a stage of a creator who can be asked as well. */
async function scene(name: string) {
  const fan = await site.person(`fan_${name}`);
  const creator = await site.person(`creator_${name}`);
  await giveCoins(house, idOf(fan), 10_000n);
  const stage = changeStage({ ...(await liveStage(house)), creatorId: idOf(creator) });
  const give = async (giftId: string, quantity: number): Promise<string> => {
    clock.advance(1_000);
    const answer = await fan.post('/v1/gifts', { stageId: publicStage(stage), giftId, quantity }, newId());
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.gift.id;
  };
  return { fan, creator, stage, give };
}

const idsOf = (answer: { body: { items: { id: string }[] } }) => answer.body.items.map(({ id }) => id);

test('a fan finds the gifts they gave, newest first, page by page, and the creator the same ones', async () => {
  const { fan, creator, give } = await scene('pages');
  const given: string[] = [];
  for (const quantity of [1, 2, 3, 4, 5]) given.unshift(await give('rose', quantity));
  assert.deepEqual(idsOf(await fan.get('/v1/me/gifts')), given);
  assert.deepEqual(idsOf(await creator.get('/v1/me/gifts?as=receiver')), given);
  for (const [asker, as] of [
    [fan, 'sender'],
    [creator, 'receiver'],
  ] as const) {
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await asker.get(
        `/v1/me/gifts?as=${as}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      pages.push(idsOf({ body }));
      cursor = body.nextCursor;
      // What comes meanwhile moves nothing.
      if (pages.length === 1) await give('rose', 9);
    }
    const seen = pages.flat();
    assert.ok(pages.every((page) => page.length <= 2));
    assert.deepEqual(seen.slice(-given.length), given);
    assert.equal(new Set(seen).size, seen.length);
  }
});

test('each says what it was, what it cost and how far it is', async () => {
  const { fan, creator, stage, give } = await scene('facts');
  const id = await give('rose', 3);
  const shown = await until(
    'the stage was told',
    () => fan.get('/v1/me/gifts'),
    (answer) => answer.body.items[0].status === 'pending',
  );
  const receipt = (await fan.get(`/v1/gifts/${id}`)).body.gift;
  const { maturesAt, at, ...rest } = shown.body.items[0];
  for (const [field, value] of Object.entries(rest)) assert.deepEqual(value, receipt[field], field);
  assert.deepEqual(
    [rest.quantity, rest.coins.units, rest.money.display, rest.diamonds.units, rest.stageId],
    [3, '3', '$0.05', '1500', publicStage(stage)],
  );
  assert.deepEqual([rest.sender.handle, rest.receiver.handle], ['fan_facts', 'creator_facts']);
  assert.equal(Date.parse(maturesAt) - Date.parse(at), 7 * DAY_MS);

  clock.advance(7 * DAY_MS);
  await matureGifts(house);
  const [matured] = (await creator.get('/v1/me/gifts?as=receiver')).body.items;
  assert.deepEqual([matured.id, matured.status], [id, 'available']);
});

test('each side sees its own, others nothing, and a foreign cursor opens no door', async () => {
  const { fan, creator, give } = await scene('sides');
  await give('rose', 1);
  await give('rose', 1);
  const other = await site.person('other_sides');
  const { nextCursor } = (await fan.get('/v1/me/gifts?limit=1')).body;
  assert.deepEqual(idsOf(await fan.get('/v1/me/gifts?as=receiver')), []);
  assert.deepEqual(idsOf(await creator.get('/v1/me/gifts')), []);
  for (const as of ['sender', 'receiver']) {
    const { body } = await other.get(`/v1/me/gifts?as=${as}&cursor=${nextCursor}`);
    assert.deepEqual(body, { items: [], nextCursor: null });
  }
  assert.equal((await hands(site.origin, '').get('/v1/me/gifts')).status, 401);
  for (const query of ['as=anybody', 'cursor=x', 'limit=0', 'limit=201']) {
    assert.equal((await fan.get(`/v1/me/gifts?${query}`)).body.code, 'invalid_request', query);
  }
});
