import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

// What Node makes of a source file is kept beside the packages: the next process begins half as late.
process.env.NODE_COMPILE_CACHE ??= join(CHECKOUT, 'node_modules/.cache/node');

/** The Node 24 that npm installed; the one that runs this script may be older. */
export const NODE = join(CHECKOUT, 'node_modules/.bin/node');

/**
 * Runs a command to its end with this terminal. A signal that this process gets is passed on once; a Ctrl-C
 * in a terminal reaches the child by itself. Resolves to its exit code (128 + signal when one ended it).
 */
export function run(command, args, { cwd = CHECKOUT, env = {} } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
  const passed = new Set();
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const pass = () => {
      const fromTerminal = signal === 'SIGINT' && process.stdin.isTTY;
      if (!passed.has(signal) && !fromTerminal) child.kill(signal);
      passed.add(signal);
    };
    process.on(signal, pass);
    return () => process.off(signal, pass);
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done(code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0)));
  }).finally(() => {
    for (const stop of listeners) stop();
  });
}

/** Runs a command silently; resolves to its exit code and all it said. */
export function capture(command, args, { cwd = CHECKOUT, env = {} } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  child.stdout.on('data', (chunk) => said.push(chunk));
  child.stderr.on('data', (chunk) => said.push(chunk));
  return new Promise((done) => {
    child.once('error', (error) => done({ code: 127, said: error.message }));
    child.once('close', (code) => done({ code: code ?? 1, said: Buffer.concat(said).toString() }));
  });
}

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
