import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { giveCoins } from '../../test/gift-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId } from '../core/ids.ts';
import { payingOf } from '../gifts/index.ts';
import { auditQuestions } from './audit-questions.ts';

const clock = testClock(Date.now());
const { house, person, databaseUrl } = await testHouse({ clock });
const owner = new pg.Client({ connectionString: databaseUrl });
// The database is dropped under it when the file is done.
owner.on('error', () => {});
await owner.connect();
after(() => owner.end());

const mira = await person('mira');
await goLive(mira);
const ana = await person('ana');
const anaId = parsePublicId('user', ana.id);
assert(anaId !== null);
await payingOf(house).openAccounts([anaId]);
await giveCoins(house, anaId, 1_000n);
const zoe = await person('zoe');
await mira.request('PUT', '/v1/stages/questions', { body: { on: true, coins: '50' } });
for (const states of [['answering', 'answered'], ['skipped'], []]) {
  clock.advance(4 * SECOND_MS);
  const answer = await ana.post('/v1/stages/mira/questions', { text: 'Why?', coins: '50' }, newId());
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const { id } = answer.body.question;
  assert.equal((await zoe.request('PUT', `/v1/questions/${id}/vote`)).status, 200);
  for (const state of states) {
    assert.equal((await mira.request('PUT', `/v1/questions/${id}/${state}`)).status, 200);
  }
}

test('an answered, a returned and a waiting question agree with the ledger', async () => {
  assert.deepEqual(await auditQuestions(house.db), []);
});

// Each as the owner of the database with triggers off, which is the only way to make one of them.
const tampering: [string, string, RegExp][] = [
  [
    'an escrow changes',
    'update ledger_transfers set amount = amount + 1 where code = 16',
    /no escrow of its own/,
  ],
  [
    'a question loses its row',
    'delete from question_votes; delete from question_vote_counts; delete from questions',
    /there is no such question/,
  ],
  [
    'a question is in two states',
    'insert into open_questions select id, committed, asked_at, session_id, asker_id, coins from questions on conflict do nothing',
    /exactly one state/,
  ],
  [
    'an answer becomes a return',
    `insert into question_returns select question_id, committed, answered_at, 'skipped' from question_answers; delete from question_answers`,
    /not where its state says/,
  ],
  [
    'an escrow is let go',
    `update ledger_resolutions set state = 'voided' where state = 'posted'`,
    /not where its state says/,
  ],
  [
    'a creator gets more',
    'update question_earnings set diamond_units = diamond_units + 1',
    /what was promised/,
  ],
  ['Diamonds without an answer', 'delete from question_answers', /not answered/],
  [
    'a live ended long ago',
    `update stage_sessions set started_at = now() - interval '2 hours', ended_at = now() - interval '1 hour'`,
    /long after its live ended/,
  ],
  ['a vote too many', 'update question_vote_counts set votes = votes + 1', /votes of a question/],
];
for (const [name, sql, sentence] of tampering) {
  test(`${name}: found`, async () => {
    await owner.query('begin');
    try {
      for (const table of [
        'questions',
        'question_answers',
        'question_returns',
        'question_earnings',
        'ledger_transfers',
        'ledger_resolutions',
      ]) {
        await owner.query(`alter table ${table} disable trigger user`);
      }
      await owner.query(sql);
      const findings = await auditQuestions({
        query: async <Row extends object>(text: string) => (await owner.query(text)).rows as Row[],
      });
      assert(
        findings.some((finding) => sentence.test(finding)),
        JSON.stringify(findings),
      );
    } finally {
      await owner.query('rollback');
    }
  });
}
