import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveCoins, has } from '../../test/gift-scene.ts';
import { type Answer, type Person, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, HOUR_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { auditEarnings } from '../earnings/audit-earnings.ts';
import { matureGifts, payingOf } from '../gifts/index.ts';
import { freezeAccount } from '../identity/index.ts';
import { auditWithin } from '../ledger/audit.ts';
import { accountId } from '../ledger/index.ts';
import { adoptPolicy, PRESETS } from '../policy/index.ts';
import { askingOf } from './asking.ts';
import { auditQuestions } from './audit-questions.ts';
import { returnLeftovers } from './return-leftovers.ts';

const clock = testClock(Date.UTC(2026, 10, 19, 12));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;

const mira = await site.person('mira');
const stageId = await goLive(mira);
const ana = await fanWith('ana', 1_000n);
const ben = await fanWith('ben', 1_000n);

async function fanWith(handle: string, coins: bigint): Promise<Person & { uuid: Uuid }> {
  const person = await site.person(handle);
  const uuid = parsePublicId('user', person.id);
  assert(uuid !== null);
  await payingOf(house).openAccounts([uuid]);
  await giveCoins(house, uuid, coins);
  return Object.assign(person, { uuid });
}

const open = (on: boolean, coins: number) =>
  mira.request('PUT', '/v1/stages/questions', { body: { on, coins: String(coins) } });
/** Asks a moment after the question before: nobody may ask faster. */
const ask = (fan: Person, text: string, coins: number, key: string = newId()): Promise<Answer> => {
  clock.advance(3 * SECOND_MS);
  return fan.post('/v1/stages/mira/questions', { text, coins: String(coins) }, key);
};
const asked = async (fan: Person, text: string, coins: number) => {
  const answer = await ask(fan, text, coins);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.question;
};
const put = (who: Person, id: string, state: string) => who.request('PUT', `/v1/questions/${id}/${state}`);
const queue = async (who: { get(path: string): Promise<Answer> }, query = '') =>
  (await who.get(`/v1/stages/mira/questions${query}`)).body;
const coinsLeft = async (who: Person) => (await who.get('/v1/me/wallet')).body.coins.units;
const texts = (items: { text: string }[]) => items.map(({ text }) => text);

test('questions are closed until the creator opens them, and only while live', async () => {
  const closed = await queue(site.stranger);
  assert.deepEqual([closed.live, closed.settings.on, closed.items], [true, false, []]);
  const refused = await ask(ana, 'Hello?', 0);
  assert.deepEqual([refused.status, refused.body.code], [409, 'questions_off']);
  assert.equal((await open(true, 10_001)).body.code, 'question_price_out_of_range');
  assert.equal((await open(true, 50)).status, 200);
  const { settings } = await queue(ana);
  assert.deepEqual(
    [settings.on, settings.coins.display, settings.money.display, settings.creatorGets.display],
    [true, '50 Coins', '$0.68', '25 Diamonds'], // 50 × 1.35¢ = 67.5¢, rounded up; half a Diamond a Coin
  );
});

test('who is muted or banned there, and what its words hide, is refused as in the chat, and costs nothing', async () => {
  const before = await coinsLeft(ben);
  assert.equal(
    (await mira.request('PUT', '/v1/stages/mira/mutes/ben', { body: { minutes: 5 } })).status,
    204,
  );
  assert.equal((await ask(ben, 'May I?', 50)).body.code, 'chat_muted');
  assert.equal((await mira.request('DELETE', '/v1/stages/mira/mutes/ben')).status, 204);
  assert.equal((await mira.request('PUT', '/v1/stages/mira/bans/ben', { body: {} })).status, 204);
  assert.equal((await ask(ben, 'May I?', 50)).body.code, 'banned_from_stage');
  assert.equal((await mira.request('DELETE', '/v1/stages/mira/bans/ben')).status, 204);
  const words = (filterWords: string[]) =>
    mira.request('PATCH', '/v1/me/stage/room', { body: { filterWords } });
  assert.equal((await words(['spoiler'])).status, 200);
  assert.equal((await ask(ben, 'A spoiler?', 50)).body.code, 'chat_filtered');
  assert.equal((await words([])).status, 200);
  assert.equal(await coinsLeft(ben), before);
});

test('a paid question: held, answered, and the creator’s pending Diamonds; every number says how it was made', async () => {
  const question = await asked(ana, '  Which song\nwas the hardest?  ', 50);
  assert.equal(question.text, 'Which song was the hardest?');
  assert.deepEqual([question.status, question.where.place], ['waiting', 'escrow']);
  assert.equal(question.where.sentence, '50 Coins are held until mira answers.');
  assert.equal(await coinsLeft(ana), '950', 'what is held cannot be spent');
  assert.equal((await has(house, ana.uuid)).coins, 1_000n, 'and is still hers');

  const held = (await ana.get('/v1/me/wallet/entries?asset=COIN')).body.items[0];
  assert.deepEqual(
    [held.kind, held.title, held.amount.units, held.balanceAfter.units, held.status, held.link],
    ['question', 'Question to mira', '-50', '950', 'pending', { type: 'question', id: question.id }],
  );

  assert.equal((await put(mira, question.id, 'answered')).body.code, 'question_not_being_answered');
  const begun = await put(mira, question.id, 'answering');
  assert.equal(begun.body.question.status, 'answering');
  assert.equal((await queue(site.stranger)).answering.text, 'Which song was the hardest?');
  assert.equal((await put(ana, question.id, 'withdrawn')).body.code, 'question_being_answered');

  const done = await put(mira, question.id, 'answered');
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal((await put(mira, question.id, 'answered')).body.question.status, 'answered', 'asked twice');
  const { question: mine } = (await ana.get(`/v1/questions/${question.id}`)).body;
  assert.equal(mine.where.sentence, '50 Coins were paid. mira got 25 Diamonds, pending until 2026-11-26.');
  assert.equal(mine.transfers.length, 3);
  assert.equal(await coinsLeft(ana), '950');
  assert.equal((await has(house, ana.uuid)).coins, 950n);

  const lines = (await ana.get('/v1/me/wallet/entries?asset=COIN&kind=question')).body.items;
  assert.deepEqual(
    lines.map((line: { title: string; amount: { units: string }; balanceAfter: { units: string } }) => [
      line.title,
      line.amount.units,
      line.balanceAfter.units,
    ]),
    [
      ['Question to mira answered', '0', '950'],
      ['Question to mira', '-50', '950'],
    ],
  );

  const earnings = (await mira.get('/v1/me/earnings')).body;
  assert.deepEqual(
    [earnings.pending.display, earnings.how.fansSpent.display, earnings.calendar[0].date],
    ['25 Diamonds', '50 Coins', '2026-11-26'],
  );
  assert.equal(earnings.supporters[0].handle, 'ana');
  const [entry] = (await mira.get('/v1/me/earnings/entries')).body.items;
  assert.deepEqual(
    [entry.giftId, entry.questionId, entry.giftName, entry.coins.units, entry.amount.units, entry.status],
    [null, question.id, 'Question', '50', '25000', 'pending'],
  );
  const receipt = await mira.get(`/v1/me/wallet/entries/${entry.transferId}`);
  assert.equal(receipt.body.entry.title, 'Question from ana answered');
  assert.match(JSON.stringify(receipt.body.how), /available from 2026-11-26/);
});

test('after seven days the Diamonds of an answer are available, as a gift’s are', async () => {
  const gift = await ben.post('/v1/gifts', { stageId, giftId: 'coffee', quantity: 2 }, newId());
  assert.equal(gift.status, 201, JSON.stringify(gift.body));
  clock.advance(7 * DAY_MS);
  const run = await matureGifts(house);
  assert.equal(run.gifts, 2, 'the answer and the gift');
  assert.equal(run.diamondUnits, 25_000n + 5_000n);
  const earnings = (await mira.get('/v1/me/earnings')).body;
  assert.deepEqual([earnings.pending.units, earnings.available.units], ['0', '30000']);
  assert.equal(
    (await mira.get('/v1/me/earnings/entries?status=available')).body.items.length,
    2,
    'both are told to be available',
  );
  assert.deepEqual(await auditEarnings(db), []);
});

test('skipped and taken back: the Coins are there again, and why', async () => {
  const skipped = await asked(ana, 'First?', 50);
  const withdrawn = await asked(ana, 'Second?', 50);
  assert.equal(await coinsLeft(ana), '850');
  assert.equal((await put(mira, skipped.id, 'skipped')).body.question.status, 'returned');
  assert.equal((await put(mira, skipped.id, 'skipped')).status, 200, 'asked twice');
  assert.equal((await put(mira, skipped.id, 'answering')).body.code, 'question_decided');
  assert.equal((await put(mira, withdrawn.id, 'withdrawn')).status, 404, 'not the creator’s to take back');
  assert.equal((await put(ana, withdrawn.id, 'withdrawn')).status, 200);
  assert.equal(await coinsLeft(ana), '950');
  const { items } = (await ana.get('/v1/me/questions')).body;
  assert.deepEqual(
    items.slice(0, 2).map((one: { where: { sentence: string } }) => one.where.sentence),
    ['50 Coins went back. You took it back.', '50 Coins went back. The creator skipped it.'],
  );
  const lines = (await ana.get('/v1/me/wallet/entries?asset=COIN&limit=4')).body.items;
  assert.deepEqual(
    lines.map((line: { title: string; amount: { units: string } }) => [line.title, line.amount.units]),
    [
      ['Question to mira returned', '50'],
      ['Question to mira returned', '50'],
      ['Question to mira', '-50'],
      ['Question to mira', '-50'],
    ],
  );
});

test('a retry is answered like the first time; another question under the same key is a conflict', async () => {
  const key = newId();
  const first = await ask(ana, 'Once?', 50, key);
  const again = await Promise.all(Array.from({ length: 5 }, () => ask(ana, 'Once?', 50, key)));
  for (const answer of again) {
    assert.equal(answer.status, 201);
    assert.equal(answer.body.question.id, first.body.question.id);
    assert.equal(answer.headers.get('idempotent-replayed'), 'true');
  }
  assert.equal((await ask(ana, 'Twice?', 50, key)).body.code, 'idempotency_key_reused');
  assert.equal(await coinsLeft(ana), '900');
  // Also after questions were closed, and after the price changed.
  await open(false, 50);
  assert.equal((await ask(ana, 'Once?', 50, key)).status, 201);
  assert.equal((await ask(ana, 'New?', 50)).body.code, 'questions_off');
  await open(true, 60);
  const changed = await ask(ana, 'New?', 50);
  assert.deepEqual([changed.body.code, changed.body.data.coins], ['question_price_changed', '60']);
  await open(true, 50);
  await put(ana, first.body.question.id, 'withdrawn');
  // Many at once under one new key: one question.
  clock.advance(10 * SECOND_MS);
  const newKey = newId();
  const all = await Promise.all(
    Array.from({ length: 8 }, () =>
      ana.post('/v1/stages/mira/questions', { text: 'Race?', coins: '50' }, newKey),
    ),
  );
  assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([201]));
  assert.equal(new Set(all.map(({ body }) => body.question.id)).size, 1);
  assert.equal(await coinsLeft(ana), '900');
  await put(mira, all[0]?.body.question.id, 'skipped');
});

