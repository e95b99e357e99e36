import { defineRefusal } from '../core/refusal.ts';

export const OVERLAY_TOKEN_UNKNOWN = defineRefusal({
  code: 'overlay_token_unknown',
  status: 401,
  sentence: 'This overlay token opens nothing: it was revoked or never given.',
  remedy: 'Make a new one under Studio, Overlays, and put its address into your streaming program.',
});

export const OVERLAY_TOKENS_GUESSED = defineRefusal({
  code: 'overlay_tokens_guessed',
  status: 429,
  sentence: 'Too many overlay tokens that open nothing came from your network.',
  remedy: 'Wait {seconds} seconds and try again.',
});

export const OVERLAY_NAME_INVALID = defineRefusal({
  code: 'overlay_name_invalid',
  status: 400,
  sentence: 'The name of a token {rule}.',
  remedy: 'Change it and try again.',
});

export const OVERLAY_TOKENS_FULL = defineRefusal({
  code: 'overlay_tokens_full',
  status: 409,
  sentence: 'You have {most} overlay tokens already, the most that there can be.',
  remedy: 'Revoke one that you do not use.',
});
