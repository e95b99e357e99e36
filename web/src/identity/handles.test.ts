import { expect, test } from 'vitest';
import { suggestedHandle } from './handles.ts';

test('a name becomes a handle that the rules can accept', () => {
  const table: readonly (readonly [string, string])[] = [
    ['Mira Solane', 'mira_solane'],
    ['  Zoë   Müller! ', 'zoe_muller'],
    ['日本', ''],
    ['A very long name that never wants to end', 'a_very_long_name_that_ne'],
    ['abcdefghijklmnopqrstuvw xyz', 'abcdefghijklmnopqrstuvw'],
  ];
  for (const [name, handle] of table) expect(suggestedHandle(name)).toBe(handle);
});
