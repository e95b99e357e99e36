import assert from 'node:assert/strict';
import type { PayoutSenders } from '../src/config.ts';
import { DAY_MS } from '../src/core/clock.ts';
import { newId, parsePublicId, publicId, type Uuid } from '../src/core/ids.ts';
import type { House } from '../src/house.ts';
import { accountId, transferEvent } from '../src/ledger/index.ts';
import type { Person, TestHouse } from './test-house.ts';

/** What tests of withdrawals begin with. */

export const SENDERS: PayoutSenders = {
  sepa: { name: 'Carat Test', iban: 'DE89370400440532013000', bic: null, address: null },
  ach: { name: 'CARAT TEST', companyId: '1999999999', routing: '021000021', bankName: 'TEST BANK' },
};

const PASSWORD = 'a long enough pass phrase';

export function userIdOf(person: Person): Uuid {
  const id = parsePublicId('user', person.id);
  assert.ok(id !== null);
  return id;
}

/** Gives Diamonds that are available, and the house the cash to pay them. */
export async function endow(house: House, userId: Uuid, units: bigint, cents = 1_000_000n): Promise<void> {
  const posted = await house.ledger.post({
    transfers: [
      transferEvent({
        id: newId(),
        from: accountId('platform', 'diamonds_issued', 'DIAMOND'),
        to: accountId(userId, 'diamonds_available', 'DIAMOND'),
        asset: 'DIAMOND',
        units,
        code: 'opening',
      }),
      transferEvent({
        id: newId(),
        from: accountId('world', 'ach', 'USD'),
        to: accountId('platform', 'cash', 'USD'),
        asset: 'USD',
        units: cents,
        code: 'opening',
      }),
    ],
  });
  assert.equal(posted.kind, 'posted');
}

/** A creator with so many Diamond units available. */
export async function creatorWith(site: TestHouse, handle: string, units: bigint): Promise<Person> {
  const person = await site.person(handle);
  assert.equal((await person.post('/v1/me/creator')).status, 200);
  if (units > 0n) await endow(site.house, userIdOf(person), units);
  return person;
}

export async function confirm(person: Person): Promise<void> {
  const answer = await person.post('/v1/session/confirmation', { password: PASSWORD });
  assert.equal(answer.status, 204, JSON.stringify(answer.body));
}

export const ACH_ACCOUNT = {
  method: 'ach',
  holder: 'Mira Solane',
  routing: '011401533',
  account: '1234567890',
  accountType: 'checking',
};

/** Adds an account, as somebody who has just confirmed. Its public id. */
export async function addAccount(person: Person, account: object = ACH_ACCOUNT): Promise<string> {
  await confirm(person);
  const answer = await person.post('/v1/me/payout-accounts', account);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.account.id;
}

/** An account by hand whose days of waiting are over, for houses whose clock cannot be turned. Its public id. */
export async function settledAccount({ house }: Pick<TestHouse, 'house'>, person: Person): Promise<string> {
  const id = newId();
  const long = new Date(house.clock.now() - 90 * DAY_MS);
  await house.db.query(
    `insert into payout_accounts (id, user_id, method, country, currency, holder, masked, details, made_at, usable_from)
     values ($1, $2, 'manual', 'BR', 'USD', 'Somebody', 'by hand', '{"method":"manual","instructions":"A box."}', $3, $3)`,
    [id, userIdOf(person), long],
  );
  return publicId('payacct', id);
}

/** Gets a quote, in Diamond units. */
export async function quoteFor(person: Person, accountId: string, diamondUnits: bigint) {
  const answer = await person.post('/v1/me/withdrawals/quotes', {
    diamondUnits: diamondUnits.toString(),
    accountId,
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.quote;
}

/** Quote and withdrawal in one, confirmed. The withdrawal. */
export async function withdraw(
  person: Person,
  accountId: string,
  diamondUnits: bigint,
  key: string = newId(),
) {
  const quote = await quoteFor(person, accountId, diamondUnits);
  await confirm(person);
  const answer = await person.post('/v1/me/withdrawals', { quoteId: quote.id }, key);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.withdrawal;
}

export async function availableOf(house: House, person: Person): Promise<bigint> {
  const id = accountId(userIdOf(person), 'diamonds_available', 'DIAMOND');
  const account = (await house.ledger.balances([id])).get(id);
  return account === undefined ? 0n : account.creditsPosted - account.debitsPosted - account.debitsPending;
}
