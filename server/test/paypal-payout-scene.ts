import assert from 'node:assert/strict';
import { DAY_MS, SECOND_MS, type TestClock } from '../src/core/clock.ts';
import { parsePublicId, type Uuid } from '../src/core/ids.ts';
import { accountId } from '../src/ledger/index.ts';
import { type Fault, orderFault } from '../src/sandbox/faults.ts';
import { type Deed, type ItemStatus, playItem } from '../src/sandbox/paypal/payouts.ts';
import { auditWithdrawals } from '../src/withdrawals/audit-withdrawals.ts';
import { handOver } from '../src/withdrawals/providers/hand-over.ts';
import { checkPayouts } from '../src/withdrawals/providers/settle-payout.ts';
import type { Person, TestHouse } from './test-house.ts';
import { anOperator } from './town-life.ts';
import { until } from './until.ts';
import { addAccount, creatorWith, withdraw } from './withdrawal-scene.ts';

/** What tests of payouts through PayPal begin with: a house with a clock that turns, and operators whose sessions are new. */

export const UNITS = 2_000_000n;
/** $27.00 less the fee of $1.00. */
export const CENTS = 2_600n;
export const MANY = 1_000_000;

export const wdId = (name: string) => parsePublicId('wd', name) as Uuid;
export const paypal = (email: string) => ({ method: 'paypal', holder: 'Mira Solane', country: 'US', email });

export interface Creator {
  readonly person: Person;
  readonly account: string;
}

export interface TryAtPaypal {
  readonly id: Uuid;
  readonly taken: string | null;
  readonly problem: string | null;
  readonly said: string | null;
  readonly asks: number;
  readonly tries: bigint;
}

export async function paypalScene(site: TestHouse, clock: TestClock) {
  const { house } = site;
  const { db } = house;
  const desk = { db, clock, wake: () => undefined };
  let shifts = 0;
  let onDuty = await anOperator(site, 'olu0');

  /** An operator whose session is new: weeks pass in these tests. */
  async function newShift(): Promise<Person> {
    shifts += 1;
    onDuty = await anOperator(site, `olu${shifts}`);
    return onDuty;
  }

  /** A creator with an e-mail address that has waited. */
  async function paidByEmail(handle: string, email = `${handle}@mail.example`): Promise<Creator> {
    const person = await creatorWith(site, handle, 20_000_000n);
    const account = await addAccount(person, paypal(email));
    clock.advance(DAY_MS);
    await newShift();
    return { person, account };
  }

  /** Asked for and released. */
  async function released({ person, account }: Creator): Promise<string> {
    const { id } = await withdraw(person, account, UNITS);
    const answer = await onDuty.request('PUT', `/v1/console/withdrawals/${id}/released`);
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

  async function look(stepMs: number): Promise<void> {
    clock.advance(stepMs);
    await handOver(house);
    await checkPayouts(house);
  }

  /** Turns the clock a little each time, as the rounds and the sandbox go by it, until it stands there. */
  const becomes = (id: string, wanted: string, stepMs = 2 * SECOND_MS) =>
    until(
      `the withdrawal is ${wanted}`,
      async () => {
        await look(stepMs);
        return stateOf(id);
      },
      (state) => state === wanted,
    );

  const attemptOf = async (id: string): Promise<TryAtPaypal | undefined> => {
    const [row] = await db.query<TryAtPaypal>(
      `select a.id, s.taken_ref as taken, s.problem, s.raw_status as said, s.asks,
              (select count(*) from payout_attempts a where a.withdrawal_id = s.withdrawal_id) as tries
         from payout_attempt_states s join payout_attempts a on a.id = s.attempt_id
        where s.withdrawal_id = $1 order by a.number desc limit 1`,
      [wdId(id)],
    );
    return row;
  };

  const says = (id: string, word: string, stepMs = 2 * SECOND_MS) =>
    until(
      `PayPal says ${word}`,
      async () => {
        await look(stepMs);
        return attemptOf(id);
      },
      (attempt) => attempt?.said === word,
    );

  /** What PayPal's own books have of a withdrawal. */
  async function atPaypal(
    id: string,
  ): Promise<{ id: string; batch: string; status: ItemStatus; value: string }[]> {
    return db.query(
      `select o.id, o.parent as batch, o.body->>'status' as status,
              o.body->'payout_item'->'amount'->>'value' as value
         from sandbox.objects o join withdrawals w on w.reference = o.body->'payout_item'->>'sender_item_id'
        where o.kind = 'paypal_item' and w.id = $1 order by o.number`,
      [wdId(id)],
    );
  }

  async function play(id: string, deed: Deed): Promise<void> {
    const [item] = await atPaypal(id);
    await playItem(desk, item?.id ?? '', deed);
  }

  async function inWorld(): Promise<bigint> {
    const id = accountId('world', 'paypal_payouts_sandbox', 'USD');
    const account = (await house.ledger.balances([id])).get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  }

  const shown = async ({ person }: Creator, id: string) =>
    (await person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;

  /** Each thing that operators were told of a withdrawal, the oldest first. */
  const toldOf = async (id: string): Promise<string[]> => {
    const rows = await db.query<{ says: string }>(
      'select says from payout_alarms where withdrawal_id = $1 order by at',
      [wdId(id)],
    );
    return rows.map(({ says: words }) => words);
  };

  return {
    desk,
    operator: () => onDuty,
    newShift,
    paidByEmail,
    released,
    stateOf,
    look,
    becomes,
    attemptOf,
    says,
    atPaypal,
    play,
    inWorld,
    shown,
    toldOf,
    faulty: (call: string, fault: Fault, times: number) => orderFault(db, { call, fault, times }),
    audited: async () => assert.deepEqual(await auditWithdrawals(db), []),
  };
}
