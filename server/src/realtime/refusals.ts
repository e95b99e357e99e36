import { defineRefusal } from '../core/refusal.ts';

export const ROOM_NOT_FOUND = defineRefusal({
  code: 'room_not_found',
  status: 404,
  sentence: 'There is no stage named {stage}.',
  remedy: 'Check the name; the creator may have taken another one.',
});

export const TOO_MANY_ROOMS = defineRefusal({
  code: 'too_many_rooms',
  status: 409,
  sentence: 'One connection can watch {most} stages at once.',
  remedy: 'Leave a stage first.',
});

export const SERVER_FULL = defineRefusal({
  code: 'server_full',
  status: 503,
  sentence: 'This server has all the connections that it takes.',
  remedy: 'Try again in a moment.',
});

export const TOO_MANY_SOCKETS = defineRefusal({
  code: 'too_many_sockets',
  status: 429,
  sentence: 'Your network has {most} connections open already.',
  remedy:
    'Close pages that you do not look at. Whoever runs the site can allow more with CARAT_SOCKETS_PER_NETWORK.',
});
