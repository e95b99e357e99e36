import { newId, publicId } from '../core/ids.ts';
import type { House } from '../house.ts';
import { flat, type TestPeople, type TestStep } from '../live/index.ts';

const RUNS_MS = 12_000;
const RESULT_MS = 8_000;
/** Coins of both sides as the match goes on, and when. */
const SCORES = [
  [2_000, 120n, 80n],
  [4_000, 460n, 900n],
  [6_500, 1_880n, 1_240n],
  [9_500, 2_350n, 2_100n],
] as const;

/** What a stage would be told of a short match that its creator wins. Nothing is given. */
export function testMatch(house: House, { creator, fan }: TestPeople): readonly TestStep[] {
  const nowMs = house.clock.now();
  const matchId = publicId('match', newId());
  const rival = { ...fan, handle: 'test_rival', displayName: 'Test rival', avatar: 'robot' };
  const endsAt = nowMs + RUNS_MS;
  const match = (state: 'running' | 'ended', [ours, theirs]: readonly [bigint, bigint]) => ({
    type: 'match',
    createTime: String(nowMs),
    matchId,
    state,
    startedAt: nowMs,
    endsAt,
    endedAt: state === 'ended' ? endsAt : null,
    resultUntil: state === 'ended' ? endsAt + RESULT_MS : null,
    sides: [
      { ...flat(creator), coins: ours.toString(), accepted: true },
      { ...flat(rival), coins: theirs.toString(), accepted: true },
    ],
    winner: state === 'ended' ? creator.handle : null,
    why: state === 'ended' ? 'time' : null,
    by: null,
  });
  const scores = SCORES.map(([afterMs, ours, theirs]) => ({
    afterMs,
    event: {
      type: 'matchScore',
      createTime: String(nowMs),
      matchId,
      sides: [
        { uniqueId: creator.handle, coins: ours.toString() },
        { uniqueId: rival.handle, coins: theirs.toString() },
      ],
    },
  }));
  return [
    { afterMs: 0, event: match('running', [0n, 0n]) },
    ...scores,
    { afterMs: RUNS_MS, event: match('ended', [2_350n, 2_100n]) },
  ];
}
