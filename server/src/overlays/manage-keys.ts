import { newId, parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { cleanText } from '../identity/index.ts';
import type { Overlays } from './overlays.ts';
import { OVERLAY_NAME_INVALID, OVERLAY_TOKENS_FULL } from './refusals.ts';
import { KEY_NAME_LENGTH_MAX, KEYS_MAX } from './rules.ts';
import type { KeyView } from './schema.ts';
import { endKey, insertKey, type KeyRow, keysOf } from './store.ts';
import { hashOf, makeToken } from './token.ts';

const TOLD_CHARACTERS = 4;
/** An open overlay is noted this often at least; see `OpenOverlays`. */
const OPEN_NOW_MS = 45_000;

/** Makes a key and tells its token, this once. Refuses with `overlay_name_invalid` or `overlay_tokens_full`. */
export async function makeKey(
  { house }: Overlays,
  creatorId: Uuid,
  wish: { readonly name: string; readonly mayTest: boolean },
): Promise<{ readonly key: KeyView; readonly token: string }> {
  const clean = cleanText(wish.name, { lengthMin: 1, lengthMax: KEY_NAME_LENGTH_MAX });
  if ('rule' in clean) throw new Refusal(OVERLAY_NAME_INVALID, { rule: clean.rule }, '/name');
  const id = newId();
  const token = makeToken(id);
  const key: KeyRow = {
    id,
    creatorId,
    name: clean.text,
    hash: hashOf(token),
    endsWith: token.slice(-TOLD_CHARACTERS),
    mayTest: wish.mayTest,
    madeAt: new Date(house.clock.now()),
    seenAt: null,
  };
  const kept = await house.db.transaction((tx) => insertKey(tx, key, KEYS_MAX));
  if (!kept) throw new Refusal(OVERLAY_TOKENS_FULL, { most: KEYS_MAX });
  return { key: keyView(key, house.clock.now()), token };
}

export async function listKeys({ house }: Overlays, creatorId: Uuid): Promise<KeyView[]> {
  const nowMs = house.clock.now();
  return (await keysOf(house.db, creatorId)).map((key) => keyView(key, nowMs));
}

/** Revokes a key: what is open with it goes blank, here at once and in other processes within a second or two. */
export async function revokeKey(overlays: Overlays, creatorId: Uuid, publicKeyId: string): Promise<void> {
  const { house, open } = overlays;
  const id = parsePublicId('okey', publicKeyId);
  if (id === null || !(await endKey(house.db, creatorId, id, new Date(house.clock.now())))) {
    throw new Refusal(NOT_FOUND);
  }
  open.lookNow();
}

function keyView({ id, name, endsWith, mayTest, madeAt, seenAt }: KeyRow, nowMs: number): KeyView {
  return {
    id: publicId('okey', id),
    name,
    endsWith,
    mayTest,
    madeAt: madeAt.toISOString(),
    seenAt: seenAt?.toISOString() ?? null,
    openNow: seenAt !== null && nowMs - seenAt.getTime() < OPEN_NOW_MS,
  };
}
