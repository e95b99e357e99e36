import { expect, test } from 'vitest';
import { ChatRing, type Row } from './chat-ring.ts';

type Said = Extract<Row, { kind: 'chat' }>;

function line(id: string, about: Partial<Said> = {}): Said {
  const user = { id: 'user_ana', handle: 'ana', displayName: 'Ana', avatar: 'cat', badges: [], host: false };
  return { kind: 'chat', id, user, text: `line ${id}`, state: 'said', ...about };
}

function idsOf(ring: ChatRing): string[] {
  ring.show();
  return ring.shown().rows.map(({ id }) => id);
}

test('what is shown changes when it is told to, and is the same until then', () => {
  const ring = new ChatRing([line('1')]);
  const before = ring.shown();
  ring.show();
  expect(ring.shown()).toBe(before);
  ring.push(line('2'));
  expect(ring.shown()).toBe(before);
  expect(idsOf(ring)).toEqual(['1', '2']);
});

test('the last 500 are kept, and how many came before them', () => {
  const ring = new ChatRing([]);
  for (let at = 0; at < 503; at++) ring.push(line(String(at)));
  expect(idsOf(ring).slice(0, 2)).toEqual(['3', '4']);
  expect(ring.shown()).toMatchObject({ before: 3, rows: { length: 500 } });
});

test('a line is heard once, and never after it was taken down', () => {
  const ring = new ChatRing([
    line('1'),
    line('2', { replyTo: { id: '1', handle: 'ana', displayName: 'Ana', text: 'line 1' } }),
  ]);
  expect(ring.hear(line('2'))).toBe(false);
  ring.takeDown(['1', '3'], undefined);
  expect(idsOf(ring)).toEqual(['2']);
  expect(ring.shown().rows[0]).toMatchObject({ replyTo: undefined });
  expect(ring.hear(line('3'))).toBe(false);
  expect(ring.hear(line('4'))).toBe(true);
  ring.takeDown([], 'user_ana');
  expect(idsOf(ring)).toEqual([]);
});

test('one’s own line is said once, whichever comes first: the answer or the line', () => {
  const ring = new ChatRing([line('key', { state: 'sending' })]);
  ring.said('key', '7');
  expect(ring.hear(line('7'))).toBe(false);
  expect(ring.last()).toMatchObject({ id: '7', state: 'said' });
  ring.push(line('other', { state: 'sending' }));
  ring.hear(line('8'));
  ring.said('other', '8');
  expect(idsOf(ring)).toEqual(['7', '8']);
});

test('a streak stays in its place while it grows', () => {
  const ring = new ChatRing([line('a'), line('b')]);
  ring.put(line('a', { text: 'grown' }));
  ring.put(line('c'));
  expect(idsOf(ring)).toEqual(['a', 'b', 'c']);
  expect(ring.shown().rows[0]).toMatchObject({ text: 'grown' });
});
