import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { DAY_MS, systemClock } from '../server/src/core/clock.ts';
import { newId, type Uuid } from '../server/src/core/ids.ts';
import { type Database, openDatabase } from '../server/src/db/database.ts';
import { coinTransferId, diamondTransferId } from '../server/src/gifts/gift-ids.ts';
import { GIFT_ROWS, giftValues } from '../server/src/gifts/store.ts';
import { indexHistory } from '../server/src/ledger/history.ts';
import {
  accountId,
  type Ledger,
  lastCommitted,
  openLedger,
  transferEvent,
  userAccounts,
} from '../server/src/ledger/index.ts';
import { pdfFile } from '../server/src/papers/pdf-file.ts';
import { monthAt } from '../server/src/papers/rules.ts';
import {
  LineReader,
  openLines,
  openStatement,
  type StatementHead,
  type StatementPlace,
  statementLines,
} from '../server/src/papers/statement.ts';
import { csvFile, jsonFile, summing, totalsStream } from '../server/src/papers/statement-files.ts';
import { headJson, lineJson } from '../server/src/papers/statement-json.ts';
import { frontOf, paperTotals, rowOf } from '../server/src/papers/statement-pdf.ts';
import { currentPolicy } from '../server/src/policy/index.ts';
import { currentRate } from '../server/src/rates/index.ts';
import { dropDatabase, freshDatabase } from './ledger/server.ts';
import { type Measured, type Row, whenBenchEnds } from './row.ts';

const LINES = 100_000;
const LINES_QUICK = 10_000;
const FANS = 400;
/** Gifts under way at once. */
const GIFTS_AT_ONCE = 400;
const COINS = 5n;
const UNITS = 2_500n;
const PERSON = { handle: 'bench', displayName: 'Bench Creator' };

/** A creator who got very many gifts of many fans in one month. */
interface Month {
  readonly db: Database;
  readonly userId: Uuid;
  readonly lines: number;
  /** The last of them. */
  readonly upto: bigint;
  /** Where the line in the middle is, as a cursor has it. */
  readonly middle: StatementPlace;
}

/** What the page asks for first: what the month comes to, and a page of lines in its middle. */
export const statementPage: Row = row({
  name: 'statement of 100,000 lines: the page',
  bar: 2,
  limits: 'the month is added up in SQL, 8,192 entries at once.',
  async *make(month) {
    const head = await open(month);
    yield JSON.stringify(headJson(head, PERSON));
  },
});

/** What the page asks for when somebody reads on. */
export const statementNextPage: Row = row({
  name: 'statement of 100,000 lines: the next page, in the middle',
  bar: 0.5,
  async *make(month) {
    const { db, userId, upto, middle } = month;
    const asked = { of: 'creator', userId, month: monthAt(new Date()) } as const;
    const lines = new LineReader(db, await openLines(db, asked, upto, middle), middle);
    yield JSON.stringify((await lines.read(51)).map(lineJson));
  },
});

/** What the page adds up beside it, telling how far it is. */
export const statementTotals: Row = row({
  name: 'statement of 100,000 lines: the sums, with progress',
  bar: 60,
  limits: 'what each fan had paid for each gift: four questions for 250 lines.',
  async *make(month) {
    const head = await open(month);
    yield* totalsStream(head.lines, statementLines(month.db, head));
  },
});

export const statementCsv: Row = row({
  name: 'statement of 100,000 lines: CSV',
  bar: 60,
  async *make(month) {
    const head = await open(month);
    yield* csvFile(head, statementLines(month.db, head));
  },
});

export const statementJson: Row = row({
  name: 'statement of 100,000 lines: JSON',
  bar: 60,
  async *make(month) {
    const head = await open(month);
    yield* jsonFile(headJson(head, PERSON), statementLines(month.db, head));
  },
});

export const statementPdf: Row = row({
  name: 'statement of 100,000 lines: PDF',
  bar: 90,
  limits: 'setting text, in a thread of its own.',
  async *make(month) {
    const head = await open(month);
    const summed = summing(statementLines(month.db, head));
    const rows = (async function* () {
      for await (const chunk of summed.chunks) yield chunk.map(rowOf);
    })();
    const front = frontOf(head, headJson(head, PERSON), PERSON);
    yield* await pdfFile(front, Date.now(), rows, () => paperTotals(head, summed.totals()));
  },
});

/** A paper that is made once, with what it takes besides time. */
function row(of: {
  readonly name: string;
  readonly bar: number;
  readonly limits?: string;
  make(month: Month): AsyncIterable<string | Uint8Array>;
}): Row {
  const { name, bar, limits } = of;
  return {
    name,
    unit: 's',
    bar,
    better: 'lower',
    ...(limits === undefined ? {} : { limits }),
    runs: 1,
    async run({ quick }) {
      const month = await monthOf(quick ? LINES_QUICK : LINES);
      return measured(of.make(month), month.lines);
    },
  };
}

