import { expect, test } from 'vitest';
import { actText } from './act-text.ts';
import type { Act } from './acts-api.ts';

const ana = { handle: 'ana', displayName: 'Ana', avatar: 'fox' };
const ACT: Act = {
  id: 'act_1',
  at: '2026-11-22T20:04:00.000Z',
  act: 'ban',
  by: ana,
  whom: ana,
  line: null,
  reason: null,
  until: null,
  rules: null,
};

test('every act reads as a sentence after a name', () => {
  const until = new Date(2026, 10, 22, 20, 14).toISOString();
  const said = (change: Partial<Act>) => actText({ ...ACT, ...change });
  expect([
    said({}),
    said({ act: 'mute', until }),
    said({ act: 'remove' }),
    said({ act: 'pin', whom: null }),
    said({ act: 'rules', whom: null, rules: { slowSeconds: 0, filterWords: ['spoiler'] } }),
    said({ act: 'rules', whom: null, rules: { slowSeconds: 30, filterWords: [] } }),
    said({ act: 'unban', whom: null }),
  ]).toEqual([
    'banned Ana',
    'muted Ana until 20:14',
    'removed a message of Ana',
    'pinned a line above the chat',
    'set the room: no slow mode, 1 word kept out',
    'set the room: slow mode of 30 s, 0 words kept out',
    'let somebody come back',
  ]);
});
