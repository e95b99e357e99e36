import { open } from 'node:fs/promises';
import type { FiatSource } from '../../config.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { goRounds, type Rounds } from '../../core/rounds.ts';
import type { House } from '../../house.ts';
import { type OutsideOptions, readOutside } from '../../http/outside.ts';
import shipped from './shipped.json' with { type: 'json' };
import { claimLook, keepLook } from './store.ts';
import { takeTable } from './take-table.ts';
import { warnOfAge } from './warn-of-age.ts';

const LOOK_EVERY_MS = MINUTE_MS;
/** What a daily table of the European Central Bank needs is 2 kB. */
const BYTES_MAX = 256 * 1024;
const READ_MS = 15_000;

/**
 * Looks at the source of fiat rates: an address once a day (hourly after a failure), a file every minute; and warns of a
 * table that grows old.
 */
export function startFiat(house: House): Rounds | null {
  if (house.config.fiatRates.kind === 'none') return null;
  return goRounds('fiat rates', LOOK_EVERY_MS, house.log, async () => {
    await lookAtSource(house);
    await warnOfAge(house);
  });
}

/**
 * One look, when one is due; of several processes one looks. What is wrong with the source is kept for operators and
 * told in the log; the table in force stays.
 */
export async function lookAtSource(
  house: Pick<House, 'db' | 'clock' | 'config' | 'log'>,
  outside: Partial<OutsideOptions> = {},
): Promise<void> {
  const { db, clock, log } = house;
  const source = house.config.fiatRates;
  if (source.kind === 'none') return;
  const name = nameOf(source);
  const nowMs = clock.now();
  const claimed = await claimLook(db, {
    source: name,
    now: new Date(nowMs),
    retryAt: new Date(nowMs + 10 * MINUTE_MS),
  });
  if (!claimed) return;
  const look = await read(source, outside).then(
    (text) => takeTable(house, text, name),
    (error: unknown) => ({ outcome: 'failed' as const, detail: sentenceOf(error) }),
  );
  if (look.detail !== null) log.warn({ source: name, outcome: look.outcome }, look.detail);
  await keepLook(db, {
    at: new Date(nowMs),
    outcome: look.outcome,
    detail: look.detail,
    nextAt: new Date(nowMs + pauseMs(source, look.outcome === 'failed' || look.outcome === 'refused')),
  });
}

function pauseMs(source: FiatSource, isWrong: boolean): number {
  if (source.kind === 'file') return MINUTE_MS;
  return isWrong ? HOUR_MS : DAY_MS;
}

/** The source as everybody may read it: no key, no password. */
function nameOf(source: Exclude<FiatSource, { kind: 'none' }>): string {
  switch (source.kind) {
    case 'shipped':
      return 'comes with Carat';
    case 'file':
      return 'a file of the operator';
    case 'url': {
      const { origin, pathname } = new URL(source.url);
      return `${origin}${pathname}`;
    }
  }
}

async function read(
  source: Exclude<FiatSource, { kind: 'none' }>,
  outside: Partial<OutsideOptions>,
): Promise<string> {
  switch (source.kind) {
    case 'shipped':
      return JSON.stringify(shipped);
    case 'file':
      return readBounded(source.path);
    case 'url':
      return readOutside(source.url, { bytesMax: BYTES_MAX, timeoutMs: READ_MS, ...outside });
  }
}

async function readBounded(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > BYTES_MAX) throw new Error(`the file is larger than ${BYTES_MAX} bytes`);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BYTES_MAX), 0, BYTES_MAX, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function sentenceOf(error: unknown): string {
  const { message } = error as Error;
  return `The source could not be read: ${message}`;
}
