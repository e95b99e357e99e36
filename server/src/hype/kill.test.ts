import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveCoins } from '../../test/gift-scene.ts';
import { type ServerProcess, startServerProcess } from '../../test/server-process.ts';
import { type Answer, hands, type Person, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { payingOf } from '../gifts/index.ts';
import { auditPolls } from '../polls/audit-polls.ts';
import { auditHypes } from './audit-hype.ts';

const { house, origin, databaseUrl, person } = await testHouse();
const { db } = house;

const ROUNDS = 3;
const FANS = 4;

// A server dies while gifts stream in, while a vote and a hype run on them, and while both are ended.
test('a server killed in the middle: votes and hypes come to what was given, and each ends once', async () => {
  const mira = await person('killmira');
  const stageId = await goLive(mira);
  const fans: Person[] = [];
  for (let index = 0; index < FANS; index += 1) {
    const fan = await person(`killfan${index}`);
    const id = parsePublicId('user', fan.id) as Uuid;
    await payingOf(house).openAccounts([id]);
    await giveCoins(house, id, 100_000n);
    fans.push(fan);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    // No rest between two hypes here: what is tried is the counting.
    await db.query('update hype_meters set rests_until = null');
    const victim = await startProcess();
    const vote = {
      kind: 'giftVote',
      title: `Round ${round}?`,
      options: [
        { text: 'Roses', giftId: 'rose' },
        { text: 'Claps', giftId: 'clap' },
      ],
      seconds: 600,
    };
    const key = newId();
    const start = (at: string) =>
      hands(at, mira.cookie)
        .post('/v1/me/stage/polls', vote, key)
        .catch(() => null);
    const first = start(victim.origin);
    let isGiving = true;
    const giving = fans.map(async (fan, index) => {
      const giftId = index % 2 === 0 ? 'rose' : 'clap';
      for (let sent = 0; isGiving; sent += 1) {
        const at = sent % 2 === 0 ? victim.origin : origin;
        await hands(at, fan.cookie)
          .post('/v1/gifts', { stageId, giftId, quantity: 1 }, newId())
          .catch(() => null);
      }
    });
    await sleep(round * 8);
    if (round % 2 === 1) {
      await first;
      await until('the hype runs', async () => (await hypeNow(mira)).running !== null);
    }
    await victim.kill();
    await first;
    const { poll } = ((await start(origin)) as Answer).body;
    assert.equal(poll.state, 'running');

    const judge = await startProcess();
    const end = (at: string) =>
      Promise.all([
        hands(at, mira.cookie)
          .request('PUT', `/v1/me/stage/polls/${poll.id}/ended`)
          .catch(() => null),
        hands(at, mira.cookie)
          .request('PUT', '/v1/me/stage/hype', { body: { on: false } })
          .catch(() => null),
      ]);
    await until('the hype runs', async () => (await hypeNow(mira)).running !== null);
    const ending = end(judge.origin);
    await sleep(2 + round * 5);
    await judge.kill();
    await ending;
    const [ended, off] = await end(origin);
    assert.deepEqual([ended?.body.poll.state, off?.body.running], ['ended', null]);
    isGiving = false;
    await Promise.all(giving);
    assert.equal((await mira.request('PUT', '/v1/me/stage/hype', { body: { on: true } })).status, 200);
  }
  await until('everything is shown', async () => {
    const open = await db.query('select from gifts, gift_relay where committed > relayed');
    return open.length === 0;
  });
  assert.deepEqual([await auditPolls(db), await auditHypes(db)], [[], []]);
  const [left] = await db.query<{ rows: bigint }>(
    `select (select count(*) from poll_coins) + (select count(*) from poll_tellings)
          + (select count(*) from open_polls) as rows`,
  );
  assert.equal(left?.rows, 0n, 'nothing of what has ended is still counted');
  const ends = await db.query<{ events: bigint; things: bigint }>(
    `select count(*) as events, count(distinct coalesce(event->>'pollId', event->>'hypeId')) as things
       from room_events where event->>'type' in ('poll', 'hype') and event->>'state' = 'ended'`,
  );
  assert.equal(ends[0]?.events, ends[0]?.things, 'each end is told once');
  assert((ends[0]?.things ?? 0n) >= BigInt(2 * ROUNDS));
});

const hypeNow = async (who: Person) => (await who.get('/v1/stages/killmira/hype')).body;

function startProcess(): Promise<ServerProcess> {
  return startServerProcess('question-process.ts', [databaseUrl]);
}
