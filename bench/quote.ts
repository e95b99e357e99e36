import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { buildApp } from '../server/src/app.ts';
import { loadConfig } from '../server/src/config.ts';
import { DAY_MS } from '../server/src/core/clock.ts';
import { newId, parsePublicId, publicId, type Uuid } from '../server/src/core/ids.ts';
import { diamondTransferId } from '../server/src/gifts/gift-ids.ts';
import type { House } from '../server/src/house.ts';
import { authenticate } from '../server/src/identity/index.ts';
import { accountId, transferEvent, userAccounts } from '../server/src/ledger/index.ts';
import { furnish } from '../server/src/open-house.ts';
import { slices } from '../server/src/slices.ts';
import { dropDatabase, freshDatabase } from './ledger/server.ts';
import { type Row, whenBenchEnds } from './row.ts';

/** Few enough for one address to sign up within the hour. */
const CREATORS = 40;
const GIFTS_EACH = 1_000;
/** In one posting. */
const GIFTS_AT_ONCE = 100;
/** Withdrawals of the year before, and the quotes that they came from. */
const PAST_EACH = 50;
/** Of each creator in one run; five runs stay below what a person may ask for in an hour. */
const QUOTES_EACH = 40;
const QUOTES_EACH_QUICK = 10;
const WARM_UP_EACH = 5;
const AT_ONCE = 4;
const UNITS = 2_500_000n;

/** Over HTTP on a socket that is kept, with the session, the gate, the account, what was asked before, and the quote’s row. */
export const withdrawalQuote: Row = {
  name: 'a withdrawal quote over HTTP, p99',
  unit: 'ms',
  bar: 50,
  better: 'lower',
  limits: 'the questions of the gate and one commit, four at once on the core that also asks.',
  async run({ quick }) {
    const here = await site();
    const took = (await quotes(here, quick ? QUOTES_EACH_QUICK : QUOTES_EACH)).sort((a, b) => a - b);
    const at = (share: number) => took[Math.floor((took.length - 1) * share)] ?? 0;
    return {
      value: at(0.99),
      detail: `${took.length} quotes of ${CREATORS} creators, each with ${GIFTS_EACH} gifts and ${PAST_EACH} withdrawals, ${AT_ONCE} at once; p50 ${at(0.5).toFixed(1)} ms, longest ${at(1).toFixed(1)} ms`,
    };
  },
};

/** Asks for so many quotes of each creator, in turn; how long each took, in milliseconds. */
async function quotes({ origin, creators }: Site, each: number): Promise<number[]> {
  const waiting = Array.from({ length: each }, () => creators)
    .flat()
    .values();
  const took: number[] = [];
  const ask = async () => {
    for (const { cookie, account } of waiting) {
      const began = performance.now();
      const answer = await fetch(`${origin}/v1/me/withdrawals/quotes`, {
        method: 'POST',
        headers: { origin, cookie, 'content-type': 'application/json' },
        body: JSON.stringify({ diamondUnits: UNITS.toString(), accountId: account }),
      });
      const text = await answer.text();
      took.push(performance.now() - began);
      assert.equal(answer.status, 201, text);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return took;
}

interface Site {
  readonly origin: string;
  readonly creators: readonly { readonly cookie: string; readonly account: string }[];
}

let opened: Promise<Site> | undefined;

/** Opened once for all runs. */
function site(): Promise<Site> {
  opened ??= open();
  return opened;
}

async function open(): Promise<Site> {
  const db = await freshDatabase();
  const { secrets: _, ...config } = loadConfig({
    DATABASE_URL: db.url,
    PUBLIC_ORIGIN: 'http://127.0.0.1',
    CARAT_SECRET: 'a secret of the bench, which nobody else uses',
    CARAT_WEBHOOK_SECRET: 'another secret of the bench, just as long',
    CARAT_SEED: 'none',
  });
  const { house, close } = await furnish(db.url, {
    config: {
      ...config,
      secrets: loadSecrets(),
      publicOrigin: undefined,
      webRoot: undefined,
      // Signing up is not what is measured.
      passwordCost: { N: 2 ** 10, r: 8, p: 1 },
    },
    log: pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true })),
  });
  const running = await buildApp(house, slices, authenticate(house));
  await running.start();
  await running.app.listen({ host: '127.0.0.1', port: 0 });
  whenBenchEnds(async () => {
    await running.stop();
    await close();
    await dropDatabase(db);
  });
  const origin = `http://127.0.0.1:${(running.app.server.address() as AddressInfo).port}`;
  const creators: { cookie: string; account: string }[] = [];
  for (let place = 0; place < CREATORS; place += 1) creators.push(await creator(house, origin, place));
  const made = { origin, creators };
  // The first requests of a process teach the machine: they are not what people wait for.
  await quotes(made, WARM_UP_EACH);
  return made;
}

