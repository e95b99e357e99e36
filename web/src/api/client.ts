import { ApiProblem, OFFLINE, problemFrom } from './problem.ts';

const TIMEOUT_MS = 20_000;

export interface RequestOptions {
  /** Sent as `Idempotency-Key`: a retry with the same key and body gets the first answer. */
  readonly key?: string;
  readonly signal?: AbortSignal;
  /** The answer is a file, not JSON. */
  readonly as?: 'blob';
}

/** The API's JSON over `fetch`. Every call resolves with the body or throws an `ApiProblem`. */
export const api = {
  get: <T>(path: string, options?: RequestOptions) => request<T>('GET', path, undefined, options),
  post: <T>(path: string, body: unknown = {}, options?: RequestOptions) =>
    request<T>('POST', path, body, options),
  put: <T>(path: string, body: unknown = {}, options?: RequestOptions) =>
    request<T>('PUT', path, body, options),
  patch: <T>(path: string, body: unknown, options?: RequestOptions) =>
    request<T>('PATCH', path, body, options),
  delete: <T>(path: string, options?: RequestOptions) => request<T>('DELETE', path, undefined, options),
};

/** Has the person confirm that it is them; whether they did. Where nobody can ask, the refusal is the answer. */
type AskToConfirm = () => Promise<boolean>;
let askToConfirm: AskToConfirm | null = null;

/** What operators do is confirmed first: whoever can ask for the password says so here, and takes it back by what this answers. */
export function confirmWith(ask: AskToConfirm): () => void {
  askToConfirm = ask;
  return () => {
    if (askToConfirm === ask) askToConfirm = null;
  };
}

async function request<T>(
  method: string,
  path: string,
  body: unknown,
  options: RequestOptions = {},
  isRepeated = false,
): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(`/v1${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.key === undefined ? {} : { 'idempotency-key': options.key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new ApiProblem(OFFLINE);
  }
  if (response.status === 204) return undefined as T;
  if (response.ok && options.as === 'blob') return (await response.blob()) as T;
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const problem = new ApiProblem(problemFrom(response.status, answer));
    // The same request with the same key, so that it counts once whatever became of the first.
    if (problem.code === 'confirm_first' && !isRepeated && (await askToConfirm?.()) === true) {
      return request<T>(method, path, body, options, true);
    }
    throw problem;
  }
  return answer as T;
}
