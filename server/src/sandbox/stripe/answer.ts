import { createHash } from 'node:crypto';
import { type Answer, beginCall, forgetCall, keepAnswer } from '../calls.ts';
import type { Desk } from '../desk.ts';
import { parseForm } from '../form.ts';
import { invalid, StripeError } from './errors.ts';
import { expanded, OPERATIONS, type Operation } from './operations.ts';
import { readParams } from './params.ts';

/** A call that came in at Stripe's door. */
export interface StripeCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly contentType: string | undefined;
  readonly version: string | undefined;
  readonly key: string | undefined;
  /** The connected account that the merchant acts for; `null` = itself. */
  readonly account: string | null;
}

export interface StripeAnswer extends Answer {
  readonly replayed: boolean;
}

/** The operation that a call asks for, `null` when there is none. */
export function operationOf(method: string, path: string): Operation | null {
  return OPERATIONS.find((known) => known.method === method && known.path.test(path)) ?? null;
}

/** Told of every request whose parameters the sandbox took, so that a test can hold them against the SDK's types. */
export type Witness = (operation: string, params: Record<string, unknown>) => void;

/** What goes wrong inside of a call. */
export interface Faulty {
  readonly fails: boolean;
  readonly short: boolean;
}

const KEY_MAX = 255;

/**
 * Does what the call asks for, as Stripe does: a keyed POST is done once, and its first answer, a server error
 * too, is its answer from then on; one whose parameters are wrong never began.
 *
 * @param faulty `fails`: a fault makes the work end in a server error after it was done; `short`: it begins and is
 * refused, since the balance that would pay is too small
 */
export async function answerStripe(
  desk: Desk,
  operation: Operation,
  call: StripeCall,
  faulty: Faulty,
  witness?: Witness,
): Promise<StripeAnswer> {
  try {
    const params = paramsOf(operation, call);
    const ids = (operation.path.exec(call.path) ?? []).slice(1).map(decodeURIComponent);
    if (call.method === 'GET' || call.key === undefined) {
      const body = await work(desk, operation, call, params, ids, null, { ...faulty, fails: false });
      witness?.(operation.name, params);
      return { ...(faulty.fails ? SERVER_ERROR : body), replayed: false };
    }
    if (call.key.length > KEY_MAX || call.key === '') {
      throw invalid('Idempotency-Key must be between 1 and 255 characters long.');
    }
    return await once(desk, operation, call, call.key, params, ids, faulty, witness);
  } catch (error) {
    if (error instanceof StripeError) return { ...answerOf(error), replayed: false };
    throw error;
  }
}

async function once(
  desk: Desk,
  operation: Operation,
  call: StripeCall,
  key: string,
  params: Record<string, unknown>,
  ids: readonly string[],
  faulty: Faulty,
  witness?: Witness,
): Promise<StripeAnswer> {
  const fingerprint = createHash('sha256')
    .update(`${call.path}\n${[...new URLSearchParams(call.body)].sort().join('\n')}`)
    .digest();
  // A key is one account's own.
  const scoped = call.account === null ? key : `${call.account} ${key}`;
  const begun = await beginCall(desk.db, 'stripe', scoped, fingerprint);
  switch (begun.kind) {
    case 'replay':
      return { ...begun.answer, replayed: true };
    case 'other_request':
      throw new StripeError(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    case 'in_progress':
      throw new StripeError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: 'There is currently another in-progress request using this Idempotent Key.',
      });
    case 'begun':
      witness?.(operation.name, params);
      return { ...(await work(desk, operation, call, params, ids, scoped, faulty)), replayed: false };
  }
}

const SERVER_ERROR: Answer = {
  status: 500,
  body: JSON.stringify({ error: { type: 'api_error', message: 'An unknown error occurred.' } }),
};

async function work(
  desk: Desk,
  operation: Operation,
  { account }: StripeCall,
  params: Record<string, unknown>,
  ids: readonly string[],
  key: string | null,
  { fails, short }: Faulty,
): Promise<Answer> {
  try {
    if (short) throw invalid('You have insufficient available funds.', 'amount', 'balance_insufficient');
    const answer = await desk.db.transaction(async (tx) => {
      const made = await operation.run(tx, params, ids, desk.clock.now(), account);
      const done: Answer = fails
        ? SERVER_ERROR
        : { status: 200, body: JSON.stringify(await expanded(tx, made, params)) };
      if (key !== null) await keepAnswer(tx, 'stripe', key, done);
      return done;
    });
    if (operation.method === 'POST') desk.wake();
    return answer;
  } catch (error) {
    if (error instanceof StripeError) {
      const refused = answerOf(error);
      if (key !== null) await keepAnswer(desk.db, 'stripe', key, refused);
      return refused;
    }
    if (key !== null) await forgetCall(desk.db, 'stripe', key);
    throw error;
  }
}

function paramsOf(operation: Operation, call: StripeCall): Record<string, unknown> {
  if (call.version !== undefined && !/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(call.version)) {
    throw invalid(`Invalid Stripe API version: ${call.version}`);
  }
  const isForm = call.contentType?.startsWith('application/x-www-form-urlencoded') ?? call.body === '';
  if (call.method === 'POST' && !isForm) {
    throw invalid('Invalid request: the Content-Type must be application/x-www-form-urlencoded.');
  }
  const form = parseForm(call.method === 'GET' ? call.query : call.body);
  if (form === null) throw invalid('Invalid request: the parameters cannot be read.');
  return readParams(operation.params, form);
}

function answerOf(error: StripeError): Answer {
  return { status: error.status, body: JSON.stringify(error.body) };
}
