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
import { hands, testHouse } from '../../test/test-house.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { freezeAccount } from '../identity/index.ts';
import { giftingOf } from './gifting.ts';
import { type GiftRequest, giftByKey, sendGift } from './send-gift.ts';
import type { StageNow } from './stages.ts';

const { house, origin, databaseUrl, person } = await testHouse({ slices: GIFT_SLICES });
const gifting = giftingOf(house);
// A second server process on the same database, with a memory of its own.
const second = await testHouse({ slices: GIFT_SLICES, databaseUrl });
const elsewhere = giftingOf(second.house);

const single = (stage: StageNow, more: Partial<GiftRequest> = {}): GiftRequest => ({
  key: newId(),
  stageId: stage.stageId,
  catalogueId: 'rose',
  quantity: 1,
  streakId: null,
  count: null,
  ...more,
});
const upTo = (stage: StageNow, streakId: Uuid, count: number): GiftRequest => ({
  ...single(stage),
  key: `${streakId}:${count}`,
  streakId,
  count,
});
const refusedWith = (code: string) => (error: unknown) => {
  assert(error instanceof Refusal, String(error));
  assert.equal(error.code, code);
  assert.doesNotMatch(`${error.message} ${error.remedy}`, /[{}]/, 'a blank was not filled');
  return true;
};
const giftsOf = (senderId: Uuid) =>
  house.db.query<{ quantity: number; streak_from: number; streak_to: number }>(
    'select quantity, streak_from, streak_to from gifts where sender_id = $1 order by committed',
    [senderId],
  );

