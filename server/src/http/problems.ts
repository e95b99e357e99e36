import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../core/ids.ts';
import { problemOf, Refusal } from '../core/refusal.ts';
import {
  BODY_TOO_LARGE,
  INTERNAL_ERROR,
  INVALID_JSON,
  INVALID_REQUEST,
  SHUTTING_DOWN,
  TOO_MANY_REQUESTS,
  UNSUPPORTED_MEDIA_TYPE,
} from './refusals.ts';
import { invalidRequest } from './validation.ts';

/** The one place where refusals become HTTP answers. */
export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
}

/** Answers whatever a request ended with; also for errors from before a route was found. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  send(reply, refusalOf(error, request));
}

/** Answers a refusal as `application/problem+json`. */
export function send(reply: FastifyReply, refusal: Refusal): void {
  if (refusal.kind.status === 503) reply.header('retry-after', '1');
  reply.code(refusal.kind.status).type('application/problem+json').send(problemOf(refusal));
}

function refusalOf(error: FastifyError, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  if (error.validation) {
    return invalidRequest(error.validation as Parameters<typeof invalidRequest>[0], error.validationContext);
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refusal(BODY_TOO_LARGE);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal(UNSUPPORTED_MEDIA_TYPE);
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new Refusal(INVALID_JSON);
    case 'FST_ERR_SERVER_CLOSE':
      return new Refusal(SHUTTING_DOWN);
  }
  if (error instanceof SyntaxError && error.statusCode === 400) return new Refusal(INVALID_JSON);
  if (error.statusCode === 429) return new Refusal(TOO_MANY_REQUESTS, { seconds: 60 });
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new Refusal(INVALID_REQUEST, { field: 'request', rule: 'is not valid' });
  }
  const reference = newId();
  request.log.error({ err: error, reference }, 'request failed');
  return new Refusal(INTERNAL_ERROR, { reference });
}
