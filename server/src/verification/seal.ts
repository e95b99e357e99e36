import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Of which row a picture is; it opens in no other, nor as another side or in another case. */
export interface PictureRef {
  readonly id: string;
  readonly caseId: string;
  readonly side: string;
}

/** What a key is called beside the pictures that it seals: it tells nothing of the key. */
export function keyName(key: Buffer): string {
  return named(key, 'carat document key 2');
}

/** Every name under which pictures lie that these keys open. */
export function keyNames(keys: readonly Buffer[]): string[] {
  return keys.flatMap((key) => [keyName(key), firstName(key)]);
}

/** Seals a picture for its row; beside it belongs `keyName(key)`. */
export function sealPicture(key: Buffer, row: PictureRef, bytes: Buffer): Buffer {
  return seal(key, aboutOf(row), bytes);
}

/** A picture as it was before it was sealed; null when its key is none of these, or it was changed or moved. */
export function openPicture(
  keys: readonly Buffer[],
  row: PictureRef & { readonly keyName: string; readonly sealed: Buffer },
): Buffer | null {
  for (const key of keys) {
    const about =
      row.keyName === keyName(key) ? aboutOf(row) : row.keyName === firstName(key) ? row.id : undefined;
    if (about === undefined) continue;
    try {
      return unseal(key, about, row.sealed);
    } catch {
      return null;
    }
  }
  return null;
}

function aboutOf({ id, caseId, side }: PictureRef): string {
  return `${id}|${caseId}|${side}`;
}

/** What a key was called when pictures were sealed for their id alone. */
function firstName(key: Buffer): string {
  return named(key, 'carat document key');
}

function named(key: Buffer, what: string): string {
  return createHash('sha256').update(`${what}\n`).update(key).digest('hex').slice(0, 16);
}

/**
 * Seals bytes with AES-256-GCM: nonce, tag, what is hidden. `about` is sealed with it, so that what was sealed for one row
 * opens in no other.
 */
export function seal(key: Buffer, about: string, bytes: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(about));
  const hidden = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
}

/** What was sealed; throws when it was changed, or sealed with another key or for another row. */
export function unseal(key: Buffer, about: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
