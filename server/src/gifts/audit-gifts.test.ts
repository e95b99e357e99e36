import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { fan, GIFT_SLICES, liveStage } from '../../test/gift-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { audit } from '../ledger/audit.ts';
import { auditGifts } from './audit-gifts.ts';
import { giftingOf } from './gifting.ts';
import { matureGifts } from './mature.ts';
import { sendGift } from './send-gift.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const { house, databaseUrl } = await testHouse({ slices: GIFT_SLICES, clock });
const owner = new pg.Client(databaseUrl);
owner.on('error', () => {});
await owner.connect();
after(() => owner.end());

const gifting = giftingOf(house);
const stage = await liveStage(house);
const ana = await fan(house, 1_000n);
const streakId = newId();
for (const count of [2, 5]) {
  await sendGift(gifting, ana, {
    key: `${streakId}:${count}`,
    stageId: stage.stageId,
    catalogueId: 'rose',
    quantity: 1,
    streakId,
    count,
  });
}
await sendGift(gifting, ana, {
  key: newId(),
  stageId: stage.stageId,
  catalogueId: 'crown',
  quantity: 1,
  streakId: null,
  count: null,
});
clock.advance(7 * DAY_MS);
await matureGifts(house);
await until(
  'every gift was shown and ranked',
  () => owner.query('select from gifts, gift_relay where committed > ranked'),
  ({ rowCount }) => rowCount === 0,
);

test('what was sent, shown and matured agrees', async () => {
  assert.deepEqual(await auditGifts(house.db), []);
  const report = await audit(house.db);
  assert.deepEqual(
    report.findings.filter(({ violations }) => violations.length > 0),
    [],
  );
  assert(report.findings.some(({ name }) => name.startsWith('gifts agree')));
});

// Each as the owner of the database with triggers off, which is the only way to make one of them.
const tampering: [string, string, RegExp][] = [
  ['a gift loses its row', `delete from gifts where catalogue_id = 'crown'`, /there is no such gift/],
  ['a Coin leg changes', 'update ledger_transfers set amount = amount + 1 where code = 10', /no Coin leg/],
  ['a Diamond leg goes', 'delete from ledger_transfers where code = 11', /no Diamond leg/],
  ['a gift changes hands', `update gifts set sender_id = creator_id`, /another account than its sender/],
  ['a gift costs less', `update gifts set coins = 1 where catalogue_id = 'crown'`, /what the catalogue says/],
  [
    'a streak skips a count',
    'update gifts set streak_from = 3, quantity = 2 where streak_to = 5',
    /overlap or leave a gap/,
  ],
  [
    'a maturity moves more',
    'update ledger_transfers set amount = amount + 1 where code = 20',
    /A maturity moved/,
  ],
  [
    'a gift matures early',
    `update gift_maturities set matured_at = now() - interval '9 years'`,
    /before its date/,
  ],
  ['a supporter is given more', 'update gift_supporters set coins = coins + 1', /sum of a supporter/],
  [
    'a session is given more',
    'update gift_sessions set diamond_units = diamond_units + 1',
    /sum of a live session/,
  ],
  ['a minute brings more', 'update gift_minutes set gifts = gifts + 1', /minutes of a live session/],
  [
    'a supporter climbs',
    `update supporter_ranks set coins = coins + 1 where period = 'all'`,
    /rank of a supporter/,
  ],
  ['a supporter was there first', 'update supporter_ranks set reached = reached - 1', /rank of a supporter/],
  ['a stage is told more', 'update streaks set count = count + 1', /told another count/],
];
for (const [name, sql, sentence] of tampering) {
  test(`${name}: found`, async () => {
    await owner.query('begin');
    try {
      for (const table of ['gifts', 'ledger_transfers', 'gift_maturities']) {
        await owner.query(`alter table ${table} disable trigger user`);
      }
      const { rowCount } = await owner.query(sql);
      assert(rowCount !== null && rowCount > 0, 'nothing was changed');
      const findings = await auditGifts({
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
