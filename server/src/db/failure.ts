import { Refusal } from '../core/refusal.ts';
import { DATABASE_BUSY, DATABASE_UNAVAILABLE } from './refusals.ts';

/** What the operating system says when the server is not there. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** What PostgreSQL says while it starts, stops, has no free connection, no disk or no memory. */
const NOT_SERVING = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '53000',
  '53100',
  '53200',
  '53300',
  '58030',
  '25P03',
]);

/** Canceled by a timeout, by a deadlock, or by a lock that was not free in time. Nothing was changed. */
const TOO_LONG = new Set(['57014', '55P03', '40P01', '40001']);

/** What the driver says; it gives these no code. */
const DRIVER_SENTENCES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Client is closed|The server closed the connection)/;

/** Whether the database could not be reached or does not serve; the statement may or may not have run. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== undefined) {
    return UNREACHABLE.has(code) || NOT_SERVING.has(code) || code.startsWith('08');
  }
  if (error instanceof AggregateError) return error.errors.some(isConnectionFailure);
  return DRIVER_SENTENCES.test(error.message);
}

/** Whether PostgreSQL gave up for time or locks and rolled the statement back. */
export function isTimeout(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && TOO_LONG.has(code);
}

/** Whether a unique constraint said no; with `constraint`, whether it was that one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23505') return false;
  return constraint === undefined || (error as { constraint?: string }).constraint === constraint;
}

/** Turns a failure of the database into its refusal; everything else comes back as it was. */
export function refusalOf(error: unknown): unknown {
  if (isConnectionFailure(error)) return new Refusal(DATABASE_UNAVAILABLE);
  if (isTimeout(error)) return new Refusal(DATABASE_BUSY);
  return error;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