describe('a gift', () => {
  test('moves Coins and Diamonds at once', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const sent = await sendGift(gifting, ana, single(stage, { catalogueId: 'coffee', quantity: 3 }));
    // 3 × 5 Coins; half a Diamond (500 units) for each Coin.
    assert.deepEqual(
      { coins: sent.gift.coins, units: sent.gift.diamondUnits, left: sent.coinsLeft, count: sent.count },
      { coins: 15n, units: 7_500n, left: 85n, count: 3 },
    );
    assert.equal((await has(house, ana)).coins, 85n);
    assert.deepEqual(await has(house, stage.creatorId), { coins: 0n, pending: 7_500n, available: 0n });
  });

  test('one key fifty times at once, over two processes, is one gift', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const asked = single(stage, { catalogueId: 'heart' });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sendGift(index % 2 === 0 ? gifting : elsewhere, ana, asked)),
    );
    assert.equal(answers.filter(({ replayed }) => !replayed).length, 1);
    assert.equal(new Set(answers.map(({ gift }) => gift.id)).size, 1);
    assert.equal((await has(house, ana)).coins, 90n);
    assert.equal((await giftsOf(ana)).length, 1);
  });

  test('the key of another request is refused and the first answer stays', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const asked = single(stage);
    const first = await sendGift(gifting, ana, asked);
    const other = await liveStage(house);
    for (const changed of [
      { ...asked, quantity: 2 },
      { ...asked, catalogueId: 'clap' }, // costs the same
      { ...asked, stageId: other.stageId },
    ]) {
      await assert.rejects(sendGift(gifting, ana, changed), refusedWith('idempotency_key_reused'));
      await assert.rejects(sendGift(elsewhere, ana, changed), refusedWith('idempotency_key_reused'));
    }
    assert.equal((await sendGift(elsewhere, ana, asked)).gift.id, first.gift.id);
    assert.equal((await has(house, ana)).coins, 99n);
  });

  test('not enough Coins stays not enough under its key; a new key succeeds', async () => {
    const [stage, ben] = [await liveStage(house), await fan(house, 12n)];
    const asked = single(stage, { catalogueId: 'teddy' });
    const missing = (error: unknown) => {
      refusedWith('insufficient_coins')(error);
      assert(error instanceof Refusal);
      assert.deepEqual([error.data.needed, error.data.had, error.data.missing], ['99', '12', '87']);
      assert.equal(error.message, 'This costs 99 Coins and you had 12 Coins, so nothing was sent.');
      return true;
    };
    await assert.rejects(sendGift(gifting, ben, asked), missing);
    await giveCoins(house, ben, 500n);
    await assert.rejects(sendGift(gifting, ben, asked), missing);
    await assert.rejects(sendGift(elsewhere, ben, asked), missing);
    await assert.rejects(
      sendGift(gifting, ben, { ...asked, quantity: 2 }),
      refusedWith('idempotency_key_reused'),
    );
    assert.equal((await sendGift(gifting, ben, { ...asked, key: newId() })).coinsLeft, 413n);
  });

  test('200 at once from 100 Coins are exactly 100', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) =>
        sendGift(index % 2 === 0 ? gifting : elsewhere, ana, single(stage)),
      ),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 100);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') refusedWith('insufficient_coins')(outcome.reason);
    }
    assert.deepEqual(await has(house, ana), { coins: 0n, pending: 0n, available: 0n });
    assert.equal((await has(house, stage.creatorId)).pending, 50_000n);
  });

  test('a hot creator gets exactly what 300 senders gave at once', async () => {
    const stage = await liveStage(house);
    const fans = await Promise.all(Array.from({ length: 300 }, () => fan(house, 50n)));
    await Promise.all(
      fans.flatMap((id) => [
        sendGift(gifting, id, single(stage, { quantity: 20 })),
        sendGift(elsewhere, id, single(stage, { catalogueId: 'heart' })),
      ]),
    );
    assert.equal((await has(house, stage.creatorId)).pending, 300n * 30n * 500n);
    const left = await Promise.all(fans.map((id) => has(house, id)));
    assert(left.every(({ coins }) => coins === 20n));
  });

  test('a repeat is answered although it would be refused by now', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const asked = single(stage);
    const streakId = newId();
    const first = await sendGift(gifting, ana, asked);
    await sendGift(gifting, ana, upTo(stage, streakId, 2));
    changeStage({ ...stage, live: false, sessionId: null });
    for (const process of [gifting, elsewhere]) {
      const again = await sendGift(process, ana, asked);
      assert.deepEqual([again.gift.id, again.replayed], [first.gift.id, true]);
      assert.equal((await sendGift(process, ana, upTo(stage, streakId, 2))).count, 2);
      await assert.rejects(sendGift(process, ana, single(stage)), refusedWith('stage_not_live'));
      await assert.rejects(sendGift(process, ana, upTo(stage, streakId, 3)), refusedWith('stage_not_live'));
    }
  });

  test('is found by its key', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const asked = single(stage);
    const streakId = newId();
    const first = await sendGift(gifting, ana, asked);
    await sendGift(gifting, ana, upTo(stage, streakId, 2));
    const covering = await sendGift(gifting, ana, upTo(stage, streakId, 5));
    assert.equal((await giftByKey(elsewhere, ana, asked.key))?.id, first.gift.id);
    assert.equal((await giftByKey(elsewhere, ana, `${streakId}:4`))?.id, covering.gift.id);
    assert.equal(await giftByKey(elsewhere, ana, `${streakId}:6`), undefined);
    const own = single(stage, { key: `${newId()}:2` });
    const alone = await sendGift(gifting, ana, own);
    assert.equal(
      (await giftByKey(elsewhere, ana, own.key))?.id,
      alone.gift.id,
      'a key that looks like a streak’s',
    );
    assert.equal(await giftByKey(elsewhere, await fan(house), asked.key), undefined);
    for (const key of [newId(), `${'-'.repeat(36)}:1`, `${newId().toUpperCase()}:1`, `${streakId}:0`, 'Ω']) {
      assert.equal(await giftByKey(elsewhere, ana, key), undefined, key);
    }
  });

  test('is refused to the young, the frozen, the own stage and unknown stages', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    await assert.rejects(
      sendGift(gifting, ana, { ...single(stage), stageId: newId() }),
      refusedWith('not_found'),
    );
    await assert.rejects(sendGift(gifting, stage.creatorId, single(stage)), refusedWith('own_stage'));
    const young = await person('youngone', { dateOfBirth: '2012-05-05' });
    const answer = await young.post('/v1/gifts', { stageId: publicStage(stage), giftId: 'rose' }, newId());
    assert.deepEqual([answer.status, answer.body.code], [403, 'under_age']);
    await freezeAccount(house, {
      userId: ana,
      gates: ['send'],
      reason: 'checking a report',
      byUser: null,
      until: null,
    });
    await assert.rejects(sendGift(gifting, ana, single(stage)), refusedWith('account_frozen'));
    assert.equal((await has(house, ana)).coins, 100n);
  });
});

