import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveBooks } from './books.ts';
import { liveMonth, settle } from './month.ts';
import { provePapers } from './papers.ts';
import type { Size } from './story.ts';

/** `CARAT_STORY=full` lives the whole month with thousands of everything, `CARAT_STORY_SEED` another one. */
const SIZES: Readonly<Record<string, Size>> = {
  tiny: { days: 3, fans: 6, creators: 4, hours: 2, actsAnHour: 14, faults: 0.04, kills: 1 },
  small: { days: 12, fans: 10, creators: 4, hours: 3, actsAnHour: 14, faults: 0.04, kills: 2 },
  month: { days: 30, fans: 24, creators: 8, hours: 4, actsAnHour: 16, faults: 0.04, kills: 3 },
  full: { days: 30, fans: 60, creators: 12, hours: 10, actsAnHour: 60, faults: 0.04, kills: 6 },
};

const seed = Number(process.env.CARAT_STORY_SEED ?? 20261101);
const size = SIZES[process.env.CARAT_STORY ?? 'small'] ?? SIZES.small;

test(`the story of seed ${seed}: after faults and kills every book agrees`, async (t) => {
  assert.ok(size !== undefined);
  const story = await liveMonth(seed, size);
  const open = await settle(story);
  for (const [what, times] of [...story.counts].sort()) t.diagnostic(`${times} × ${what}`);
  t.diagnostic(`seed ${seed}: ${story.acts} acts in ${size.days} days, ${story.platform.kills} kills`);
  const found = { open, wrong: story.wrong, books: await proveBooks(story), papers: await provePapers(story) };
  assert.deepEqual(found, { open: [], wrong: [], books: [], papers: [] });
});
