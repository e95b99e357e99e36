import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '../../src/core/ids.ts';
import { hands, testHouse } from '../test-house.ts';
import { anOperator } from '../town-life.ts';

/**
 * What operators do takes a confirmation of a moment ago. A route that is added later is in the document and so in this
 * test; what needs none says why here.
 */

const NOT_NEEDED: Readonly<Record<string, string>> = {
  'PUT /v1/console/withdrawals/{id}/held': 'Holding is urgent and moves nothing.',
  'POST /v1/users/{handle}/freezes': 'Freezing is urgent; lifting it is confirmed.',
  'POST /v1/console/reconciliation': 'Comparing two books changes neither.',
  'POST /v1/console/simulations': 'A simulation moves nothing but itself.',
  'POST /v1/console/simulations/{id}/again': 'A simulation moves nothing but itself.',
  'POST /v1/console/simulations/{id}/cancel': 'A simulation moves nothing but itself.',
};

/** Read, and yet confirmed: pictures of papers, and every bank account that was paid. */
const READ_CONFIRMED = new Set<string>([
  'GET /v1/console/identity/{id}/pictures/{side}',
  'GET /v1/console/tax/{year}',
]);

const site = await testHouse();
const olu = await anOperator(site, 'olu');
const operations = Object.entries(site.app.swagger().paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, { 'x-access': string; 'x-confirmed'?: boolean }>).map(
    ([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{[^}]+\}/g, 'x'),
      access: operation['x-access'],
      confirmed: operation['x-confirmed'] === true,
    }),
  ),
);
const staffs = operations.filter(({ access }) => access === 'operator' || access === 'support');

test('nothing that operators change is open to a session without a confirmation', async () => {
  // A session as the operator's browser holds it, whose password nobody gave since it signed in.
  const page = hands(site.origin, olu.cookie);
  const before = await counts();
  const letIn: string[] = [];
  for (const { name, method, path } of staffs.filter((one) => one.method !== 'GET')) {
    const answer = await page.request(method, path, {
      body: {},
      headers: { 'idempotency-key': newId() },
    });
    if (answer.body.code !== 'confirm_first') letIn.push(name);
  }
  assert.deepEqual(letIn.sort(), Object.keys(NOT_NEEDED).sort());
  assert.deepEqual(await counts(), before);
});

test('what is read is confirmed where it shows papers or bank accounts, and nowhere else', () => {
  const read = staffs.filter(({ method, confirmed }) => method === 'GET' && confirmed);
  assert.deepEqual(new Set(read.map(({ name }) => name)), READ_CONFIRMED);
});

test('there is enough to sweep', () => {
  assert.ok(staffs.length > 30, `${staffs.length}`);
});

async function counts(): Promise<unknown> {
  return site.house.db.query(
    `select (select count(*) from approvals) as approvals, (select count(*) from role_changes) as roles,
            (select count(*) from withdrawal_events) as withdrawals`,
  );
}