function loadSecrets() {
  return { session: 'a secret of the sessions of the bench', webhook: 'a secret of its webhooks, as long' };
}

/** Somebody who was given to, has an account that may be paid to, and has withdrawn for a year. */
async function creator(house: House, origin: string, place: number) {
  const answer = await fetch(`${origin}/v1/sign-up`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({
      email: `quote${place}@bench.example`,
      password: 'a long enough pass phrase',
      displayName: `Creator ${place}`,
      handle: `quote_${place}`,
      dateOfBirth: '1990-01-01',
    }),
  });
  const signedUp = (await answer.json()) as { readonly me: { readonly id: string } };
  assert.equal(answer.status, 201, JSON.stringify(signedUp));
  const became = await fetch(`${origin}/v1/me/creator`, {
    method: 'POST',
    headers: { origin, cookie: cookieOf(answer), 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(became.status, 200, await became.text());
  const userId = parsePublicId('user', signedUp.me.id);
  assert.ok(userId !== null);
  await give(house, userId);
  // Becoming a creator begins another session.
  return { cookie: cookieOf(became), account: await paidForAYear(house, userId) };
}

function cookieOf(answer: Response): string {
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** The Diamonds of a thousand gifts, available: what the quote reads is their sum. */
async function give({ ledger }: House, userId: Uuid): Promise<void> {
  await ledger.openAccounts(userAccounts(userId));
  const issued = accountId('platform', 'diamonds_issued', 'DIAMOND');
  const available = accountId(userId, 'diamonds_available', 'DIAMOND');
  const posted = await Promise.all(
    Array.from({ length: GIFTS_EACH / GIFTS_AT_ONCE }, () =>
      ledger.post({
        transfers: Array.from({ length: GIFTS_AT_ONCE }, () =>
          transferEvent({
            id: diamondTransferId(newId()),
            from: issued,
            to: available,
            asset: 'DIAMOND',
            units: 50_000n,
            code: 'opening',
          }),
        ),
      }),
    ),
  );
  assert.ok(posted.every(({ kind }) => kind === 'posted'));
}

/** An account by hand, and withdrawals to it that were all paid: one a week. The account’s public id. */
async function paidForAYear({ db, clock }: House, userId: Uuid): Promise<string> {
  const id = newId();
  const now = clock.now();
  await db.query(
    `insert into payout_accounts (id, user_id, method, country, currency, holder, masked, details, made_at, usable_from)
     values ($1, $2, 'manual', 'BR', 'USD', 'Somebody', 'by hand', '{"method":"manual","instructions":"A box."}', $3, $3)`,
    [id, userId, new Date(now - 400 * DAY_MS)],
  );
  await db.query(
    `insert into withdrawal_quotes (id, user_id, account_id, diamond_units, rate_version, rate_cents, rate_units,
       policy_version, gross_cents, fee_cents, tax_cents, net_cents, currency, payout_minor, quoted_at, expires_at,
       arrives_by)
     select gen_random_uuid(), $1, $2, 2000000, 1, 1350, 1000000, 1, 2700, 50, 0, 2650, 'USD', 2650,
            $3::timestamptz - n * interval '7 days', $3::timestamptz - n * interval '7 days' + interval '1 hour',
            ($3::timestamptz - n * interval '7 days')::date from generate_series(2, $4::int + 1) as n`,
    [userId, id, new Date(now), PAST_EACH],
  );
  await db.query(
    `insert into withdrawals (id, committed, user_id, quote_id, account_id, method, reference, diamond_units, fee_cents,
       tax_cents, net_cents, currency, payout_minor, request_hash, requested_at)
     select gen_random_uuid(), (extract(epoch from quoted_at) * 1000000000)::bigint + ('x' || substr(md5(id::text), 1, 6))::bit(24)::int,
            user_id, id, account_id, 'manual', 'CAR-' || upper(substr(md5(id::text), 1, 10)), diamond_units, fee_cents,
            tax_cents, net_cents, currency, payout_minor, 1, quoted_at from withdrawal_quotes where user_id = $1`,
    [userId],
  );
  await db.query(
    `insert into withdrawal_states (withdrawal_id, state, since)
     select id, 'paid', requested_at from withdrawals where user_id = $1`,
    [userId],
  );
  return publicId('payacct', id);
}
