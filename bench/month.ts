import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import type { Row } from './row.ts';

const MINUTE_MS = 60_000;

/**
 * The whole story of a month (`server/test/story`): thousands of acts with the fault API on and the house killed in between,
 * to its end in which every book agrees.
 */
export const monthOfAPlatform: Row = {
  name: 'a month of a platform: faults, kills, and no differences',
  unit: 'min',
  bar: null,
  better: 'lower',
  limits:
    'people who act six at a time, each with an answer before the next; and the papers of everybody, in each form.',
  runs: 1,
  async run({ quick }) {
    const began = performance.now();
    const story = spawn(
      process.execPath,
      ['--test', '--test-reporter=tap', `${import.meta.dirname}/../server/test/story/month.test.ts`],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, CARAT_STORY: quick ? 'week' : 'full', NODE_NO_WARNINGS: '1' },
      },
    );
    const [said, [code]] = await Promise.all([text(story.stdout), once(story, 'exit')]);
    const [, told = 'it did not begin'] = /# (seed \d+: .*)/.exec(said) ?? [];
    if (code !== 0) throw new Error(`the story did not hold: ${told}`);
    return { value: (performance.now() - began) / MINUTE_MS, detail: told };
  },
};
