import { testClock } from '../../server/src/core/clock.ts';
import { newId, type Uuid } from '../../server/src/core/ids.ts';
import type { Database } from '../../server/src/db/database.ts';
import { openDatabase } from '../../server/src/db/database.ts';
import { ASSET_LEDGERS, accountId, TransferCodes, userAccount } from '../../server/src/ledger/chart.ts';
import { Connection } from '../../server/src/ledger/connection.ts';
import { indexHistory } from '../../server/src/ledger/history.ts';
import { openLedger } from '../../server/src/ledger/post.ts';
import { RowBuffer } from '../../server/src/ledger/row-buffer.ts';
import { whenBenchEnds } from '../row.ts';
import { freshDatabase } from './server.ts';

/** A ledger with many transfers in it. */
export interface Filled {
  readonly db: Database;
  readonly transfers: number;
  /** Transfers that are not in the index yet. */
  readonly tail: number;
  readonly accounts: { readonly fan: Uuid; readonly creator: Uuid; readonly house: Uuid };
  readonly firstTimestamp: bigint;
  readonly lastTimestamp: bigint;
}

let filled: Promise<Filled> | undefined;

/**
 * Gifts of 20,000 fans to 500 creators, one of whom gets a third of them, stored as the ledger stores them and
 * indexed by its own indexer. The rows are copied in, past the rules: what is measured is reading them.
 */
export function fillLedger(transfers: number): Promise<Filled> {
  filled ??= fill(transfers);
  return filled;
}

const FANS = 20_000;
const CREATORS = 500;
const GIFTS_PER_COPY = 4_096;
/** One gift a millisecond. */
const STEP_NS = 1_000_000n;
const COPY =
  'copy ledger_transfers (timestamp, amount, ledger, code, flags, id, debit_account_id, credit_account_id, user_data_128)' +
  ' from stdin (format binary)';

async function fill(transfers: number): Promise<Filled> {
  const db = await freshDatabase();
  whenBenchEnds(() => db.close());
  const gifts = Math.ceil(transfers / 2);
  const lastTimestamp = BigInt(Date.now()) * 1_000_000n;
  const firstTimestamp = lastTimestamp - BigInt(gifts) * STEP_NS;
  const clock = testClock(Number(firstTimestamp / 1_000_000n) - 1_000);
  const ledger = await openLedger({ db, clock, keepsHouse: false });
  const coins = Array.from({ length: FANS }, () => accountId(newId(), 'coins', 'COIN'));
  const diamonds = Array.from({ length: CREATORS }, () => accountId(newId(), 'diamonds_pending', 'DIAMOND'));
  for (let from = 0; from < FANS; from += 4_000) {
    await ledger.openAccounts(
      coins.slice(from, from + 4_000).map((id) => ({ ...userAccount(newId(), 'coins', 'COIN'), id })),
    );
  }
  await ledger.openAccounts(
    diamonds.map((id) => ({ ...userAccount(newId(), 'diamonds_pending', 'DIAMOND'), id })),
  );
  await ledger.close();

  await copyGifts(db.url, { gifts, firstTimestamp, coins, diamonds });
  await settle(db.url, gifts);
  const tail = await index(db);
  const [fan = '', creator = ''] = [coins[7], diamonds[0]];
  const house = accountId('platform', 'coins_spent', 'COIN');
  return { db, transfers: gifts * 2, tail, accounts: { fan, creator, house }, firstTimestamp, lastTimestamp };
}

async function copyGifts(
  url: string,
  plan: { gifts: number; firstTimestamp: bigint; coins: readonly Uuid[]; diamonds: readonly Uuid[] },
): Promise<void> {
  const connection = await Connection.open(url, 600_000, {}, () => {});
  const spent = accountId('platform', 'coins_spent', 'COIN');
  const issued = accountId('platform', 'diamonds_issued', 'DIAMOND');
  const rows = new RowBuffer(1 << 20);
  for (let done = 0; done < plan.gifts; ) {
    rows.clear();
    const end = Math.min(plan.gifts, done + GIFTS_PER_COPY);
    for (; done < end; done += 1) {
      const gift = newId();
      const at = plan.firstTimestamp + BigInt(done) * STEP_NS;
      // A third goes to the first creator; fans and creators come in no order.
      const creator = done % 3 === 0 ? 0 : (done * 7_919) % CREATORS;
      const fan = plan.coins[(done * 104_729) % FANS] as Uuid;
      writeTransfer(rows, at, 5n, ASSET_LEDGERS.COIN, TransferCodes.gift, 1, fan, spent, gift);
      const earner = plan.diamonds[creator] as Uuid;
      const { DIAMOND } = ASSET_LEDGERS;
      writeTransfer(rows, at + 1n, 2_500n, DIAMOND, TransferCodes.gift_earned, 0, issued, earner, gift);
    }
    const count = rows.rows;
    await connection.run([
      { kind: 'copy', text: COPY, messages: rows.messages() },
      {
        kind: 'once',
        text: `select ledger_advance(attempt, attempt + 1, $1::bigint, $2::bigint) from ledger_head`,
        values: [String(plan.firstTimestamp + BigInt(done) * STEP_NS - 1n), String(count)],
      },
    ]);
  }
  await connection.close();
}

function writeTransfer(
  rows: RowBuffer,
  timestamp: bigint,
  amount: bigint,
  ledger: number,
  code: number,
  flags: number,
  debit: Uuid,
  credit: Uuid,
  reference: Uuid,
): void {
  rows.row(9);
  rows.int8(timestamp);
  rows.int8(amount);
  rows.int4(ledger);
  rows.int4(code);
  rows.int4(flags);
  rows.uuid(newId());
  rows.uuid(debit);
  rows.uuid(credit);
  rows.uuid(reference);
}

/** Balances of the accounts as their transfers make them. */
async function settle(url: string, gifts: number): Promise<void> {
  const owner = await openDatabase({ url, role: null, statementTimeoutMs: 0, poolSize: 1 });
  await owner.query(
    `update ledger_accounts a set credits_posted = greatest(credits, case when flags & 2 <> 0 then debits else 0 end),
            debits_posted = debits
       from (select account_id, coalesce(sum(amount) filter (where side < 0), 0)::bigint as debits,
                    coalesce(sum(amount) filter (where side > 0), 0)::bigint as credits
               from (select debit_account_id as account_id, amount, -1 as side from ledger_transfers
                     union all
                     select credit_account_id, amount, 1 from ledger_transfers) as entry
              group by account_id) as total
      where a.id = total.account_id and $1::bigint > 0`,
    [gifts],
  );
  await owner.query('analyze');
  await owner.close();
}

/** Lets the indexer catch up; returns how many transfers it leaves to the tail. */
async function index(db: Database): Promise<number> {
  const patient = await openDatabase({ url: db.url, statementTimeoutMs: 0, poolSize: 1 });
  while (await indexHistory(patient)) {
    // On with the next stretches.
  }
  const [row] = await patient.query<{ tail: bigint }>(
    `select h.transfers - coalesce((select max(m.transfers) from ledger_marks m
                                     where m.until_timestamp <= i.until_timestamp), 0) as tail
       from ledger_head h, ledger_history_head i`,
  );
  await patient.close();
  return Number(row?.tail ?? 0n);
}
