import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import { markStreamKeyUsed, replaceStreamKey, streamKeyOf } from './store.ts';

const KEY_BYTES = 32;
const TOLD_CHARACTERS = 4;

/** Makes a creator's key anew. It is told once; the one before opens nothing any more. */
export async function makeStreamKey({ db, clock }: House, userId: Uuid): Promise<string> {
  const key = `carat_${randomBytes(KEY_BYTES).toString('base64url')}`;
  await replaceStreamKey(db, userId, {
    keyHash: hashOf(key),
    endsWith: key.slice(-TOLD_CHARACTERS),
    madeAt: new Date(clock.now()),
  });
  return key;
}

/** Whether this is the creator's key. Takes as long for every wrong one. */
export async function isStreamKey({ db, clock }: House, creatorId: Uuid, key: string): Promise<boolean> {
  const kept = await streamKeyOf(db, creatorId);
  const same = timingSafeEqual(hashOf(key), kept?.keyHash ?? NO_KEY);
  if (!same || kept === undefined) return false;
  await markStreamKeyUsed(db, creatorId, new Date(clock.now()));
  return true;
}

const NO_KEY = Buffer.alloc(32);

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