test('what cannot be asked is refused and costs nothing', async () => {
  const poor = await fanWith('poor', 49n);
  const key = newId();
  const short = await ask(poor, 'May I?', 50, key);
  assert.deepEqual(
    [short.status, short.body.code, short.body.data.missing],
    [409, 'insufficient_coins', '1'],
  );
  await giveCoins(house, poor.uuid, 100n);
  assert.equal((await ask(poor, 'May I?', 50, key)).body.code, 'insufficient_coins', 'the first no stands');
  assert.equal((await ask(poor, 'May I?', 50)).status, 201);

  assert.equal((await ask(ana, '', 50)).body.code, 'question_invalid');
  assert.equal((await ask(ana, 'x'.repeat(201), 50)).body.code, 'question_invalid');
  assert.equal((await ask(ana, `evil${String.fromCodePoint(0x202e)}`, 50)).body.code, 'question_invalid');
  assert.equal((await ask(mira, 'Me?', 50)).body.code, 'own_question');
  assert.equal((await ana.post('/v1/stages/mira/questions', { text: 'No key', coins: '50' })).status, 400);
  assert.equal((await ask(ana, 'Odd', -1)).status, 400);

  const child = await site.person('child', { dateOfBirth: '2012-01-01' });
  assert.equal((await ask(child, 'May I?', 50)).body.code, 'under_age');
  const cold = await fanWith('cold', 100n);
  await freezeAccount(house, {
    userId: cold.uuid,
    gates: ['send'],
    reason: 'Spam',
    byUser: null,
    until: null,
  });
  const frozen = await ask(cold, 'May I?', 50);
  assert.equal(frozen.status, 403, JSON.stringify(frozen.body));

  await asked(ben, 'Fast?', 50);
  const tooSoon = await ben.post('/v1/stages/mira/questions', { text: 'Faster?', coins: '50' }, newId());
  assert.deepEqual([tooSoon.status, tooSoon.body.code], [429, 'question_too_soon']);
  for (let more = 0; more < 4; more += 1) await asked(ben, `More ${more}?`, 50);
  assert.equal((await ask(ben, 'Sixth?', 50)).body.code, 'too_many_open_questions');
  assert.equal(await coinsLeft(ben), String(1_000 - 10 - 250));
  for (const { id } of (await ben.get('/v1/me/questions')).body.items) await put(ben, id, 'withdrawn');
  for (const { id } of (await poor.get('/v1/me/questions')).body.items) await put(mira, id, 'skipped');
});

