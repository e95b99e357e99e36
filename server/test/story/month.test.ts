import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lotsDrawn } from '../../src/sandbox/faults.ts';
import { proveBooks } from './books.ts';
import { liveMonth, settle } from './month.ts';
import { provePapers } from './papers.ts';
import type { Size } from './story.ts';

/** `CARAT_STORY=full` lives the whole month with thousands of everything, `CARAT_STORY_SEED` another one. */
const SIZES: Readonly<Record<string, Size>> = {
  week: { days: 7, maturityDays: 2, fans: 8, creators: 6, hours: 2, actsAnHour: 16, faults: 0.04, kills: 2 },
  month: {
    days: 30,
    maturityDays: 7,
    fans: 24,
    creators: 10,
    hours: 3,
    actsAnHour: 24,
    faults: 0.04,
    kills: 3,
  },
  full: {
    days: 30,
    maturityDays: 7,
    fans: 60,
    creators: 12,
    hours: 6,
    actsAnHour: 48,
    faults: 0.04,
    kills: 5,
  },
};

const seed = Number(process.env.CARAT_STORY_SEED ?? 20261101);
const size = SIZES[process.env.CARAT_STORY ?? 'week'];

test(`the story of seed ${seed}: after faults and kills every book agrees`, async (t) => {
  assert.ok(size !== undefined, `no story is called ${process.env.CARAT_STORY}`);
  const story = await liveMonth(seed, size, size === SIZES.week ? undefined : console.error);
  const open = await settle(story);
  const found = {
    open,
    wrong: story.wrong,
    books: await proveBooks(story),
    papers: await provePapers(story),
  };
  for (const [what, times] of [...story.counts].sort()) t.diagnostic(`${times} × ${what}`);
  const { draws, met } = await lotsDrawn(story.platform.db);
  t.diagnostic(
    `seed ${seed}: ${story.acts} acts, ${story.orders.length} orders, ${story.given.length} gifts in ${size.days} days; ` +
      `${met} faults at ${draws} calls and events, ${story.platform.kills} kills; ${Object.values(found).flat().length} differences`,
  );
  assert.deepEqual(found, { open: [], wrong: [], books: [], papers: [] });
  // A story in which little happened proves nothing.
  assert.equal(story.platform.kills, size.kills);
  assert.ok(story.orders.length * 10 > story.acts && story.given.length * 5 > story.acts);
  assert.ok(met * 50n > draws, `${met} faults at ${draws} calls and events`);
});
