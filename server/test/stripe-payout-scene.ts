import assert from 'node:assert/strict';
import { DAY_MS, SECOND_MS, type TestClock } from '../src/core/clock.ts';
import { parsePublicId, type Uuid } from '../src/core/ids.ts';
import { auditWithdrawals } from '../src/withdrawals/audit-withdrawals.ts';
import { handOver } from '../src/withdrawals/providers/hand-over.ts';
import { checkPayouts } from '../src/withdrawals/providers/settle-payout.ts';
import type { Person, TestHouse } from './test-house.ts';
import { until } from './until.ts';
import { confirm, creatorWith, withdraw } from './withdrawal-scene.ts';

/** What tests of payouts through Stripe begin with: a house with a clock that turns, and an operator. */

export const GOOD_BANK = '000123456789';
export const CLOSED_BANK = '000111111113';
export const MANY = 1_000_000;
export const UNITS = 2_000_000n;

export const wdId = (name: string) => parsePublicId('wd', name) as Uuid;

export function stripeScene(site: TestHouse, clock: TestClock, olu: Person) {
  const { house } = site;
  const { db } = house;

  let numbers = 1_000;
  /** A bank account of this kind that nobody else has. */
  const ownBank = (kind: string) => {
    numbers += 1;
    return `${kind}${numbers}`;
  };

  /** A creator whose Stripe account is set up, with a bank behind it, and has waited. */
  async function paidByStripe(handle: string, bank = ownBank(GOOD_BANK), units = 20_000_000n) {
    const person = await creatorWith(site, handle, units);
    const account = await linked(person);
    assert.equal(await setUp(person, account, 'finish', bank), 'ready');
    clock.advance(DAY_MS);
    return { person, account };
  }

  async function linked(person: Person): Promise<string> {
    await confirm(person);
    const body = { method: 'stripe', holder: 'Mira Solane', country: 'US' };
    const made = await person.post('/v1/me/payout-accounts', body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body.account.id;
  }

  /** Does something on the provider's page; how far the account is then. */
  async function setUp(
    person: Person,
    account: string,
    deed: string,
    bank = ownBank(GOOD_BANK),
  ): Promise<string> {
    await confirm(person);
    const page = await person.post(`/v1/me/payout-accounts/${account}/set-up`, {});
    assert.equal(page.status, 200, JSON.stringify(page.body));
    const done = await fetch(page.body.url, {
      method: 'POST',
      headers: { origin: site.origin },
      body: new URLSearchParams({ do: deed, bank }),
      redirect: 'manual',
    });
    assert.ok(done.status === 303 || done.status === 200, `${done.status}`);
    const looked = await person.post(`/v1/me/payout-accounts/${account}/look`, {});
    assert.equal(looked.status, 200, JSON.stringify(looked.body));
    return looked.body.account.setUp.state;
  }

  /** Asked for and released. Its public id. */
  async function released(
    { person, account }: { readonly person: Person; readonly account: string },
    units = UNITS,
  ): Promise<string> {
    const { id } = await withdraw(person, account, units);
    const answer = await olu.request('PUT', `/v1/console/withdrawals/${id}/released`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return id;
  }

  async function stateOf(id: string): Promise<string> {
    const [row] = await db.query<{ state: string }>(
      'select state from withdrawal_states where withdrawal_id = $1',
      [wdId(id)],
    );
    return row?.state ?? 'none';
  }

  /** What the rounds do, now. */
  async function work(): Promise<void> {
    await handOver(house);
    await checkPayouts(house);
  }

  /** Turns the clock a little each time, as the rounds and the sandbox go by it, until it stands there. */
  const becomes = (id: string, wanted: string, stepMs = 2 * SECOND_MS) =>
    until(
      `the withdrawal is ${wanted}`,
      async () => {
        clock.advance(stepMs);
        await work();
        return stateOf(id);
      },
      (state) => state === wanted,
    );

  async function attemptOf(id: string) {
    const [row] = await db.query<{
      id: Uuid;
      asked: boolean;
      taken: string | null;
      problem: string | null;
      tries: bigint;
    }>(
      `select a.id, s.asked_at is not null as asked, s.taken_ref as taken, s.problem,
              (select count(*) from payout_attempts a where a.withdrawal_id = s.withdrawal_id) as tries
         from payout_attempt_states s join payout_attempts a on a.id = s.attempt_id
        where s.withdrawal_id = $1 order by a.number desc limit 1`,
      [wdId(id)],
    );
    return row;
  }

  /** What Stripe's own books have of a withdrawal: transfers and what of them is left, payouts that arrived. */
  async function atStripe(id: string) {
    const [row] = await db.query<{ transfers: bigint; left: bigint; payouts: bigint }>(
      `select (select count(*) from sandbox.objects where kind = 'transfer' and body->'metadata'->>'withdrawal' = $1) as transfers,
              (select coalesce(sum((body->>'amount')::bigint - (body->>'amount_reversed')::bigint), 0)::bigint
                 from sandbox.objects where kind = 'transfer' and body->'metadata'->>'withdrawal' = $1) as left,
              (select count(*) from sandbox.objects where kind = 'payout' and body->'metadata'->>'withdrawal' = $1
                  and body->>'status' = 'paid') as payouts`,
      [id],
    );
    return row;
  }

  const audited = async () => assert.deepEqual(await auditWithdrawals(db), []);

  return {
    ownBank,
    paidByStripe,
    linked,
    setUp,
    released,
    stateOf,
    work,
    becomes,
    attemptOf,
    atStripe,
    audited,
  };
}