test('free questions: one open per person, answered without money', async () => {
  await open(true, 0);
  const free = await asked(ana, 'For free?', 0);
  assert.deepEqual([free.where.place, free.transfers], ['free', []]);
  assert.equal((await ask(ana, 'Another?', 0)).body.code, 'too_many_open_questions');
  const child = await site.person('kid', { dateOfBirth: '2012-01-01' });
  const theirs = await asked(child, 'I may ask for free', 0);
  const units = (await mira.get('/v1/me/earnings')).body.how.earned.units;
  await put(mira, free.id, 'answering');
  assert.equal(
    (await put(mira, theirs.id, 'answering')).body.code,
    'question_being_answered',
    'one at a time',
  );
  assert.equal((await put(mira, free.id, 'answered')).body.question.status, 'answered');
  assert.equal((await mira.get('/v1/me/earnings')).body.how.earned.units, units);
  assert.equal((await put(mira, theirs.id, 'skipped')).status, 200);
  // The same key again, and both tries at once.
  const key = newId();
  clock.advance(10 * SECOND_MS);
  const both = await Promise.all(
    [1, 2, 3].map(() => ana.post('/v1/stages/mira/questions', { text: 'Again?', coins: '0' }, key)),
  );
  assert.deepEqual(
    both.map(({ status }) => status),
    [201, 201, 201],
  );
  await put(ana, both[0]?.body.question.id, 'withdrawn');
});

