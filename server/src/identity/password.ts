import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../core/refusal.ts';
import { SIGN_IN_BUSY } from './refusals.ts';

/**
 * OWASP's second setting for scrypt: 32 MB and three passes, 0.15 to 0.25 s on one core.
 * Written into each hash, so that it can be raised without locking anybody out.
 */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** Hashing fills a core and 32 MB each: two at once leave room for gifts. */
const AT_ONCE = 2;
const WAITING_MAX = 64;

/** `scrypt$32768$8$3$salt$key`, both base64url. Refuses with `sign_in_busy` when too many wait. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return write(COST, salt, key);
}

/**
 * Whether the password made this hash. Without a hash it takes just as long and says no, so that the
 * time of an answer does not tell whether an account exists. Refuses with `sign_in_busy`.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const { cost, salt, key } = read(hash ?? NOBODYS_HASH);
  const same = timingSafeEqual(await derive(password, salt, cost), key);
  return same && hash !== undefined;
}

type Cost = { readonly N: number; readonly r: number; readonly p: number };

function write(cost: Cost, salt: Buffer, key: Buffer): string {
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

function read(hash: string): { cost: Cost; salt: Buffer; key: Buffer } {
  const [name, N, r, p, salt, key] = hash.split('$');
  if (name !== 'scrypt' || salt === undefined || key === undefined) throw new Error('not a password hash');
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}

const NOBODYS_HASH = write(COST, randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));

let running = 0;
const waiting: (() => void)[] = [];

/** The same password typed on another keyboard may come in another normal form. */
async function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
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
