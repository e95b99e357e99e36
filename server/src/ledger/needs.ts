import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Memory } from './memory.ts';
import { isUuid } from './row-buffer.ts';
import { readAccounts, readFacts } from './store.ts';
import { MAX_ID, NIL_ID } from './transfer.ts';
import type { Work } from './work.ts';

/** Whether everything that decides this work is in memory. */
export function isReady(memory: Memory, work: Work): boolean {
  return !visitNeeds(memory, work, () => true);
}

/** The first id that the work needs and that is none: a mistake of the program, told to its sender alone. */
export function malformedNeed(memory: Memory, work: Work): string | undefined {
  let malformed: string | undefined;
  visitNeeds(memory, work, (id) => {
    if (!isUuid(id)) malformed ??= String(id);
    return malformed !== undefined;
  });
  return malformed;
}

/**
 * Reads what the works need and memory lacks. What the database does not have either is noted on the work.
 *
 * Memory may change meanwhile by our own batches; that is fine, for they only touch what is already in memory.
 * When it was cleared meanwhile, another process wrote and what was read may be old: then nothing is kept and
 * the answer is false. A read that is too new is harmless too: the next batch then finds the head moved.
 */
export async function readNeeds(memory: Memory, works: readonly Work[], on: Queryable): Promise<boolean> {
  const { epoch } = memory;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const ids = new Set<Uuid>();
    const accounts = new Set<Uuid>();
    for (const work of works) {
      visitNeeds(memory, work, (id, kind) => {
        (kind === 'account' ? accounts : ids).add(id);
        return false;
      });
    }
    if (ids.size === 0 && accounts.size === 0) return true;
    const [facts, found] = await Promise.all([readFacts(on, [...ids]), readAccounts(on, [...accounts])]);
    if (memory.epoch !== epoch) return false;

    for (const { transfer, resolution } of facts.transfers) {
      memory.learnTransfer(transfer, resolution);
      ids.delete(transfer.id);
    }
    for (const { id, failure } of facts.failures) {
      memory.learnFailure(id, failure);
      ids.delete(id);
    }
    for (const account of found) {
      memory.learnAccount(account);
      accounts.delete(account.id);
    }
    noteAbsent(memory, works, ids, accounts);
  }
  throw new Error('a work still needs something after everything it names was read');
}

/** The transfer, then the pending one it names, then their accounts. */
const ROUNDS_MAX = 4;

type Need = 'transfer' | 'account';

/** Shows each id that must be read to `visit` until that returns true; returns whether it did. */
function visitNeeds(memory: Memory, work: Work, visit: (id: Uuid, kind: Need) => boolean): boolean {
  const absent = work.absentEpoch === memory.epoch ? work.absent : undefined;
  const needsId = (id: Uuid) =>
    id !== NIL_ID &&
    id !== MAX_ID &&
    !memory.knowsId(id) &&
    absent?.has(id) !== true &&
    visit(id, 'transfer');
  const needsAccount = (id: Uuid) =>
    memory.account(id) === undefined &&
    id !== NIL_ID &&
    id !== MAX_ID &&
    absent?.has(id) !== true &&
    visit(id, 'account');
  const needsPending = (id: Uuid): boolean => {
    if (needsId(id)) return true;
    const pending = memory.transfer(id);
    if (pending === undefined) return false;
    return needsAccount(pending.debitAccountId) || needsAccount(pending.creditAccountId);
  };

  switch (work.kind) {
    case 'chain':
      for (const event of work.events) {
        if (needsId(event.id)) return true;
        if (needsAccount(event.debitAccountId) || needsAccount(event.creditAccountId)) return true;
        if (event.pendingId !== NIL_ID && needsPending(event.pendingId)) return true;
      }
      return false;
    case 'open':
      return work.events.some((event) => needsAccount(event.id));
    case 'expire':
      return work.pendingIds.some(needsPending);
  }
}

function noteAbsent(
  memory: Memory,
  works: readonly Work[],
  ids: ReadonlySet<Uuid>,
  accounts: ReadonlySet<Uuid>,
): void {
  for (const work of works) {
    visitNeeds(memory, work, (id, kind) => {
      if (!(kind === 'account' ? accounts : ids).has(id)) return false;
      if (work.absentEpoch !== memory.epoch || work.absent === undefined) {
        work.absent = new Set();
        work.absentEpoch = memory.epoch;
      }
      work.absent.add(id);
      return false;
    });
  }
}
