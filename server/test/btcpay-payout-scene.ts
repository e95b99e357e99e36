import assert from 'node:assert/strict';
import { DAY_MS, SECOND_MS, type TestClock } from '../src/core/clock.ts';
import { parsePublicId, type Uuid } from '../src/core/ids.ts';
import { accountId } from '../src/ledger/index.ts';
import { auditWithdrawals } from '../src/withdrawals/audit-withdrawals.ts';
import { handOver } from '../src/withdrawals/providers/hand-over.ts';
import { checkPayouts } from '../src/withdrawals/providers/settle-payout.ts';
import { testAddress } from './test-address.ts';
import type { Person, TestHouse } from './test-house.ts';
import { until } from './until.ts';
import { addAccount, creatorWith, withdraw } from './withdrawal-scene.ts';

/** What tests of payouts in bitcoin begin with: a house with a clock that turns, and an operator. */

export const UNITS = 2_000_000n;
/** $26.00 = $27.00 less the fee of $1.00, at $64,000 for one. */
export const SATOSHI = 40_625n;

export const wdId = (name: string) => parsePublicId('wd', name) as Uuid;
export const bitcoin = (address: string) => ({
  method: 'btcpay',
  holder: 'Mira Solane',
  country: 'US',
  address,
});

/** A payout of BTCPay's own books. */
interface There {
  readonly id: string;
  readonly state: string;
  readonly originalAmount: string;
  readonly destination: string;
}

export function bitcoinScene(site: TestHouse, clock: TestClock, olu: Person) {
  const { house } = site;
  const { db } = house;
  const audited = async () => assert.deepEqual(await auditWithdrawals(db), []);

  // Each another: BTCPay takes one payout to an address at a time.
  let addresses = 0;
  function anAddress(): string {
    addresses += 1;
    return testAddress(addresses);
  }

  /** A creator with an address that has waited. */
  async function paidInBitcoin(handle: string, address = anAddress()) {
    const person = await creatorWith(site, handle, 20_000_000n);
    const account = await addAccount(person, bitcoin(address));
    clock.advance(DAY_MS);
    return { person, account, address };
  }

  /** Asked for and released. */
  async function released({ person, account }: { person: Person; account: string }) {
    const { id } = await withdraw(person, account, UNITS);
    const answer = await olu.request('PUT', `/v1/console/withdrawals/${id}/released`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return id as string;
  }

  const stateOf = async (id: string): Promise<string> => {
    const [row] = await db.query<{ state: string }>(
      'select state from withdrawal_states where withdrawal_id = $1',
      [wdId(id)],
    );
    return row?.state ?? 'none';
  };

  /** Turns the clock a little each time, as the rounds and the sandbox go by it, until it stands there. */
  const becomes = (id: string, wanted: string, stepMs = 2 * SECOND_MS) =>
    until(
      `the withdrawal is ${wanted}`,
      async () => {
        clock.advance(stepMs);
        await handOver(house);
        await checkPayouts(house);
        return stateOf(id);
      },
      (state) => state === wanted,
    );

  /** What BTCPay's own books have of a withdrawal. */
  async function atBtcpay(id: string): Promise<There[]> {
    const rows = await db.query<{ body: There }>(
      `select body from sandbox.objects where kind = 'btcpay_payout' and body->'metadata'->>'withdrawal' = $1
      order by number`,
      [id],
    );
    return rows.map(({ body }) => body);
  }

  const statesThere = async (id: string) => (await atBtcpay(id)).map(({ state }) => state);
  /** How often its coins left the wallet. */
  const paidTimes = async (id: string) =>
    (await atBtcpay(id)).filter(({ state }) => state === 'InProgress' || state === 'Completed').length;

  const attemptOf = async (id: string) => {
    const [row] = await db.query<{ taken: string | null; problem: string | null; tries: bigint }>(
      `select s.taken_ref as taken, s.problem,
            (select count(*) from payout_attempts a where a.withdrawal_id = s.withdrawal_id) as tries
       from payout_attempt_states s join payout_attempts a on a.id = s.attempt_id
      where s.withdrawal_id = $1 order by a.number desc limit 1`,
      [wdId(id)],
    );
    return row;
  };

  /** Asks BTCPay Server itself, as its own operator does on its pages. */
  async function greenfield(method: string, path: string, body?: object) {
    const account = house.config.payments.btcpay;
    assert.ok(account !== null);
    const answer = await fetch(`${account.url}/api/v1/stores/${account.storeId}${path}`, {
      method,
      headers: { authorization: `token ${account.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.text() };
  }

  async function inWorld(): Promise<bigint> {
    const id = accountId('world', 'btcpay_payouts_sandbox', 'USD');
    const account = (await house.ledger.balances([id])).get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  }

  return {
    anAddress,
    paidInBitcoin,
    released,
    stateOf,
    becomes,
    atBtcpay,
    statesThere,
    paidTimes,
    attemptOf,
    greenfield,
    inWorld,
    audited,
  };
}