describe('a streak', () => {
  test('asks for absolute counts, and each count is paid once', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const streakId = newId();
    const counts = [1, 4, 4, 2, 12, 7, 12];
    const answers = [];
    for (const count of counts) answers.push(await sendGift(gifting, ana, upTo(stage, streakId, count)));
    assert.deepEqual(
      answers.map(({ count, replayed, coinsLeft }) => [count, replayed, coinsLeft]),
      [
        [1, false, 99n],
        [4, false, 96n],
        [4, true, 96n],
        [4, true, 96n],
        [12, false, 88n],
        [12, true, 88n],
        [12, true, 88n],
      ],
    );
    assert.deepEqual(await giftsOf(ana), [
      { quantity: 1, streak_from: 0, streak_to: 1 },
      { quantity: 3, streak_from: 1, streak_to: 4 },
      { quantity: 8, streak_from: 4, streak_to: 12 },
    ]);
  });

  test('goes on in a process that has never heard of it', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const streakId = newId();
    await sendGift(gifting, ana, upTo(stage, streakId, 3));
    assert.equal((await sendGift(elsewhere, ana, upTo(stage, streakId, 5))).coinsLeft, 95n);
    assert.equal((await sendGift(gifting, ana, upTo(stage, streakId, 6))).coinsLeft, 94n);
    assert.equal((await sendGift(gifting, ana, upTo(stage, streakId, 6))).replayed, true);
    assert.equal((await sendGift(elsewhere, ana, upTo(stage, streakId, 3))).replayed, true);
  });

  test('all its counts at once, twice each, over two processes, cost the highest', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const streakId = newId();
    const counts = Array.from({ length: 20 }, (_, index) => index + 1).flatMap((count) => [count, count]);
    const answers = await Promise.all(
      counts.map((count, index) =>
        sendGift(index % 3 === 0 ? gifting : elsewhere, ana, upTo(stage, streakId, count)),
      ),
    );
    assert(answers.every(({ count }, index) => count >= (counts[index] ?? 0)));
    assert.equal((await has(house, ana)).coins, 80n);
    assert.equal((await has(house, stage.creatorId)).pending, 10_000n);
    const rows = await giftsOf(ana);
    for (const [index, row] of rows.entries()) {
      assert.equal(row.streak_from, rows[index - 1]?.streak_to ?? 0, 'counts follow each other');
    }
  });

  test('of the same id by another person is another streak', async () => {
    const [stage, ana, ben] = [await liveStage(house), await fan(house, 9n), await fan(house, 9n)];
    const streakId = newId();
    await sendGift(gifting, ana, upTo(stage, streakId, 2));
    await sendGift(gifting, ben, upTo(stage, streakId, 3));
    assert.deepEqual([(await has(house, ana)).coins, (await has(house, ben)).coins], [7n, 6n]);
  });

  test('is of one gift on one stage', async () => {
    const [stage, other, ana] = [await liveStage(house), await liveStage(house), await fan(house, 100n)];
    const streakId = newId();
    await sendGift(gifting, ana, upTo(stage, streakId, 3));
    for (const process of [gifting, elsewhere]) {
      for (const count of [2, 3, 4]) {
        for (const change of [{ catalogueId: 'clap' }, { stageId: other.stageId }]) {
          const asked = { ...upTo(stage, streakId, count), ...change };
          await assert.rejects(
            sendGift(process, ana, asked),
            refusedWith('idempotency_key_reused'),
            String(count),
          );
        }
      }
    }
    assert.equal((await has(house, ana)).coins, 97n);
  });

  test('that the ledger refused is over: its count falls back, and a new streak goes on', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 4n)];
    const streakId = newId();
    await sendGift(gifting, ana, upTo(stage, streakId, 4));
    await assert.rejects(sendGift(gifting, ana, upTo(stage, streakId, 5)), refusedWith('insufficient_coins'));
    await giveCoins(house, ana, 10n);
    await assert.rejects(
      sendGift(elsewhere, ana, upTo(stage, streakId, 5)),
      refusedWith('insufficient_coins'),
    );
    await assert.rejects(sendGift(gifting, ana, upTo(stage, streakId, 6)), (error) => {
      assert(error instanceof Refusal);
      return error.code === 'streak_closed' && error.data.count === 4;
    });
    assert.equal((await sendGift(gifting, ana, upTo(stage, newId(), 2))).coinsLeft, 8n);
  });
});

