import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  changeStage,
  fan,
  GIFT_SLICES,
  giveCoins,
  has,
  liveStage,
  publicStage,
} from '../../test/gift-scene.ts';
import { openSocket, somebody, type TestSocket } from '../../test/socket.ts';
import { testHouse } from '../../test/test-house.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { giftingOf } from './gifting.ts';
import { sendGift } from './send-gift.ts';

const { house, origin, databaseUrl } = await testHouse({ slices: GIFT_SLICES });
const second = await testHouse({ slices: GIFT_SLICES, databaseUrl });

async function enter(at: typeof second, userId: Uuid): Promise<TestSocket> {
  const { ticket } = await at.house.hub.ticketFor(somebody(userId));
  const socket = openSocket(at.origin, ticket, { origin: at.origin });
  await socket.next('hello');
  return socket;
}

describe('the frame gift', () => {
  test('is answered with the confirmed count and what is left', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const socket = await enter({ ...second, house, origin }, ana);
    const streakId = newId();
    const tap = (count: number) => ({
      t: 'gift',
      key: `${streakId}:${count}`,
      stageId: publicStage(stage),
      giftId: 'rose',
      quantity: 1,
      streakId,
      count,
    });
    socket.send(tap(1));
    socket.send(tap(4));
    const answers = [
      await socket.next('gift.ok', ({ key }) => key === `${streakId}:1`),
      await socket.next('gift.ok', ({ key }) => key === `${streakId}:4`),
    ];
    assert.deepEqual(
      answers.map(({ count }) => count),
      [1, 4],
    );
    assert.match(answers[0].giftId, /^gift_[0-9a-f]{32}$/);
    assert.deepEqual(answers[1].coins, { asset: 'COIN', units: '96', display: '96 Coins' });
    await socket.next('wallet', ({ coins }) => coins.units === '96');
  });

  test('an answer that was lost is asked for again, by another socket of another process', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const first = await enter({ ...second, house, origin }, ana);
    const frame = {
      t: 'gift',
      key: newId(),
      stageId: publicStage(stage),
      giftId: 'comet',
      quantity: 1,
    };
    await giveCoins(house, ana, 20_000n);
    first.send(frame);
    first.ws.terminate();
    const other = await enter(second, ana);
    other.send(frame);
    const answer = await other.next('gift.ok');
    assert.equal(answer.coins.units, String(20_100 - 9_999));
    assert.equal((await has(house, ana)).coins, 20_100n - 9_999n);
  });

  test('a refusal tells the confirmed count to go back to', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 4n)];
    const socket = await enter({ ...second, house, origin }, ana);
    const streakId = newId();
    for (const count of [4, 5]) {
      socket.send({
        t: 'gift',
        key: `${streakId}:${count}`,
        stageId: publicStage(stage),
        giftId: 'rose',
        streakId,
        count,
      });
    }
    const refused = await socket.next('refused');
    assert.equal(refused.key, `${streakId}:5`);
    assert.equal(refused.problem.code, 'insufficient_coins');
    assert.equal(refused.problem.data.missing, '1');
    assert.equal(refused.count, 4);
    assert.equal(refused.coins.units, '0');
  });

  test('gifts turned off, a strange frame and a stranger are refused by key', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    changeStage({ ...stage, giftsOn: false, giftsOffReason: 'the creator is on a break.' });
    const socket = await enter({ ...second, house, origin }, ana);
    const frame = { t: 'gift', stageId: publicStage(stage), giftId: 'rose', quantity: 1 };
    socket.send({ ...frame, key: 'off' });
    socket.send({ ...frame, key: 'more', price: 1 });
    socket.send({ ...frame, key: 'text', quantity: '1' });
    const long = 'k'.repeat(255);
    socket.send({ ...frame, key: long, quantity: -1 });
    const codes: [string, string][] = [
      [long, 'invalid_request'],
      ['off', 'gifts_off'],
      ['more', 'invalid_request'],
      ['text', 'invalid_request'],
    ];
    for (const [key, code] of codes) {
      const refused = await socket.next('refused', (said) => said.key === key);
      assert.equal(refused.problem.code, code, key);
    }
    const { ticket } = await house.hub.ticketFor({ kind: 'anonymous' });
    const stranger = openSocket(origin, ticket, { origin });
    await stranger.next('hello');
    stranger.send({ ...frame, key: 'who' });
    assert.equal((await stranger.next('refused')).problem.code, 'not_signed_in');
    assert.equal((await has(house, ana)).coins, 100n);
  });

  test('who watches sees it at once, in this process and in the other', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const place = { roomId: stage.stageId, name: 'thestage', hostId: stage.creatorId, likes: 0 };
    for (const { hub } of [house, second.house])
      hub.useRooms(async (name) => (name === place.name ? place : null));
    const viewers = [
      await enter({ ...second, house, origin }, await fan(house)),
      await enter(second, await fan(house)),
    ];
    for (const viewer of viewers) {
      viewer.send({ t: 'join', stage: place.name });
      await viewer.next('joined');
    }
    await sendGift(giftingOf(house), ana, {
      key: newId(),
      stageId: stage.stageId,
      catalogueId: 'coffee',
      quantity: 3,
      streakId: null,
      count: null,
    });
    for (const viewer of viewers) {
      await viewer.until(() => viewer.events().length > 0);
      assert.deepEqual(
        viewer
          .events()
          .map(({ seq, giftName, repeatCount, final }) => ({ seq, giftName, repeatCount, final })),
        [{ seq: 1, giftName: 'Coffee', repeatCount: 3, final: true }],
      );
    }
  });
});
