import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 25;

/**
 * Runs `work` while this process alone holds the file at `path`. A lock whose holder died (kill -9, a reboot,
 * a container started again with the same process ids) is taken over.
 *
 * @throws Error after `waitMs` with a living holder.
 */
export async function withFileLock<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${birthOf(process.pid)} ${Math.random().toString(36).slice(2)}`;
  const draft = `${path}.${process.pid}.${mine.split(' ').at(-1)}`;
  const until = Date.now() + waitMs;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    while (!(await tryTake(draft, path))) {
      const holder = await readFile(path, 'utf8').catch(() => '');
      if (holder !== '' && !lives(holder)) await discard(path, holder);
      else if (Date.now() > until) {
        throw new Error(
          `process ${holder.split(' ')[0]} has held ${path} for too long; end it, or delete the file`,
        );
      } else await pause(POLL_MS);
    }
  } finally {
    await unlink(draft).catch(() => {});
  }
  try {
    return await work();
  } finally {
    await unlink(path).catch(() => {});
  }
}

/** Whether the process exists and is not a zombie that nobody has collected yet. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
  return procState(pid) !== 'Z';
}

/** The command line of a process, or the empty string when it cannot be told. */
export function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** A hard link either makes the whole lock or fails: nobody ever reads a half-written one. */
async function tryTake(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead lock away; when someone was quicker and this is theirs, it goes back. */
async function discard(path: string, dead: string): Promise<void> {
  const away = `${path}.dead.${process.pid}`;
  try {
    await rename(path, away);
  } catch {
    return;
  }
  const moved = await readFile(away, 'utf8').catch(() => dead);
  if (moved !== dead) await link(away, path).catch(() => {});
  await unlink(away).catch(() => {});
}

function lives(holder: string): boolean {
  const [pid, birth] = holder.split(' ');
  return isAlive(Number(pid)) && birthOf(Number(pid)) === birth;
}

/** When a process began, in whatever unit the system has: process ids are used again, these pairs are not. */
function birthOf(pid: number): string {
  try {
    if (process.platform === 'linux') return procFields(pid)[19] ?? '';
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return started.trim().replaceAll(' ', '_');
  } catch {
    return '';
  }
}

function procState(pid: number): string {
  if (process.platform !== 'linux') return '';
  try {
    return procFields(pid)[0] ?? '';
  } catch {
    return '';
  }
}

/** The fields of `/proc/<pid>/stat` after the command's closing bracket: state first, start time twentieth. */
function procFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
