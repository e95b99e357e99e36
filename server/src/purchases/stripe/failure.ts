import type { Outcome } from '../provider.ts';

const RETRY_AFTER_MS = 5_000;

/** What the SDK's errors say about a call; read by their fields, so that the SDK need not be loaded for it. */
interface StripeFailure {
  readonly type: string;
  readonly statusCode?: number;
  readonly code?: string;
}

/**
 * What came of a call that ended in an error of the SDK. Only a refusal of the request itself is final; a lost
 * answer and a server error are unknown, because the work may have been done.
 */
export function outcomeOf(error: unknown): Outcome<never> {
  if (!isFailure(error)) throw error;
  const { type, statusCode, code } = error;
  switch (type) {
    case 'StripeConnectionError':
      return { kind: 'unknown', reason: 'no_answer' };
    case 'StripeRateLimitError':
      return { kind: 'retryable', afterMs: RETRY_AFTER_MS };
    // A key that is wrong, or may not do this, says nothing about the payment.
    case 'StripeAuthenticationError':
    case 'StripePermissionError':
      return { kind: 'retryable', afterMs: RETRY_AFTER_MS };
    case 'StripeIdempotencyError':
      return code === 'idempotency_key_in_use' || statusCode === 409
        ? { kind: 'retryable', afterMs: RETRY_AFTER_MS }
        : { kind: 'unknown', reason: 'idempotency_error' };
    case 'StripeInvalidRequestError':
    case 'StripeCardError':
      if (statusCode === 409) return { kind: 'retryable', afterMs: RETRY_AFTER_MS };
      return { kind: 'declined', code: code ?? 'invalid_request' };
    default:
      if (statusCode === 503) return { kind: 'retryable', afterMs: RETRY_AFTER_MS };
      return { kind: 'unknown', reason: code ?? type };
  }
}

function isFailure(error: unknown): error is StripeFailure {
  return (
    error instanceof Error &&
    'type' in error &&
    typeof error.type === 'string' &&
    error.type.startsWith('Stripe')
  );
}
