import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { DAY_MS, systemClock } from '../server/src/core/clock.ts';
import { newId, type Uuid } from '../server/src/core/ids.ts';
import { type Database, openDatabase } from '../server/src/db/database.ts';
import { matureGifts } from '../server/src/gifts/mature.ts';
import { GIFT_ROWS, giftValues } from '../server/src/gifts/store.ts';
import type { House } from '../server/src/house.ts';
import {
  accountId,
  type Ledger,
  openLedger,
  transferEvent,
  userAccount,
  userAccounts,
} from '../server/src/ledger/index.ts';
import { dropDatabase, freshDatabase } from './ledger/server.ts';
import type { Row } from './row.ts';

const GIFTS = 1_000_000;
const GIFTS_QUICK = 50_000;
const GIFTS_PER_CREATOR = 100;
/** Gifts that people send meanwhile, a second. */
const SENT_PER_SECOND = 200;
const UNITS = 2_500n;
/** Transfers in one chain. */
const CHAIN_MAX = 256;

/**
 * Everything of a day falls due at once, for 10,000 creators with 100 gifts each, while people go on giving: how long until
 * all of it is available, and how long a gift takes meanwhile.
 */
export const maturityOfADay: Row = {
  name: 'maturity: a million gifts of 10,000 creators',
  unit: 's',
  bar: 60,
  better: 'lower',
  limits:
    'finding the due gifts, and a row for each gift with the transfer of its creator, in commits between other people’s.',
  runs: 1,
  async run({ quick }) {
    const gifts = quick ? GIFTS_QUICK : GIFTS;
    const db = await freshDatabase();
    const ledger = await openLedger({ db, clock: systemClock, keepsHouse: false });
    const creators = await fill(db, ledger, gifts);
    const house = { db, ledger, clock: systemClock, log: pino({ level: 'silent' }) } as unknown as House;
    const giving = await giveMeanwhile(ledger, creators);
    const before = await giving.over(quick ? 1_000 : 5_000);
    const began = performance.now();
    const run = await matureGifts(house);
    const seconds = (performance.now() - began) / 1_000;
    const meanwhile = await giving.end();
    if (run.gifts !== gifts) throw new Error(`${run.gifts} of ${gifts} matured`);
    await ledger.close();
    await dropDatabase(db);
    return {
      value: seconds,
      detail: `${gifts} gifts; ${SENT_PER_SECOND} gifts a second meanwhile: p50 ${meanwhile.p50.toFixed(1)} ms, p99 ${meanwhile.p99.toFixed(1)} ms, slowest ${meanwhile.max.toFixed(0)} ms (bar: p99 ≤ 100 ms; alone p99 ${before.p99.toFixed(1)} ms)`,
    };
  },
};

/** Gifts that are due, past the rules: rows, and the balances that they made. */
async function fill(db: Database, ledger: Ledger, gifts: number): Promise<Uuid[]> {
  const creators = Array.from({ length: gifts / GIFTS_PER_CREATOR }, () => newId());
  for (let from = 0; from < creators.length; from += CHAIN_MAX) {
    const some = creators.slice(from, from + CHAIN_MAX);
    await ledger.openAccounts(
      some.flatMap((id) => [
        userAccount(id, 'diamonds_pending', 'DIAMOND'),
        userAccount(id, 'diamonds_available', 'DIAMOND'),
      ]),
    );
    await ledger.post({
      transfers: some.map((id) =>
        transferEvent({
          id: newId(),
          from: accountId('platform', 'diamonds_issued', 'DIAMOND'),
          to: accountId(id, 'diamonds_pending', 'DIAMOND'),
          asset: 'DIAMOND',
          units: UNITS * BigInt(GIFTS_PER_CREATOR),
          code: 'opening',
        }),
      ),
    });
  }
  const owner = await openDatabase({ url: db.url, role: null, statementTimeoutMs: 0, poolSize: 1 });
  // In the order in which they were given, everybody's mixed, over the day that falls due.
  await owner.query(
    `insert into gifts (id, committed, sent_at, matures_at, stage_id, session_id, sender_id, creator_id, catalogue_id,
            quantity, coins, diamond_units, streak_id, streak_from, streak_to, policy_version, rate_version, request_hash)
     select gen_random_uuid(), n, at - interval '7 days', at, c.id, c.id, c.id, c.id, 'coffee', 1, 5, $3, null, 0, 1, 1, 1, n
       from generate_series(1, $1::bigint) as n
      cross join lateral (select now() - interval '1 day' + n * interval '23 hours' / $1 as at) as due
       join unnest($2::uuid[]) with ordinality as c (id, place) on c.place = 1 + (n * 7919) % cardinality($2::uuid[])
      order by n`,
    [gifts, creators, UNITS],
  );
  await owner.query(`update gift_maturity_mark set swept_to = now() - interval '2 days'`);
  // Gifts that were given a week ago have been vacuumed and counted since then.
  await owner.query('vacuum analyze gifts');
  await owner.query('analyze');
  await owner.close();
  return creators;
}

interface Waits {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** People who give through the same ledger at a steady pace, as the server posts it: two transfers and a row. */
async function giveMeanwhile(
  ledger: Ledger,
  creators: readonly Uuid[],
): Promise<{ over(ms: number): Promise<Waits>; end(): Promise<Waits> }> {
  const fan = newId();
  await ledger.openAccounts(userAccounts(fan));
  await ledger.post({
    transfers: [
      transferEvent({
        id: newId(),
        from: accountId('platform', 'coins_issued', 'COIN'),
        to: accountId(fan, 'coins', 'COIN'),
        asset: 'COIN',
        units: 1_000_000_000n,
        code: 'opening',
      }),
    ],
  });
  let waits: number[] = [];
  let failure: unknown;
  const open = new Set<Promise<void>>();
  const give = async (number: number) => {
    // From when it was to be sent: a loop that is held up shows.
    const due = began + (number * 1_000) / SENT_PER_SECOND;
    const creator = creators[(number * 31) % creators.length] as Uuid;
    const id = newId();
    const at = new Date();
    const posted = await ledger.post({
      transfers: [
        {
          ...transferEvent({
            id: newId(),
            from: accountId(fan, 'coins', 'COIN'),
            to: accountId('platform', 'coins_spent', 'COIN'),
            asset: 'COIN',
            units: 5n,
            code: 'gift',
          }),
        },
        transferEvent({
          id: newId(),
          from: accountId('platform', 'diamonds_issued', 'DIAMOND'),
          to: accountId(creator, 'diamonds_pending', 'DIAMOND'),
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
            stageId: creator,
            sessionId: creator,
            senderId: fan,
            creatorId: creator,
            homeStageId: null,
            homeSessionId: null,
            catalogueId: 'coffee',
            quantity: 1,
            coins: 5n,
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
    waits.push(performance.now() - due);
  };
  const began = performance.now();
  let number = 0;
  const timer = setInterval(() => {
    while (began + (number * 1_000) / SENT_PER_SECOND <= performance.now()) {
      const sent = give(number).catch((error: unknown) => {
        failure = error;
      });
      open.add(sent);
      void sent.then(() => open.delete(sent));
      number += 1;
    }
  }, 5);
  const told = (): Waits => {
    if (failure !== undefined) throw failure;
    const sorted = waits.toSorted((one, other) => one - other);
    waits = [];
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
  };
  return {
    async over(ms) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return told();
    },
    async end() {
      clearInterval(timer);
      await Promise.all(open);
      return told();
    },
  };
}
