import type { Source, TestWish } from './overlays-api.ts';

/** The overlays in words, and what can be tried with each. */
export const ABOUT: Record<
  Source,
  { readonly name: string; readonly what: string; readonly tests: readonly (readonly [string, TestWish])[] }
> = {
  alerts: {
    name: 'Alerts',
    what: 'Each gift as it comes, one at a time.',
    tests: [
      ['Small gift', { type: 'gift', giftId: 'donut', nickname: 'Juno' }],
      ['Streak', { type: 'gift', giftId: 'rose', count: 24, grows: true, nickname: 'Ana' }],
      ['Dear gift', { type: 'gift', giftId: 'comet', nickname: 'Koji' }],
      ['Follower', { type: 'follow', nickname: 'Noor' }],
    ],
  },
  goal: {
    name: 'Goal',
    what: 'How far the goal of your live is. Nothing while there is none.',
    tests: [['Move the goal', { type: 'goal' }]],
  },
  leaderboard: {
    name: 'Leaderboard',
    what: 'Who gave most. People who asked not to be named are “A supporter”.',
    tests: [['Let somebody overtake', { type: 'supporters' }]],
  },
  match: {
    name: 'Match',
    what: 'Both sides, the score and the time of a match. Nothing while there is none.',
    tests: [['Play a short match', { type: 'match' }]],
  },
  question: {
    name: 'Question',
    what: 'The question that you are answering. Nothing while there is none.',
    tests: [['Show a question', { type: 'question' }]],
  },
  ticker: {
    name: 'Ticker',
    what: 'The last gifts in a row.',
    tests: [
      ['Small gift', { type: 'gift', giftId: 'donut', nickname: 'Juno' }],
      ['Dear gift', { type: 'gift', giftId: 'comet', nickname: 'Koji' }],
    ],
  },
};
