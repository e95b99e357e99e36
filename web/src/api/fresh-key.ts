/**
 * A key that nobody has used: 128 random bits as hexadecimal digits. `crypto.randomUUID` is only there over https
 * and on localhost; this also works on a site that is reached by a plain address of the local network.
 */
export function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