test('the queue is sorted by price, votes or time, in pages; everybody votes once', async () => {
  const made: Record<string, string> = {};
  for (const [text, coins] of [
    ['a', 20],
    ['b', 40],
    ['c', 40],
    ['d', 10],
  ] as const) {
    await open(true, coins);
    made[text] = (await asked(text < 'c' ? ana : ben, text, coins)).id;
  }
  assert.deepEqual(texts((await queue(mira)).items), ['b', 'c', 'a', 'd']);
  assert.deepEqual(texts((await queue(mira, '?sort=time')).items), ['a', 'b', 'c', 'd']);
  const vote = (who: Person, text: string, method = 'PUT') =>
    who.request(method, `/v1/questions/${made[text]}/vote`);
  const zoe = await site.person('zoe');
  assert.deepEqual((await vote(zoe, 'd')).body, { votes: 1, voted: true });
  assert.deepEqual((await vote(zoe, 'd')).body, { votes: 1, voted: true }, 'once');
  assert.equal((await vote(mira, 'd')).body.votes, 2);
  assert.equal((await vote(zoe, 'a')).body.votes, 1);
  assert.equal((await vote(ana, 'a')).body.code, 'own_question');
  assert.deepEqual(texts((await queue(mira, '?sort=votes')).items), ['d', 'a', 'b', 'c']);
  assert.deepEqual(
    (await queue(zoe, '?sort=votes')).items.map((one: { voted: boolean }) => one.voted),
    [true, true, false, false],
  );
  assert.deepEqual((await vote(zoe, 'd', 'DELETE')).body, { votes: 1, voted: false });
  assert.deepEqual((await vote(zoe, 'd', 'DELETE')).body, { votes: 1, voted: false });
  for (const sort of ['price', 'votes', 'time']) {
    const whole = texts((await queue(mira, `?sort=${sort}`)).items);
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const place: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await queue(mira, `?sort=${sort}&limit=1${place}`);
      assert.equal(page.waiting, 4);
      paged.push(...texts(page.items));
      cursor = page.nextCursor;
    }
    assert.deepEqual(paged, whole, sort);
  }
  assert.equal((await mira.get('/v1/stages/mira/questions?cursor=x')).status, 400);
  await put(mira, made.b ?? '', 'answering');
  await put(mira, made.b ?? '', 'answered');
  assert.deepEqual(texts((await queue(zoe, '?show=answered&limit=1')).items), ['b']);
  for (const text of ['a', 'c', 'd']) await put(mira, made[text] ?? '', 'skipped');
  await until(
    'the room hears of votes',
    async () => (await zoe.get('/v1/stages/mira/events?limit=500')).body.items,
    (items) => items.some((event: { type: string }) => event.type === 'questionVotes'),
  );
});

