import { defineRefusal } from '../core/refusal.ts';

export const INVALID_REQUEST = defineRefusal({
  code: 'invalid_request',
  status: 400,
  sentence: '{field} {rule}.',
  remedy: 'Correct the field that is named and send the request again.',
});

export const INVALID_JSON = defineRefusal({
  code: 'invalid_json',
  status: 400,
  sentence: 'The body is not valid JSON.',
  remedy: 'Send one JSON object with content-type application/json.',
});

export const IDEMPOTENCY_KEY_MISSING = defineRefusal({
  code: 'idempotency_key_missing',
  status: 400,
  sentence: 'This request moves money and needs an Idempotency-Key header.',
  remedy: 'Make one key per intention, keep it, and send the same key with every retry.',
});

export const IDEMPOTENCY_KEY_INVALID = defineRefusal({
  code: 'idempotency_key_invalid',
  status: 400,
  sentence: 'The Idempotency-Key must be 1 to 255 visible ASCII characters.',
  remedy: 'Use a UUID.',
});

export const NOT_SIGNED_IN = defineRefusal({
  code: 'not_signed_in',
  status: 401,
  sentence: 'Sign in to do this.',
  remedy: 'Sign in and try again.',
});

export const CONFIRM_FIRST = defineRefusal({
  code: 'confirm_first',
  status: 403,
  sentence: 'This moves money or gives somebody power: confirm first that it is you.',
  remedy: 'Give your password again, then send the same request once more.',
});

export const FORBIDDEN = defineRefusal({
  code: 'forbidden',
  status: 403,
  sentence: 'This is for people with the role {role}.',
  remedy: 'Ask an operator if you think that you should have this role.',
});

export const FOREIGN_ORIGIN = defineRefusal({
  code: 'foreign_origin',
  status: 403,
  sentence: 'This request did not come from a page of this site.',
  remedy: 'Open the site itself and try again.',
});

export const NOT_FOUND = defineRefusal({
  code: 'not_found',
  status: 404,
  sentence: 'There is nothing here, or it is not yours to see.',
  remedy: 'Check the address.',
});

export const BODY_TOO_LARGE = defineRefusal({
  code: 'body_too_large',
  status: 413,
  sentence: 'The body is larger than this address takes.',
  remedy: 'Send less.',
});

export const UNSUPPORTED_MEDIA_TYPE = defineRefusal({
  code: 'unsupported_media_type',
  status: 415,
  sentence: 'Bodies must be application/json.',
  remedy: 'Set content-type to application/json.',
});

export const IDEMPOTENCY_KEY_REUSED = defineRefusal({
  code: 'idempotency_key_reused',
  status: 422,
  sentence: 'This Idempotency-Key was used before with another request.',
  remedy: 'Use a new key for a new intention.',
});

export const TOO_MANY_REQUESTS = defineRefusal({
  code: 'too_many_requests',
  status: 429,
  sentence: 'Too many requests. Try again in {seconds} seconds.',
  remedy: 'Wait, then go on more slowly.',
});

export const INTERNAL_ERROR = defineRefusal({
  code: 'internal_error',
  status: 500,
  sentence: 'Something failed on our side. Reference: {reference}.',
  remedy: 'Try again. If it fails again, tell support the reference.',
});

export const SHUTTING_DOWN = defineRefusal({
  code: 'shutting_down',
  status: 503,
  sentence: 'This server is stopping.',
  remedy: 'Try again in a moment.',
});
