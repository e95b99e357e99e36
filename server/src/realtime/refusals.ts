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

export const TOO_MANY_SOCKETS = defineRefusal({
  code: 'too_many_sockets',
  status: 429,
  sentence: 'Your network has {most} connections open already.',
  remedy:
    'Close pages that you do not look at. Whoever runs the site can allow more with CARAT_SOCKETS_PER_NETWORK.',
});
