import { createHash, randomBytes } from 'node:crypto';
import { type Uuid, uuidFromHex } from '../core/ids.ts';

const PREFIX = 'ovl_';
const ID_BYTES = 16;
const SECRET_BYTES = 32;
const SHAPE = /^ovl_[A-Za-z0-9_-]{64}$/;

/** A new token of a key: `ovl_`, then the key's id and 32 random bytes. */
export function makeToken(id: Uuid): string {
  const idBytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  return PREFIX + Buffer.concat([idBytes, randomBytes(SECRET_BYTES)]).toString('base64url');
}

/** The id of the key that a token names and the hash of the whole, or `null` when it cannot be one. */
export function readToken(token: string): { readonly id: Uuid; readonly hash: Buffer } | null {
  if (!SHAPE.test(token)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  if (bytes.length !== ID_BYTES + SECRET_BYTES) return null;
  return { id: uuidFromHex(bytes.subarray(0, ID_BYTES).toString('hex')), hash: hashOf(token) };
}

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
