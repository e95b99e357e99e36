import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { after } from 'node:test';

/** A server in a process of its own, for a test to kill; killed at the end of the file in any case. */
export interface ServerProcess {
  /** What it printed first: where it listens. */
  readonly origin: string;
  /** Says something to the program and resolves to its answer. Rejects when it dies before it answered. */
  ask(said: object): Promise<unknown>;
  /** Kills it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

/** What a program of this folder that listens to `ask` gets, and sends back with the same number. */
export interface Asked {
  readonly number: number;
  readonly said: unknown;
}

/** Runs a program of this folder, such as `gift-process.ts`, and waits until it listens. */
export async function startServerProcess(program: string, args: readonly string[]): Promise<ServerProcess> {
  const running = spawn(process.execPath, [`${import.meta.dirname}/${program}`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  // Who talks to it keeps it; the line alone keeps nobody.
  running.channel?.unref();
  const gone = once(running, 'exit');
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  running.on('message', (answer: Asked) => {
    open.get(answer.number)?.resolve(answer.said);
    open.delete(answer.number);
  });
  running.once('exit', () => {
    for (const { reject } of open.values()) reject(new Error('the process ended before it answered'));
  });
  let number = 0;
  const ask = (said: object) => {
    const answered = Promise.withResolvers<unknown>();
    number += 1;
    open.set(number, answered);
    running.send({ number, said } satisfies Asked, (error) => {
      if (error !== null) answered.reject(error);
    });
    return answered.promise;
  };
  const kill = async () => {
    running.kill('SIGKILL');
    await gone;
  };
  after(kill);
  const [address] = await Promise.race([once(running.stdout as Readable, 'data'), gone]);
  assert(Buffer.isBuffer(address), 'the process ended before it listened');
  return { origin: address.toString().trim(), ask, kill };
}
