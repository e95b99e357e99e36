import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveCoins, has } from '../../test/gift-scene.ts';
import { type ServerProcess, startServerProcess } from '../../test/server-process.ts';
import { type Answer, hands, type Person, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { payingOf } from '../gifts/index.ts';
import { accountId } from '../ledger/index.ts';
import { askingOf } from './asking.ts';
import { auditQuestions } from './audit-questions.ts';
import { returnLeftovers } from './return-leftovers.ts';

const { house, origin, databaseUrl, person } = await testHouse();

const ROUNDS = 3;
const FANS = 6;
const PRICE = 20n;

// Whatever a killed server had done or not done of asking, answering, skipping and the end of a live: asked again
// elsewhere, each question is decided once and every Coin is somewhere.
test('a server killed in the middle: every question is answered or returned, once, and the Coins say which', async () => {
  const mira = await person('killmira');
  await goLive(mira);
  const creatorId = idOf(mira);
  assert.equal((await open(mira)).status, 200);
  const fans: Person[] = [];
  for (let index = 0; index < FANS; index += 1) {
    const fan = await person(`killfan${index}`);
    await payingOf(house).openAccounts([idOf(fan)]);
    await giveCoins(house, idOf(fan), 1_000n);
    fans.push(fan);
  }

  const met = { before: 0, lost: 0, never: 0 };
  let answered = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    // Asking, with the server dying.
    const victim = await startProcess();
    const asked = fans.map((fan) => ({ fan, key: newId() }));
    const send = (at: string, { fan, key }: (typeof asked)[number]): Promise<Answer | null> =>
      hands(at, fan.cookie)
        .post('/v1/stages/killmira/questions', { text: `Round ${round}?`, coins: String(PRICE) }, key)
        .catch(() => null);
    const first = Promise.all(asked.map((one) => send(victim.origin, one)));
    await sleep(3 + round * 6);
    await victim.kill();
    const answers = await first;
    const again = await Promise.all(asked.map((one) => send(origin, one)));
    const ids: string[] = [];
    for (const [index, answer] of again.entries()) {
      assert.equal(answer?.status, 201, JSON.stringify(answer?.body));
      ids.push(answer.body.question.id);
      const before = answers[index];
      const wasReplayed = answer.headers.get('idempotent-replayed') === 'true';
      if (before?.status === 201) {
        met.before += 1;
        assert.equal(wasReplayed, true, 'what was acknowledged is not lost');
        assert.equal(answer.body.question.id, before.body.question.id);
      } else if (wasReplayed) met.lost += 1;
      else met.never += 1;
    }

    // Deciding, with another server dying: one is answered, the others are skipped.
    const judge = await startProcess();
    const [chosen = ''] = ids;
    const put = (at: string, id: string, state: string): Promise<Answer | null> =>
      hands(at, mira.cookie)
        .request('PUT', `/v1/questions/${id}/${state}`)
        .catch(() => null);
    assert.equal((await put(origin, chosen, 'answering'))?.status, 200);
    const decide = (at: string) =>
      Promise.all([put(at, chosen, 'answered'), ...ids.slice(1, 4).map((id) => put(at, id, 'skipped'))]);
    const judged = decide(judge.origin);
    await sleep(2 + round * 4);
    await judge.kill();
    await judged;
    for (const answer of await decide(origin))
      assert.equal(answer?.status, 200, JSON.stringify(answer?.body));
    answered += 1;
    assert.equal((await has(house, creatorId)).pending, BigInt(answered) * PRICE * 500n);

    // The end of the live, with a third one dying: what is left goes back.
    const last = await startProcess();
    const ending = hands(last.origin, mira.cookie)
      .post('/v1/stages/end', {})
      .catch(() => null);
    await sleep(2 + round * 5);
    await last.kill();
    await ending;
    const ended = await mira.post('/v1/stages/end', {});
    assert([200, 409].includes(ended.status));
    await until('what is left goes back', async () => {
      await returnLeftovers(askingOf(house));
      return (await house.db.query('select from open_questions')).length === 0;
    });
    assert.equal((await mira.post('/v1/stages/start', { title: 'Again' })).status, 201);
    assert.equal((await open(mira)).status, 200);
  }
  assert(met.never + met.lost > 0, 'some requests were not answered by the server that died');

  let spent = 0n;
  for (const fan of fans) {
    const account = accountId(idOf(fan), 'coins', 'COIN');
    const balance = (await house.ledger.balances([account])).get(account);
    assert.equal(balance?.debitsPending, 0n, 'nothing is stuck in escrow');
    spent += balance?.debitsPosted ?? 0n;
  }
  assert.equal(spent, BigInt(answered) * PRICE, 'paid for is what was answered');
  await until(
    'every room has been told',
    async () => (await house.db.query('select from question_news')).length,
    (left) => left === 0,
  );
  assert.deepEqual(await auditQuestions(house.db), []);
  const events = await house.db.query<{ type: string; status: string; events: bigint; questions: bigint }>(
    `select event->>'type' as type, event->>'answerStatus' as status, count(*) as events,
            count(distinct event->>'questionId') as questions
       from room_events where event->>'type' in ('questionNew', 'questionStatus') group by 1, 2`,
  );
  for (const { type, status, events: told, questions } of events) {
    assert.equal(told, questions, `${type} ${status} is told once of each question`);
  }
});

function open(creator: Person): Promise<Answer> {
  return creator.request('PUT', '/v1/stages/questions', { body: { on: true, coins: String(PRICE) } });
}

function idOf(someone: Person): Uuid {
  const id = parsePublicId('user', someone.id);
  assert(id !== null);
  return id;
}

function startProcess(): Promise<ServerProcess> {
  return startServerProcess('question-process.ts', [databaseUrl]);
}