test('skip, done and take back at the same moment: one of them happens, whatever is pressed how often', async () => {
  await open(true, 30);
  for (let round = 0; round < 12; round += 1) {
    const before = BigInt(await coinsLeft(ana));
    const earned = BigInt((await mira.get('/v1/me/earnings')).body.how.earned.units);
    const { id } = await asked(ana, `Round ${round}?`, 30);
    if (round % 3 !== 0) await put(mira, id, 'answering');
    const answers = await Promise.all([
      put(mira, id, 'answered'),
      put(mira, id, 'skipped'),
      put(mira, id, 'answered'),
      put(ana, id, 'withdrawn'),
      put(mira, id, 'skipped'),
      returnLeftovers(askingOf(house)),
    ]);
    const { question } = (await ana.get(`/v1/questions/${id}`)).body;
    assert(['answered', 'returned'].includes(question.status), question.status);
    const wasPaid = question.status === 'answered';
    assert.equal(BigInt(await coinsLeft(ana)), before - (wasPaid ? 30n : 0n));
    const after = BigInt((await mira.get('/v1/me/earnings')).body.how.earned.units);
    assert.equal(after, earned + (wasPaid ? 15_000n : 0n));
    for (const answer of answers) {
      if (typeof answer === 'number') continue;
      if (answer.status === 200) continue;
      assert(
        ['question_decided', 'question_being_answered', 'question_not_being_answered'].includes(
          answer.body.code,
        ),
        JSON.stringify(answer.body),
      );
    }
  }
});

test('when the live ends, what was not answered goes back; the room has heard it all, in order', async () => {
  await open(true, 50);
  const before = await coinsLeft(ana);
  const one = await asked(ana, 'Before the end?', 50);
  const other = await asked(ana, 'And this?', 50);
  await put(mira, other.id, 'answering');
  assert.equal((await mira.post('/v1/stages/end', {})).status, 200);
  await until(
    'the Coins are back',
    () => coinsLeft(ana),
    (coins) => coins === before,
  );
  for (const { id } of [one, other]) {
    const { question } = (await ana.get(`/v1/questions/${id}`)).body;
    assert.deepEqual([question.status, question.returned.reason], ['returned', 'live_ended']);
  }
  assert.equal((await put(mira, other.id, 'answered')).body.code, 'question_decided');
  assert.equal((await ask(ana, 'Too late?', 50)).body.code, 'stage_not_live');
  const events = await until(
    'the room heard of the returns',
    async () => (await ana.get('/v1/stages/mira/events?limit=500')).body.items,
    (items) =>
      items.filter((event: { returnReason?: string }) => event.returnReason === 'live_ended').length >= 2,
  );
  const of = (id: string) =>
    events
      .filter(
        (event: { questionId?: string; type: string }) =>
          event.questionId === id && event.type !== 'questionVotes',
      )
      .map((event: { type: string; answerStatus: string }) => `${event.type} ${event.answerStatus}`);
  assert.deepEqual(of(other.id), [
    'questionNew waiting',
    'questionStatus answering',
    'questionStatus returned',
  ]);
});

