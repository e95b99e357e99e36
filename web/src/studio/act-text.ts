import { timeText } from '../ui/dates.ts';
import type { Act } from './acts-api.ts';

/** What was done, after the name of whoever did it: `muted Ana until 20:14`. */
export function actText({ act, whom, until, rules }: Act): string {
  const name = whom?.displayName ?? 'somebody';
  switch (act) {
    case 'remove':
      return `removed a message of ${name}`;
    case 'pin':
      return whom === null ? 'pinned a line above the chat' : `pinned a message of ${name}`;
    case 'unpin':
      return 'took the pinned line down';
    case 'mute':
      return until === null ? `muted ${name}` : `muted ${name} until ${timeText(new Date(until))}`;
    case 'unmute':
      return `let ${name} write again`;
    case 'ban':
      return `banned ${name}`;
    case 'unban':
      return `let ${name} come back`;
    case 'name_moderator':
      return `named ${name} a moderator`;
    case 'dismiss_moderator':
      return `dismissed ${name} as a moderator`;
    case 'rules':
      return `set the room: ${rulesText(rules)}`;
  }
}

function rulesText(rules: Act['rules']): string {
  if (rules === null) return 'its rules';
  const { slowSeconds, filterWords } = rules;
  const slow = slowSeconds === 0 ? 'no slow mode' : `slow mode of ${slowSeconds} s`;
  const words = filterWords.length === 1 ? '1 word kept out' : `${filterWords.length} words kept out`;
  return `${slow}, ${words}`;
}