async function measured(parts: AsyncIterable<string | Uint8Array>, lines: number): Promise<Measured> {
  const before = process.memoryUsage.rss();
  let [most, bytes, firstMs] = [before, 0, 0];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  for await (const part of parts) {
    if (part.length > 0 && firstMs === 0) firstMs = performance.now() - began;
    bytes += part.length;
    most = Math.max(most, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - began) / 1_000;
  delay.disable();
  return {
    value: seconds,
    detail: [
      `${lines} lines`,
      `${(bytes / 1e6).toFixed(1)} MB`,
      `first byte after ${firstMs.toFixed(0)} ms`,
      `at most ${((most - before) / 2 ** 20).toFixed(0)} MB of memory more`,
      `longest stop of the event loop ${(delay.max / 1e6).toFixed(0)} ms`,
    ].join('; '),
  };
}

function open({ db, userId }: Month): Promise<StatementHead> {
  const nowMs = Date.now();
  return openStatement(db, { of: 'creator', userId, month: monthAt(new Date(nowMs)), nowMs });
}

const months = new Map<number, Promise<Month>>();

/** Filled once for all rows. */
function monthOf(lines: number): Promise<Month> {
  const known = months.get(lines);
  if (known !== undefined) return known;
  const filled = fill(lines);
  months.set(lines, filled);
  return filled;
}

async function fill(lines: number): Promise<Month> {
  const db = await freshDatabase();
  whenBenchEnds(() => dropDatabase(db));
  await currentPolicy(db, Date.now());
  await currentRate(db, Date.now());
  const ledger = await openLedger({ db, clock: systemClock, keepsHouse: false });
  const userId = newId();
  const fans = Array.from({ length: FANS }, () => newId());
  const owner = await openDatabase({ url: db.url, role: null, statementTimeoutMs: 0, poolSize: 1 });
  await owner.query(
    `insert into users (id, email, handle, handle_skeleton, display_name, avatar, created_at)
     select id, place || '@bench.example', 'bench' || place, 'bench' || place, 'Fan ' || place, 'fox', now() - interval '90 days'
       from unnest($1::uuid[]) with ordinality as u (id, place)`,
    [[userId, ...fans]],
  );
  for (const id of [userId, ...fans]) await ledger.openAccounts(userAccounts(id));
  const coins = BigInt(Math.ceil(lines / FANS)) * COINS;
  // Everybody buys twice: gifts lie over both.
  for (const fan of fans)
    for (const part of [coins / 2n, coins - coins / 2n]) await buy(owner, ledger, fan, part);
  for (let given = 0; given < lines; given += GIFTS_AT_ONCE) {
    const some = Array.from({ length: Math.min(GIFTS_AT_ONCE, lines - given) }, (_, index) => given + index);
    await Promise.all(some.map((number) => give(ledger, userId, fans[number % FANS] as Uuid)));
  }
  while (await indexHistory(db));
  await owner.query('analyze');
  await owner.close();
  await ledger.close();
  const [middle] = await db.query<{ at: bigint }>(
    'select timestamp as at from ledger_transfers where credit_account_id = $1 order by timestamp offset $2 limit 1',
    [accountId(userId, 'diamonds_pending', 'DIAMOND'), lines >> 1],
  );
  if (middle === undefined) throw new Error('the month was not filled');
  const place = { timestamp: middle.at, account: 'diamonds_pending', number: lines >> 1 } as const;
  return { db, userId, lines, upto: await lastCommitted(db), middle: place };
}

async function buy(owner: Database, ledger: Ledger, fan: Uuid, units: bigint): Promise<void> {
  const [orderId, creditId, cents] = [newId(), newId(), (units * 135n) / 100n];
  await ledger.post({
    transfers: [
      transferEvent({
        id: creditId,
        from: accountId('platform', 'coins_issued', 'COIN'),
        to: accountId(fan, 'coins', 'COIN'),
        asset: 'COIN',
        units,
        code: 'coins_issued',
        reference: orderId,
      }),
    ],
  });
  await owner.query(
    `insert into purchase_orders (id, user_id, idempotency_key, request_hash, asset, units, price_cents,
       per_unit_numerator, per_unit_denominator, policy_version, method, provider, mode, return_url, created_at, expires_at)
     values ($1::uuid, $2, $1::uuid::text, '', 'COIN', $3, $4, 135, 100, 1, 'card', 'bench', 'sandbox', '/', now(), now() + interval '1 hour')`,
    [orderId, fan, units, cents],
  );
  await owner.query(
    `insert into purchase_payments (order_id, provider, provider_ref, asset, units, price_cents, fee_cents, paid_at,
       credit_transfer_id, posted_at)
     select $1::uuid, 'bench', $1::uuid::text, 'COIN', $2::bigint, $3::bigint, $3::bigint / 20, now(), $4::uuid, timestamp - 1 from ledger_transfers where id = $4::uuid`,
    [orderId, units, cents, creditId],
  );
}

async function give(ledger: Ledger, creatorId: Uuid, fan: Uuid): Promise<void> {
  const at = new Date();
  const id = `${newId().slice(0, -1)}0`;
  const posted = await ledger.post({
    transfers: [
      transferEvent({
        id: coinTransferId(id),
        from: accountId(fan, 'coins', 'COIN'),
        to: accountId('platform', 'coins_spent', 'COIN'),
        asset: 'COIN',
        units: COINS,
        code: 'gift',
      }),
      transferEvent({
        id: diamondTransferId(id),
        from: accountId('platform', 'diamonds_issued', 'DIAMOND'),
        to: accountId(creatorId, 'diamonds_pending', 'DIAMOND'),
        asset: 'DIAMOND',
        units: UNITS,
        code: 'gift_earned',
      }),
    ],
    rows: [
      {
        table: GIFT_ROWS,
        values: giftValues({
          id,
          committed: 0n,
          sentAt: at,
          maturesAt: new Date(at.getTime() + 7 * DAY_MS),
          stageId: creatorId,
          sessionId: creatorId,
          senderId: fan,
          creatorId,
          homeStageId: null,
          homeSessionId: null,
          catalogueId: 'coffee',
          quantity: 1,
          coins: COINS,
          diamondUnits: UNITS,
          streakId: null,
          streakFrom: 0,
          streakTo: 1,
          policyVersion: 1,
          rateVersion: 1,
          requestHash: 1n,
          tierId: null,
        }),
      },
    ],
  });
  if (posted.kind !== 'posted') throw new Error(`a gift was ${posted.kind}`);
}