test('a question that waits for a day goes back; and the ledger lets go even when no server is there to do it', async () => {
  await goLive(mira);
  await open(true, 50);
  const before = await coinsLeft(ana);
  const day = await asked(ana, 'A day?', 50);
  clock.advance(DAY_MS);
  await until(
    'the day is over',
    async () => (await ana.get(`/v1/questions/${day.id}`)).body.question,
    (question) => question.returned?.reason === 'waited_too_long',
  );
  assert.equal(await coinsLeft(ana), before);

  const lost = await asked(ana, 'Lost?', 50);
  // As after a long time without a server: the ledger is the first that comes back.
  clock.advance(DAY_MS + HOUR_MS + SECOND_MS);
  await house.ledger.expire();
  const account = (await house.ledger.balances([accountId(ana.uuid, 'coins', 'COIN')])).get(
    accountId(ana.uuid, 'coins', 'COIN'),
  );
  assert.equal(account?.debitsPending, 0n);
  const question = await until(
    'it is written down',
    async () => (await ana.get(`/v1/questions/${lost.id}`)).body.question,
    (one) => one.status === 'returned',
  );
  assert.equal(question.returned.reason, 'waited_too_long');
  assert.equal(await coinsLeft(ana), before);
});

test('an operator’s numbers hold from their start on, and a question waits as long as it was told', async () => {
  const patient = await asked(ana, 'Under the first numbers?', 50);
  const { document } = PRESETS.carat;
  const nowMs = clock.now() + SECOND_MS;
  await adoptPolicy(db, {
    document: {
      ...document,
      goLive: { ...document.goLive, followersMin: 0 },
      questions: { ...document.questions, coinsMin: 10, coinsMax: 60, paidOpenMax: 2, waitHours: 1 },
    },
    preset: 'carat',
    effectiveFrom: new Date(nowMs),
    author: null,
    reason: 'Questions are to be quick.',
    nowMs: clock.now(),
  });
  clock.advance(SECOND_MS);
  assert.equal((await open(true, 61)).body.detail, 'A question is free or costs 10 to 60 Coins.');
  assert.equal((await open(true, 9)).body.code, 'question_price_out_of_range');
  assert.equal((await open(true, 50)).status, 200);
  const hasty = await asked(ana, 'Under the new ones?', 50);
  assert.equal((await ask(ana, 'A third?', 50)).body.code, 'too_many_open_questions');

  clock.advance(HOUR_MS);
  await until(
    'its hour is over',
    async () => (await ana.get(`/v1/questions/${hasty.id}`)).body.question,
    (question) => question.returned?.reason === 'waited_too_long',
  );
  const { question } = (await ana.get(`/v1/questions/${patient.id}`)).body;
  assert.equal(question.status, 'waiting', 'it was promised a day');
  clock.advance(DAY_MS - HOUR_MS);
  await until(
    'its day is over',
    async () => (await ana.get(`/v1/questions/${patient.id}`)).body.question,
    (one) => one.returned?.reason === 'waited_too_long',
  );
});

test('a server that dies between the money and the news leaves nothing untold', async () => {
  const waiting = await asked(ana, 'Told?', 50);
  await until(
    'there is no news',
    async () => (await db.query('select from question_news')).length,
    (left) => left === 0,
  );
  const told = (await ana.get('/v1/stages/mira/events?limit=500')).body.items.filter(
    (event: { questionId?: string }) => event.questionId === waiting.id,
  );
  assert.equal(told.length, 1);
  assert.equal(told[0].questionText, 'Told?');
});

test('the books agree', async () => {
  assert.deepEqual(await auditQuestions(db), []);
  await until(
    'sums are booked',
    () => auditEarnings(db),
    (found) => found.length === 0,
  );
  const report = await db.transaction((tx) => auditWithin(tx));
  assert.deepEqual(
    report.findings.filter(({ violations }) => violations.length > 0),
    [],
  );
});
