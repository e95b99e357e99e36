import { createHash } from 'node:crypto';
import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { dayAt } from './business-days.ts';
import {
  contentOf,
  type FileRow,
  fileById,
  insertDownload,
  insertEntries,
  insertFile,
  insertSending,
  nextNumber,
  releasedPayments,
  unsentOfFiles,
} from './files-store.ts';
import { FREEZING_GATES } from './frozen.ts';
import { type FileMethod, makeFile, payDay } from './methods/payout-file.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { NO_PAYMENTS_TO_SEND, PAYOUT_SENDER_MISSING } from './refusals.ts';

/** Payments in one file: what banks take, and what one commit moves without anybody waiting for it. */
const FILE_MAX = 10_000;
const TRIES_MAX = 5;

/**
 * Makes the file of everything that is released for a method, and keeps it: asked for again it is the same bytes. Each
 * withdrawal is in one file ever; whoever cancels meanwhile is not in it.
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
      if (!(await insertEntries(tx, id, entries, { at: madeAt, by, note: name }))) throw new MovedOn();
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

/** The file's bytes, as they were made; who took it is written down. Refuses with `not_found`. */
export async function downloadFile(
  house: House,
  id: Uuid,
  by: Uuid,
): Promise<{ readonly file: FileRow; readonly content: Buffer }> {
  const [file, content] = await Promise.all([fileById(house.db, id), contentOf(house.db, id)]);
  if (file === undefined || content === undefined) throw new Refusal(NOT_FOUND);
  await insertDownload(house.db, newId(), id, new Date(house.clock.now()), by);
  house.log.info({ file: id, sha256: file.sha256.toString('hex'), by }, 'payout file downloaded');
  return { file, content };
}

/**
 * Somebody took the file to the bank: its payments are sent, as many as can be now, the rest by the round that follows.
 * Refuses with `not_found`.
 */
export async function markFileSent(house: House, id: Uuid, by: Uuid): Promise<FileRow> {
  const file = await fileById(house.db, id);
  if (file === undefined) throw new Refusal(NOT_FOUND);
  await insertSending(house.db, id, new Date(house.clock.now()), by);
  await sendFiled(house, SENT_AT_ONCE);
  return (await fileById(house.db, id)) ?? file;
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
