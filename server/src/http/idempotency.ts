import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { canonicalJson } from '../core/canonical.ts';
import { Refusal } from '../core/refusal.ts';
import { IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_MISSING } from './refusals.ts';

/** The header that says: this is an answer given before, not a new effect. */
export const REPLAYED_HEADER = 'idempotent-replayed';

/** A key as a client may choose it: 1 to 255 visible ASCII characters. */
export function isIdempotencyKey(key: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(key);
}

/**
 * The request's Idempotency-Key.
 * Refuses with `idempotency_key_missing` or `idempotency_key_invalid`.
 */
export function idempotencyKey(request: FastifyRequest): string {
  const header = request.headers['idempotency-key'];
  if (header === undefined || header === '') throw new Refusal(IDEMPOTENCY_KEY_MISSING);
  if (typeof header !== 'string' || !isIdempotencyKey(header)) throw new Refusal(IDEMPOTENCY_KEY_INVALID);
  return header;
}

/**
 * SHA-256 over method, route and body with its keys in order: two requests with the same hash
 * ask for the same thing, whatever their white space.
 */
export function requestHash(method: string, route: string, body: unknown): Buffer {
  return createHash('sha256')
    .update(`${method} ${route}\n${canonicalJson(body)}`)
    .digest();
}
