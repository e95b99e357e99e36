import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../src/core/ids.ts';
import { Refusal } from '../../src/core/refusal.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { type Ledger, openLedger } from '../../src/ledger/post.ts';
import { giftChain, personOf } from './ledger-town.ts';

/**
 * A server process that sends gifts from many fans to one creator, without a pause. It prints `ok <gift>` for
 * each gift that was acknowledged, after it was, and `no <gift> <code>` for each that was not; a gift whose outcome
 * is unknown or that met a busy ledger is sent again under its id, as a client would. Ends when its input does.
 *
 * node ledger-load-process.ts <database> <how many at once> <creator> <fan> <fan> …
 */
const AGAIN_MS = 50;
const [url = '', senders = '1', creatorId = '', ...fanIds] = process.argv.slice(2);
const { db, ledger } = await open();
const creator = personOf(creatorId);
const fans = fanIds.map(personOf);
let isOver = false;
createInterface({ input: process.stdin }).once('close', () => {
  isOver = true;
});
process.stdout.write('ready\n');

await Promise.all(
  Array.from({ length: Number(senders) }, async (_, sender) => {
    for (let sent = 0; !isOver; sent += 1) {
      const fan = fans[(sender + sent) % fans.length];
      if (fan !== undefined) await send(newId(), fan);
    }
  }),
);
await ledger.close();
await db.close();

/** Opens the ledger; again while the database is away, as whoever looks after a server starts it again. */
async function open(): Promise<{ readonly db: Database; readonly ledger: Ledger }> {
  for (;;) {
    let db: Database | undefined;
    try {
      db = await openDatabase({ url });
      return { db, ledger: await openLedger({ db, mustBeDurable: false }) };
    } catch {
      await db?.close();
      await pause(AGAIN_MS);
    }
  }
}

async function send(giftId: string, fan: ReturnType<typeof personOf>): Promise<void> {
  for (;;) {
    try {
      const posted = await ledger.post({ transfers: giftChain(giftId, fan, creator, 1n) });
      process.stdout.write(posted.kind === 'refused' ? `no ${giftId} ${posted.result}\n` : `ok ${giftId}\n`);
      return;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      process.stdout.write(`again ${giftId} ${error.code}\n`);
      if (isOver) return;
    }
  }
}
