/** An answer that is an error, in Stripe's own shape. */
export class StripeError extends Error {
  readonly status: number;
  readonly body: object;

  constructor(
    status: number,
    error: {
      readonly type: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error';
      readonly message: string;
      readonly code?: string;
      readonly param?: string;
    },
  ) {
    super(error.message);
    this.status = status;
    this.body = { error };
  }
}

export function invalid(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, {
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  });
}

export function noSuch(what: string, id: string): StripeError {
  return new StripeError(404, {
    type: 'invalid_request_error',
    message: `No such ${what}: '${id}'`,
    code: 'resource_missing',
    param: 'id',
  });
}
