import { defineRefusal } from '../core/refusal.ts';

// In the order in which a request is told them.

export const MATCH_BUSY = defineRefusal({
  code: 'match_busy',
  status: 409,
  sentence: '{name} cannot begin a match now: one is asked for or runs already.',
  remedy: 'Wait until it is over.',
});

export const MATCH_OVER = defineRefusal({
  code: 'match_over',
  status: 409,
  sentence: 'This match cannot be changed any more: {why}',
  remedy: 'Ask for a new one.',
});

export const MATCH_NOT_RUNNING = defineRefusal({
  code: 'match_not_running',
  status: 409,
  sentence: 'This match has not begun.',
  remedy: 'Take it back instead.',
});
