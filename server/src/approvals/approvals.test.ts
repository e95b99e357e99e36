import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import { HOUR_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { identity } from '../identity/index.ts';
import { notices } from '../notices/index.ts';
import { policy } from '../policy/index.ts';
import { type Approval, approvals, askApproval, decideApproval, withdrawApproval } from './index.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const clock = testClock(NOW);
const house = await testHouse({ slices: [policy, identity, notices, approvals], clock });
const { db } = house.house;
const operator = async (handle: string) => {
  const hands = await anOperator(house, handle);
  return { hands, id: parsePublicId('user', hands.id) ?? '' };
};
const [olu, per, ada] = [await operator('olu'), await operator('per'), await operator('ada')];

const asking = (subjectId: Uuid, cents = '495') =>
  db.transaction((tx) =>
    askApproval(tx, {
      kind: 'rate_draft',
      subjectId,
      summary: `1,000 Diamonds for ${cents} cents.`,
      body: { cents, starts: '2026-12-01' },
      by: olu.id,
      nowMs: clock.now(),
      expiresMs: clock.now() + 24 * HOUR_MS,
    }),
  );
const deciding = (
  approval: Approval,
  by: Uuid,
  changes: Partial<Parameters<typeof decideApproval>[1]> = {},
) =>
  db.transaction((tx) =>
    decideApproval(tx, {
      approvalId: approval.id,
      kind: 'rate_draft',
      by,
      verdict: 'approved',
      bodyHash: approval.bodyHash,
      reason: null,
      nowMs: clock.now(),
      ...changes,
    }),
  );
const refusedWith = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

test('another operator approves, once, and everybody sees who', async () => {
  const asked = await asking(newId());
  const own = (await olu.hands.get('/v1/console/approvals')).body.items[0];
  const others = (await per.hands.get('/v1/console/approvals')).body.items[0];
  assert.deepEqual(
    [own.yours, others.yours, others.state, others.summary, others.body, others.askedBy.handle],
    [true, false, 'open', '1,000 Diamonds for 495 cents.', { cents: '495', starts: '2026-12-01' }, 'olu'],
  );
  assert.equal(others.bodyHash, asked.bodyHash.toString('hex'));
  const approved = await deciding(asked, per.id);
  assert.deepEqual([approved.decision?.verdict, approved.decision?.by], ['approved', per.id]);
  await assert.rejects(deciding(asked, ada.id), refusedWith('approval_is_over'));
  assert.deepEqual((await per.hands.get('/v1/console/approvals')).body.items, []);
  const [past] = (await per.hands.get('/v1/console/approvals?state=all')).body.items;
  assert.deepEqual([past.state, past.decidedBy.handle], ['approved', 'per']);
});

test('who asked cannot decide, and the database itself says no', async () => {
  const asked = await asking(newId());
  await assert.rejects(deciding(asked, olu.id), refusedWith('approval_is_your_own'));
  await assert.rejects(
    db.query(
      `insert into approval_decisions (approval_id, asked_by, verdict, by_user, decided_at)
       values ($1, $2, 'approved', $2, now())`,
      [asked.id, olu.id],
    ),
    /approval_decisions_check/,
  );
  await assert.rejects(
    db.query(
      `insert into approval_decisions (approval_id, asked_by, verdict, by_user, decided_at)
       values ($1, $2, 'approved', $3, now())`,
      [asked.id, ada.id, olu.id],
    ),
    /approval_decisions_approval_id_asked_by_fkey/,
  );
  await deciding(asked, per.id, { verdict: 'rejected', reason: 'Too early.' });
});

test('what was changed, is over, expired or of another kind is not decided on', async () => {
  const subject = newId();
  const first = await asking(subject);
  const second = await asking(subject, '490');
  await assert.rejects(deciding(first, per.id), refusedWith('approval_is_over'));
  await assert.rejects(
    deciding(second, per.id, { bodyHash: first.bodyHash }),
    refusedWith('approval_changed'),
  );
  await assert.rejects(deciding(second, per.id, { kind: 'withdrawal' }), refusedWith('not_found'));
  await assert.rejects(deciding(second, per.id, { approvalId: newId() }), refusedWith('not_found'));
  assert.equal(
    await db.transaction((tx) =>
      withdrawApproval(tx, { kind: 'rate_draft', subjectId: subject, by: olu.id, nowMs: clock.now() }),
    ),
    true,
  );
  await assert.rejects(deciding(second, per.id), refusedWith('approval_is_over'));
  const third = await asking(subject);
  const nowMs = clock.now() + 24 * HOUR_MS;
  await deciding(third, per.id, { nowMs: nowMs - 1 });
  const fourth = await asking(subject);
  await assert.rejects(deciding(fourth, per.id, { nowMs }), refusedWith('approval_expired'));
});

test('of many operators at once one decides', async () => {
  for (let round = 0; round < 10; round += 1) {
    const asked = await asking(newId());
    const outcomes = await Promise.allSettled(
      [per, ada, per, ada].map(({ id }, at) =>
        deciding(asked, id, at % 2 === 0 ? {} : { verdict: 'rejected', reason: 'No.' }),
      ),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  }
});

test('a decision that is undone with its deed leaves it open', async () => {
  const asked = await asking(newId());
  await assert.rejects(
    db.transaction(async (tx) => {
      await decideApproval(tx, {
        approvalId: asked.id,
        kind: 'rate_draft',
        by: per.id,
        verdict: 'approved',
        bodyHash: asked.bodyHash,
        reason: null,
        nowMs: clock.now(),
      });
      throw new Error('the deed failed');
    }),
    /the deed failed/,
  );
  assert.equal((await deciding(asked, ada.id)).decision?.verdict, 'approved');
});

test('the list is for operators, filtered and paged without a gap', async () => {
  const fan = await house.person('ana');
  assert.equal((await fan.get('/v1/console/approvals')).status, 403);
  for (let more = 0; more < 5; more += 1) await asking(newId());
  const all = (await per.hands.get('/v1/console/approvals?state=all&limit=200')).body.items;
  const paged: { id: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: { id: string }[]; nextCursor: string | null } = (
      await per.hands.get(
        `/v1/console/approvals?state=all&limit=4${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
    ).body;
    paged.push(...page.items);
    cursor = page.nextCursor;
  }
  assert.deepEqual(
    paged.map(({ id }) => id),
    all.map(({ id }: { id: string }) => id),
  );
  assert.deepEqual((await per.hands.get('/v1/console/approvals?kind=withdrawal')).body.items, []);
  assert.equal((await per.hands.get('/v1/console/approvals?cursor=x')).status, 400);
});
