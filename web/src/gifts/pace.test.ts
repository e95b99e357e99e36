import { expect, test } from 'vitest';
import { GAP_MS, isSlow, NO_PACE, nextFrame, type Pace, SETTLING_MS, SLOW_SECONDS } from './pace.ts';

/** Frames at a rate for some seconds, from where the pace is. */
function run(pace: Pace, fps: number, seconds: number): Pace {
  const from = pace.lastFrame;
  let now = pace;
  for (let frame = 1; frame <= fps * seconds; frame++) now = nextFrame(now, from + (frame * 1_000) / fps);
  return now;
}

const begun = nextFrame(NO_PACE, 5_000);
/** Past the time in which nothing is judged. */
const settled = run(begun, 60, SETTLING_MS / 1_000 + 1);

test('a smooth stage is never slow', () => {
  expect(isSlow(run(settled, 60, 60))).toBe(false);
  expect(isSlow(run(settled, 120, 20))).toBe(false);
  expect(isSlow(run(settled, 41, 60))).toBe(false);
});

test('under 40 frames a second for three seconds is slow, not sooner', () => {
  expect(isSlow(run(settled, 30, SLOW_SECONDS - 1))).toBe(false);
  expect(isSlow(run(settled, 30, SLOW_SECONDS + 1))).toBe(true);
  expect(isSlow(run(settled, 8, SLOW_SECONDS + 1))).toBe(true);
});

test('one smooth second begins the count anew', () => {
  let pace = settled;
  for (let round = 0; round < 10; round++) pace = run(run(pace, 25, 2), 60, 2);
  expect(isSlow(pace)).toBe(false);
});

test('a hitch now and then is not slow', () => {
  let pace = settled;
  for (let round = 0; round < 10; round++) {
    pace = run(nextFrame(pace, pace.lastFrame + 700), 60, 3);
  }
  expect(isSlow(pace)).toBe(false);
});

test('a stage that has just opened is left to find its pace', () => {
  expect(isSlow(run(begun, 20, SETTLING_MS / 1_000))).toBe(false);
  expect(isSlow(run(begun, 20, SETTLING_MS / 1_000 + SLOW_SECONDS + 2))).toBe(true);
});

test('a hidden tab is not a slow one, and what was before it does not count after', () => {
  let pace = settled;
  // Browsers draw nothing, or once in a while, while a tab is hidden.
  for (let frame = 0; frame < 20; frame++) pace = nextFrame(pace, pace.lastFrame + GAP_MS + 1);
  expect(isSlow(pace)).toBe(false);
  const almost = run(settled, 30, SLOW_SECONDS - 1);
  const back = nextFrame(almost, almost.lastFrame + 60_000);
  expect(isSlow(run(back, 30, 2))).toBe(false);
});
