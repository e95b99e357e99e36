import { createHash } from 'node:crypto';
import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { dayAt } from './business-days.ts';
import {
  contentOf,
  type FileRow,
  fileById,
  frozenPaymentOf,
  insertDownload,
  insertEntries,
  insertFile,
  insertFileWithdrawal,
  insertSending,
  lockFile,
  nextNumber,
  releasedPayments,
  unsentOfFiles,
  wrongPaymentOf,
} from './files-store.ts';
import { followFreezes } from './follow-freezes.ts';
import { FREEZING_GATES } from './frozen.ts';
import { type FileMethod, makeFile, payDay } from './methods/payout-file.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import {
  NO_PAYMENTS_TO_SEND,
  PAYOUT_FILE_FROZEN,
  PAYOUT_FILE_NOT_WHOLE,
  PAYOUT_FILE_TAKEN,
  PAYOUT_FILE_WITHDRAWN,
  PAYOUT_SENDER_MISSING,
} from './refusals.ts';
import { STATE_WORDS } from './states.ts';

/** Payments in one file: what banks take, and what one commit moves without anybody waiting for it. */
const FILE_MAX = 10_000;
const TRIES_MAX = 5;

/**
 * Makes the file of everything that is released for a method, and keeps it: asked for again it is the same bytes. Each
 * withdrawal is in one file at a time; whoever cancels or is frozen meanwhile is not in it.
 *
 * Refuses with `payout_sender_missing` or `no_payments_to_send`.
 */
export async function makePayoutFile(house: House, method: FileMethod, by: Uuid): Promise<FileRow> {
  for (let tries = 1; ; tries += 1) {
    const made = await tryMake(house, method, by);
    if (made !== null) return made;
    if (tries === TRIES_MAX)
      throw new Error('released withdrawals are moved faster than a file is made of them');
  }
}

/** The file, or `null` when some of its withdrawals moved on meanwhile. */
async function tryMake(house: House, method: FileMethod, by: Uuid): Promise<FileRow | null> {
  const { db, config } = house;
  const nowMs = house.clock.now();
  const released = await releasedPayments(db, method, {
    limit: FILE_MAX,
    now: new Date(nowMs),
    frozenBy: FREEZING_GATES,
  });
  if (released.length === 0) throw new Refusal(NO_PAYMENTS_TO_SEND);
  const id = newId();
  const madeAt = new Date(nowMs);
  const payOn = payDay(method, dayAt(nowMs));
  return db
    .transaction(async (tx) => {
      const number = await nextNumber(tx, method);
      const file = makeFile(method, config.payouts, { number, madeAt, payOn, payments: released });
      if (file === null) {
        throw new Refusal(PAYOUT_SENDER_MISSING, {
          settings:
            method === 'sepa' ? 'CARAT_SEPA_NAME and CARAT_SEPA_IBAN' : 'CARAT_ACH_NAME and its companions',
        });
      }
      const sha256 = createHash('sha256').update(file.content).digest();
      const { name, content, currency, sumMinor } = file;
      const payments = released.length;
      await insertFile(tx, {
        id,
        number,
        method,
        name,
        content,
        sha256,
        payments,
        currency,
        sumMinor,
        payOn,
        madeAt,
        byUser: by,
      });
      const entries = released.map((payment) => ({ id: payment.id, eventId: newId() }));
      if (!(await insertEntries(tx, id, entries, { at: madeAt, by, note: name, frozenBy: FREEZING_GATES })))
        throw new MovedOn();
      return sha256;
    })
    .then(
      (sha256) => {
        house.log.info(
          { file: id, sha256: sha256.toString('hex'), payments: released.length },
          'payout file made',
        );
        return fileById(db, id).then((row) => row ?? null);
      },
      (error: unknown) => {
        if (error instanceof MovedOn) return null;
        throw error;
      },
    );
}

class MovedOn extends Error {}

/**
 * The file's bytes, as they were made; who took it is written down first. Refuses with `not_found`,
 * `payout_file_withdrawn`, `payout_file_not_whole` or, before anybody took it, `payout_file_frozen`.
 */
