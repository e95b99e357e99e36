import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after } from 'node:test';

/** A server in a process of its own, for a test to kill; killed at the end of the file in any case. */
export interface ServerProcess {
  /** What it printed first: where it listens. */
  readonly origin: string;
  /** Kills it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

/** Runs a program of this folder, such as `gift-process.ts`, and waits until it listens. */
export async function startServerProcess(program: string, args: readonly string[]): Promise<ServerProcess> {
  const running = spawn(process.execPath, [`${import.meta.dirname}/${program}`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const gone = once(running, 'exit');
  const kill = async () => {
    running.kill('SIGKILL');
    await gone;
  };
  after(kill);
  const [address] = await Promise.race([once(running.stdout, 'data'), gone]);
  assert(Buffer.isBuffer(address), 'the process ended before it listened');
  return { origin: address.toString().trim(), kill };
}
