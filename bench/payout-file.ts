import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { systemClock } from '../server/src/core/clock.ts';
import { newId, type Uuid } from '../server/src/core/ids.ts';
import type { Database } from '../server/src/db/database.ts';
import type { House } from '../server/src/house.ts';
import { makePayoutFile } from '../server/src/withdrawals/make-file.ts';
import { dropDatabase, freshDatabase } from './ledger/server.ts';
import type { Row } from './row.ts';

const PAYMENTS = 10_000;

/** From released withdrawals to a kept file: read, written, hashed, stored, each withdrawal moved on, in one commit. */
export const sepaFileOfThousands: Row = {
  name: 'payouts: a SEPA file of 10,000 payments',
  unit: 's',
  bar: 5,
  better: 'lower',
  limits: 'moving 10,000 rows on, each with its step and its place in the file.',
  async run() {
    const db = await freshDatabase();
    const operator = await fill(db);
    const house = {
      db,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      config: {
        payouts: {
          sepa: { name: 'Bench', iban: 'DE89370400440532013000', bic: null, address: null },
          ach: null,
        },
      },
    } as unknown as House;
    const began = performance.now();
    const file = await makePayoutFile(house, 'sepa', operator);
    const seconds = (performance.now() - began) / 1_000;
    await dropDatabase(db);
    return { value: seconds, detail: `${file.payments} payments, the statement that moves them included` };
  },
};

/** Released withdrawals of a thousand creators, past the ledger: what is measured is the file. */
async function fill(db: Database): Promise<Uuid> {
  const operator = newId();
  await db.query(
    `insert into users (id, email, handle, handle_skeleton, display_name, avatar, created_at)
     select case n when 0 then $1::uuid else gen_random_uuid() end, n || '@bench.example', 'bench' || n, 'bench' || n,
            'Łucja Groß ' || n, 'fox', now() from generate_series(0, 1000) as n`,
    [operator],
  );
  await db.query(
    `insert into payout_accounts (id, user_id, method, country, currency, holder, masked, details, made_at, usable_from)
     select gen_random_uuid(), id, 'sepa', 'NL', 'EUR', display_name, '··4300',
            '{"method":"sepa","iban":"NL91ABNA0417164300","bic":null}', now(), now() from users where id <> $1`,
    [operator],
  );
  await db.query(
    `insert into withdrawal_quotes (id, user_id, account_id, diamond_units, rate_version, rate_cents, rate_units,
       policy_version, gross_cents, fee_cents, tax_cents, net_cents, currency, fiat_version, fiat_numerator,
       fiat_denominator, payout_minor, quoted_at, expires_at, arrives_by)
     select gen_random_uuid(), user_id, id, 2000000, 1, 1350, 1000000, 1, 2700, 50, 0, 2650, 'EUR', 1, 9, 10, 2385, now(),
            now() + interval '1 hour', now()::date from payout_accounts, generate_series(1, $1::int)`,
    [PAYMENTS / 1_000],
  );
  await db.query(
    `insert into withdrawals (id, committed, user_id, quote_id, account_id, method, reference, diamond_units, fee_cents,
       tax_cents, net_cents, currency, payout_minor, request_hash, requested_at)
     select gen_random_uuid(), row_number() over (), user_id, id, account_id, 'sepa',
            'CAR-' || lpad((row_number() over ())::text, 10, '0'), diamond_units, fee_cents, tax_cents, net_cents, currency,
            payout_minor, 1, now() from withdrawal_quotes`,
  );
  await db.query(
    `insert into withdrawal_states (withdrawal_id, state, since) select id, 'released', now() from withdrawals`,
  );
  return operator;
}