export function downloadFile(
  house: House,
  id: Uuid,
  by: Uuid,
): Promise<{ readonly file: FileRow; readonly content: Buffer }> {
  return house.db.transaction(async (tx) => {
    await requireForTheBank(tx, id, house.clock.now());
    await insertDownload(tx, newId(), id, new Date(house.clock.now()), by);
    const [file, content] = [await fileById(tx, id), await contentOf(tx, id)];
    if (file === undefined || content === undefined) throw new Refusal(NOT_FOUND);
    house.log.info({ file: id, sha256: file.sha256.toString('hex'), by }, 'payout file downloaded');
    return { file, content };
  });
}

/** Refuses what must not reach the bank, and has the file's turn until the transaction ends. */
async function requireForTheBank(tx: Queryable, id: Uuid, nowMs: number): Promise<void> {
  if (!(await lockFile(tx, id))) throw new Refusal(NOT_FOUND);
  const file = await fileById(tx, id);
  if (file === undefined) throw new Refusal(NOT_FOUND);
  if (file.withdrawnAt !== null) throw new Refusal(PAYOUT_FILE_WITHDRAWN);
  const wrong = await wrongPaymentOf(tx, id);
  if (wrong !== undefined) {
    throw new Refusal(PAYOUT_FILE_NOT_WHOLE, { reference: wrong.reference, state: STATE_WORDS[wrong.state] });
  }
  // Once somebody has had it in hand the bank may have it, whatever is frozen afterwards.
  if (file.isTaken) return;
  const frozen = await frozenPaymentOf(tx, id, { now: new Date(nowMs), frozenBy: FREEZING_GATES });
  if (frozen !== undefined) throw new Refusal(PAYOUT_FILE_FROZEN, { reference: frozen.reference });
}

/**
 * Withdraws a file that nobody has taken: everything in it is released again, and its bytes are given to nobody any
 * more. Refuses with `not_found` or `payout_file_taken`.
 */
export async function withdrawFile(house: House, id: Uuid, by: Uuid): Promise<FileRow> {
  const file = await house.db.transaction(async (tx) => {
    if (!(await lockFile(tx, id))) throw new Refusal(NOT_FOUND);
    const found = await fileById(tx, id);
    if (found === undefined) throw new Refusal(NOT_FOUND);
    if (found.withdrawnAt !== null) return found;
    if (found.isTaken) throw new Refusal(PAYOUT_FILE_TAKEN);
    const at = new Date(house.clock.now());
    const payments = await insertFileWithdrawal(tx, id, { at, by, note: found.name, eventId: newId });
    house.log.info({ file: id, payments, by }, 'payout file withdrawn');
    return (await fileById(tx, id)) ?? found;
  });
  // What was frozen while it was in the file is held now, and not a round later.
  await followFreezes(house, null, FILE_MAX);
  return file;
}

/**
 * Somebody took the file to the bank: its payments are sent, as many as can be now, the rest by the round that follows.
 * Refuses as `downloadFile` does.
 */
export async function markFileSent(house: House, id: Uuid, by: Uuid): Promise<FileRow> {
  await house.db.transaction(async (tx) => {
    await requireForTheBank(tx, id, house.clock.now());
    await insertSending(tx, id, new Date(house.clock.now()), by);
  });
  await sendFiled(house, SENT_AT_ONCE);
  const file = await fileById(house.db, id);
  if (file === undefined) throw new Refusal(NOT_FOUND);
  return file;
}

/** So many are sent while whoever asked waits. */
const SENT_AT_ONCE = 200;
const TOGETHER = 32;

/** Marks payments of files that are at the bank as sent; how many. A payment that fails does not keep the others. */
export async function sendFiled(house: House, limit: number): Promise<number> {
  const waiting = await unsentOfFiles(house.db, limit);
  let sent = 0;
  for (let from = 0; from < waiting.length; from += TOGETHER) {
    const outcomes = await Promise.allSettled(
      waiting
        .slice(from, from + TOGETHER)
        .map(({ id, by }) => moveWithdrawal(house, id, { move: 'send', by })),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') sent += 1;
      else if (!(outcome.reason instanceof Refusal)) throw outcome.reason;
      else house.log.warn({ code: outcome.reason.code }, 'a payment of a file could not be booked as sent');
    }
  }
  return sent;
}
