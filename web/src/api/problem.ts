/** An RFC 9457 problem as the server writes it: a named "no" with a sentence and a remedy. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status: number;
  /** Stable and documented, such as `insufficient_coins`; `offline` when nothing answered. */
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  /** JSON pointer to the request field at fault: `/email`. */
  readonly field?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A refusal or a failure of a request. Thrown by everything in `api/`. */
export class ApiProblem extends Error implements Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly field?: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.remedy = problem.remedy;
    if (problem.field !== undefined) this.field = problem.field;
    this.data = problem.data ?? {};
  }

  /** The reference a person can give to support, where the server wrote one. */
  get reference(): string | null {
    return typeof this.data.reference === 'string' ? this.data.reference : null;
  }

  /** Whether the request may not have been heard at all, so that its outcome is not known. */
  get unheard(): boolean {
    return this.status === 0 || this.status >= 500;
  }

  /** Anything thrown, as a problem. */
  static of(error: unknown): ApiProblem {
    if (error instanceof ApiProblem) return error;
    return new ApiProblem({
      status: 0,
      code: 'unexpected',
      detail: 'Something in this page went wrong.',
      remedy: 'Reload the page and try again.',
      data: error instanceof Error ? { message: error.message } : {},
    });
  }
}

export const OFFLINE: Problem = {
  status: 0,
  code: 'offline',
  detail: 'The server could not be reached.',
  remedy: 'Check your connection and try again.',
};

/** Reads a problem from a response's body, whatever it is. */
export function problemFrom(status: number, body: unknown): Problem {
  if (isProblem(body)) return { ...body, status };
  return {
    status,
    code: `http_${status}`,
    detail: status >= 500 ? 'The server could not answer.' : 'The request was not accepted.',
    remedy: status >= 500 ? 'Try again in a moment.' : 'Check what you entered and try again.',
  };
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string'
  );
}
