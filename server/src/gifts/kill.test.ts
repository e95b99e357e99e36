import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GIFT_SLICES, giveCoins, has, liveStage, publicStage } from '../../test/gift-scene.ts';
import { type ServerProcess, startServerProcess } from '../../test/server-process.ts';
import { type Answer, hands, testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { readRoomEvents } from '../realtime/room-events.ts';
import type { StageNow } from './stages.ts';

const { house, origin, databaseUrl, person } = await testHouse({ slices: GIFT_SLICES });

/** How many answers a server may give before it is killed, round by round. */
const ANSWERS = [0, 1, 8, 16];
const COINS = 100_000n;

// Whatever a killed server had done or not done, asking another one again does it once.
test('a server killed in the middle: each request asked again elsewhere happens once', async () => {
  const stage = await liveStage(house);
  const ana = await person('killana');
  const [row] = await house.db.query<{ id: Uuid }>(`select id from users where handle = 'killana'`);
  assert(row !== undefined);
  await giveCoins(house, row.id, COINS);

  let expected = 0n;
  const streaks: { id: Uuid; count: number }[] = [];
  const met = { before: 0, lost: 0, never: 0 };
  for (const wanted of ANSWERS) {
    const victim = await startProcess(stage);
    const streakId = newId();
    const asked = [
      ...Array.from({ length: 12 }, () => ({ key: newId(), body: { giftId: 'coffee', quantity: 2 } })),
      ...Array.from({ length: 12 }, (_, index) => ({
        key: `${streakId}:${index + 1}`,
        body: { giftId: 'rose', streakId, count: index + 1 },
      })),
    ];
    expected += 12n * 10n + 12n;
    streaks.push({ id: streakId, count: 12 });
    const send = (at: string, { key, body }: (typeof asked)[number]): Promise<Answer | null> =>
      hands(at, ana.cookie)
        .post('/v1/gifts', { stageId: publicStage(stage), ...body }, key)
        .catch(() => null);
    let answered = 0;
    const first = Promise.all(
      asked.map(async (one) => {
        const answer = await send(victim.origin, one);
        answered += 1;
        return answer;
      }),
    );
    await until('it has answered so many', () => answered >= wanted);
    await victim.kill();
    const answers = await first;
    const again = await Promise.all(asked.map((one) => send(origin, one)));
    for (const [index, answer] of again.entries()) {
      const before = answers[index];
      assert.equal(answer?.status, 201, JSON.stringify(answer?.body));
      const wasReplayed = answer.headers.get('idempotent-replayed') === 'true';
      if (before?.status === 201) {
        met.before += 1;
        assert.equal(wasReplayed, true, 'what was acknowledged is not lost');
        assert.equal(answer.body.gift.id, before.body.gift.id);
      } else if (wasReplayed) met.lost += 1;
      else met.never += 1;
    }
    assert.equal((await has(house, row.id)).coins, COINS - expected);
  }
  assert.equal((await has(house, stage.creatorId)).pending, expected * 500n);
  assert(met.never > 0, 'some requests died before they were done');
  assert(met.before + met.lost > 0, 'some requests were done by a server that was killed');

  const events = () => readRoomEvents(house.db, stage.stageId, 0, 10_000);
  const isFinal = (id: Uuid) => async () =>
    (await events()).some(({ groupId, final }) => groupId === id && final === true);
  for (const { id } of streaks) await until(`streak ${id} is closed`, isFinal(id));
  const told = await events();
  assert.deepEqual(
    told.map(({ seq }) => seq),
    told.map((_, index) => index + 1),
  );
  for (const { id, count } of streaks) {
    const finals = told.filter(
      ({ groupId, final }) => final === true && String(groupId).split('.')[0] === id,
    );
    const groups = new Set(
      told.filter(({ groupId }) => String(groupId).split('.')[0] === id).map(({ groupId }) => groupId),
    );
    assert.equal(finals.length, groups.size, 'one final per group');
    assert.equal(
      finals.reduce((sum, { repeatCount }) => sum + Number(repeatCount), 0),
      count,
    );
  }
});

function startProcess(stage: StageNow): Promise<ServerProcess> {
  return startServerProcess('gift-process.ts', [databaseUrl, JSON.stringify(stage)]);
}
