import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { House } from '../house.ts';

/**
 * A mark of a device from which somebody has signed in with this password: a random id and its signature. It proves
 * nobody's identity; it only lets guesses from elsewhere not be counted against this device. A new password makes
 * every mark made before worthless.
 *
 * @param passwordHash as it is stored, with its salt, so that a mark is of one account.
 */
export function newDeviceMark(house: House, passwordHash: string): string {
  const id = randomBytes(16).toString('base64url');
  return `${id}.${signatureOf(house, id, passwordHash).toString('base64url')}`;
}

/** The id of the device, or `null` when the mark was not made for this password of this account. */
export function knownDevice(
  house: House,
  mark: string | null,
  passwordHash: string | undefined,
): string | null {
  const [id, signature] = mark?.split('.') ?? [];
  if (id === undefined || signature === undefined || passwordHash === undefined) return null;
  const given = Buffer.from(signature, 'base64url');
  const own = signatureOf(house, id, passwordHash);
  return given.length === own.length && timingSafeEqual(given, own) ? id : null;
}

function signatureOf(house: House, id: string, passwordHash: string): Buffer {
  return createHmac('sha256', house.config.secrets.session).update(`device ${id} ${passwordHash}`).digest();
}
