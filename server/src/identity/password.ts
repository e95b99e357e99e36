import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { ScryptCost } from '../config.ts';
import { Refusal } from '../core/refusal.ts';
import { SIGN_IN_BUSY } from './refusals.ts';

const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** Hashing fills a core and 32 MB each: two at once leave room for gifts. */
const AT_ONCE = 2;
const WAITING_MAX = 64;

/** `scrypt$32768$8$3$salt$key`, both base64url. Refuses with `sign_in_busy` when too many wait. */
export async function hashPassword(password: string, cost: ScryptCost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, cost);
  return write(cost, salt, key);
}

/**
 * Whether the password made this hash. Without a hash it takes as long as with a new one and says no, so that the
 * time of an answer does not tell whether an account exists. Refuses with `sign_in_busy`.
 */
export async function verifyPassword(
  password: string,
  hash: string | undefined,
  costOfNew: ScryptCost,
): Promise<boolean> {
  const { cost, salt, key } =
    hash === undefined ? { cost: costOfNew, salt: NOBODYS_SALT, key: NOBODYS_KEY } : read(hash);
  const same = timingSafeEqual(await derive(password, salt, cost), key);
  return same && hash !== undefined;
}

function write(cost: ScryptCost, salt: Buffer, key: Buffer): string {
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

function read(hash: string): { cost: ScryptCost; salt: Buffer; key: Buffer } {
  const [name, N, r, p, salt, key] = hash.split('$');
  if (name !== 'scrypt' || salt === undefined || key === undefined) throw new Error('not a password hash');
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}

const NOBODYS_SALT = randomBytes(SALT_BYTES);
const NOBODYS_KEY = randomBytes(KEY_BYTES);

let running = 0;
const waiting: (() => void)[] = [];

/** The same password typed on another keyboard may come in another normal form. */
async function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) throw new Refusal(SIGN_IN_BUSY);
    // Whoever wakes a waiter hands its place over, so `running` stays as it is.
    await new Promise<void>((wake) => waiting.push(wake));
  } else {
    running += 1;
  }
  try {
    return await new Promise((resolve, reject) => {
      scrypt(
        password.normalize('NFKC'),
        salt,
        KEY_BYTES,
        { ...cost, maxmem: 64 * 1024 * 1024 },
        (error, key) => (error === null ? resolve(key) : reject(error)),
      );
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