describe('over HTTP', () => {
  test('the first answer comes again, and says so', async () => {
    const stage = await liveStage(house);
    const ana = await person('httpana');
    const [row] = await house.db.query<{ id: Uuid }>('select id from users where handle = $1', ['httpana']);
    assert(row !== undefined);
    await giveCoins(house, row.id, 50n);
    const key = newId();
    const first = await ana.post(
      '/v1/gifts',
      { stageId: publicStage(stage), giftId: 'coffee', quantity: 2 },
      key,
    );
    assert.equal(first.status, 201);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    assert.deepEqual(first.body.coins, { asset: 'COIN', units: '40', display: '40 Coins' });
    // Another order of fields and white space; another process; and over the verb that the socket uses.
    const again = await hands(second.origin, ana.cookie).request('POST', '/v1/gifts', {
      body: `{ "quantity": 2, "giftId": "coffee",\n "stageId": "${publicStage(stage)}" }`,
      headers: { 'idempotency-key': key },
    });
    assert.equal(again.status, 201);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal(again.body.gift.id, first.body.gift.id);
    const socket = single(stage, { key, catalogueId: 'coffee', quantity: 2 });
    assert.equal((await sendGift(elsewhere, row.id, socket)).replayed, true);

    const other = await ana.post(
      '/v1/gifts',
      { stageId: publicStage(stage), giftId: 'coffee', quantity: 3 },
      key,
    );
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused']);
    assert.equal((await has(house, row.id)).coins, 40n);

    const byKey = await ana.get(`/v1/gifts/by-key/${key}`);
    assert.equal(byKey.body.gift.id, first.body.gift.id);
    assert.equal((await ana.get(`/v1/gifts/by-key/${newId()}`)).status, 404);
  });

  test('T07 and T39: keys and bodies that are none are refused, naming the field', async () => {
    const stage = await liveStage(house);
    const ana = await person('strictana');
    const stageId = publicStage(stage);
    const streakId = newId();
    const body = { stageId, giftId: 'rose' };
    const rows: [unknown, string | undefined, number, string, string?][] = [
      [body, undefined, 400, 'idempotency_key_missing'],
      [body, 'k'.repeat(256), 400, 'idempotency_key_invalid'],
      [{ ...body, quantity: '1' }, newId(), 400, 'invalid_request', '/quantity'],
      [{ ...body, quantity: 1.5 }, newId(), 400, 'invalid_request', '/quantity'],
      [{ ...body, quantity: -1 }, newId(), 400, 'invalid_request', '/quantity'],
      [{ ...body, quantity: true }, newId(), 400, 'invalid_request', '/quantity'],
      [{ ...body, quantity: null }, newId(), 400, 'invalid_request', '/quantity'],
      [{ ...body, quantity: 2 ** 53 }, newId(), 400, 'invalid_request', '/quantity'],
      [{ ...body, quantity: 0 }, newId(), 422, 'quantity_out_of_range', '/quantity'],
      [{ ...body, quantity: 1_000 }, newId(), 422, 'quantity_out_of_range', '/quantity'],
      [{ ...body, coins: 1 }, newId(), 400, 'invalid_request', '/coins'],
      [{ giftId: 'rose' }, newId(), 400, 'invalid_request', '/stageId'],
      [{ stageId: 'stage_1', giftId: 'rose' }, newId(), 400, 'invalid_request', '/stageId'],
      [{ ...body, giftId: 'Röse' }, newId(), 400, 'invalid_request', '/giftId'],
      [{ ...body, giftId: 'tulip' }, newId(), 404, 'gift_unknown', '/giftId'],
      [{ ...body, count: 1 }, newId(), 400, 'invalid_request', '/streakId'],
      [{ ...body, streakId }, newId(), 400, 'invalid_request', '/count'],
      [{ ...body, streakId: 'x', count: 1 }, newId(), 400, 'invalid_request', '/streakId'],
      [{ ...body, streakId, count: 1 }, newId(), 422, 'streak_key_mismatch'],
      [
        { ...body, giftId: 'comet', streakId, count: 1 },
        `${streakId}:1`,
        422,
        'gift_not_streakable',
        '/streakId',
      ],
      [{ ...body, streakId, count: 1 }, `${streakId}:1`, 409, 'insufficient_coins'],
    ];
    for (const [asked, key, status, code, field] of rows) {
      const answer = await ana.post('/v1/gifts', asked, key);
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.field],
        [status, code, field],
        JSON.stringify(asked),
      );
    }
    assert.equal((await hands(origin, '').post('/v1/gifts', body, newId())).status, 401);
  });
});
