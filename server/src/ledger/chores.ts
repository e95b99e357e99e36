import { Refusal } from '../core/refusal.ts';
import type { Database, DatabaseLog } from '../db/database.ts';
import { indexHistory } from './history.ts';
import type { Ledger } from './ledger.ts';

interface House {
  readonly ledger: Pick<Ledger, 'expire'>;
  readonly db: Database;
  readonly log: DatabaseLog | undefined;
}

/**
 * Once a second: releases pending transfers whose time is over and indexes the stretches of history that are full.
 * Any number of processes may do both; each thing is done once. Returns what stops it.
 */
export function keepHouse(house: House): () => Promise<void> {
  let isOver = false;
  let work: Promise<void> | undefined;
  const timer = setInterval(() => {
    work ??= doChores(house, () => isOver).finally(() => {
      work = undefined;
    });
  }, CHORES_MS);
  timer.unref();
  return async () => {
    isOver = true;
    clearInterval(timer);
    await work;
  };
}

const CHORES_MS = 1_000;

async function doChores({ ledger, db, log }: House, isOver: () => boolean): Promise<void> {
  try {
    await ledger.expire();
    while (!isOver() && (await indexHistory(db))) {
      // The next stretches are there already.
    }
  } catch (error) {
    // A database that is away is asked again in a second, and nothing is lost meanwhile: what is overdue counts as
    // expired, and what is not indexed is read from the transfers.
    if (!(error instanceof Refusal)) log?.warn({ reason: String(error) }, 'the ledger left a chore undone');
  }
}
