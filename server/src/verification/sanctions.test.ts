import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { photo } from '../../test/photo.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import { creatorWith, userIdOf } from '../../test/withdrawal-scene.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { activeFreeze } from '../identity/index.ts';
import { compareNames } from './compare-names.ts';

/** A matching API as OpenSanctions' yente has it, over a list of our own. */
const listed = new Map<string, { readonly id: string; readonly caption: string }[]>();
const asked: unknown[] = [];
let broken: 'no' | 'down' | 'other' | 'one' = 'no';
const list = createServer(async (request, response) => {
  assert.equal(request.headers.authorization, 'ApiKey of-the-list');
  const { queries } = (await json(request)) as {
    queries: Record<string, { properties: { name: string[] } }>;
  };
  asked.push(queries);
  const responses = Object.fromEntries(
    Object.entries(queries).map(([key, { properties }]) => [
      key,
      {
        status: broken === 'one' ? 500 : 200,
        results: properties.name
          .flatMap((name) => listed.get(name) ?? [])
          .map((entity) => ({ ...entity, score: 0.91, match: true, schema: 'Person', datasets: ['un_sc'] }))
          .concat({
            id: 'Q0',
            caption: 'Far off',
            score: 0.3,
            match: false,
            schema: 'Person',
            datasets: ['un_sc'],
          }),
        total: { value: 1, relation: 'eq' },
      },
    ]),
  );
  response.statusCode = broken === 'down' ? 503 : 200;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(broken === 'other' ? { results: [] } : { responses }));
});
list.listen(0, '127.0.0.1');
await once(list, 'listening');
after(() => list.close());

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const url = `http://127.0.0.1:${(list.address() as AddressInfo).port}/match/sanctions`;
const site = await testHouse({
  clock,
  config: { documentKeys: [randomBytes(32)], sanctions: { url, key: 'of-the-list' } },
});
const { house } = site;
const olu = await anOperator(site, 'olu');
const picture = await photo('#3a6ea5');

/** A case that waits, of somebody of this name, seen by olu. Its public id. */
async function waiting(person: Person, legalName: string): Promise<string> {
  const details = { legalName, dateOfBirth: '1995-05-05', country: 'DE', document: 'passport' };
  assert.equal((await person.request('PUT', '/v1/me/identity', { body: details })).status, 200);
  for (const side of ['front', 'selfie']) {
    const sent = await fetch(`${site.origin}/v1/me/identity/pictures/${side}`, {
      method: 'PUT',
      headers: { origin: site.origin, cookie: person.cookie, 'content-type': 'image/jpeg' },
      body: picture,
    });
    assert.equal(sent.status, 200);
  }
  const answer = await person.request('PUT', '/v1/me/identity/submitted');
  const { id } = answer.body.case;
  for (const side of ['front', 'selfie']) {
    const seen = await olu.request('GET', `/v1/console/identity/${id}/pictures/${side}`);
    assert.equal(seen.status, 200);
  }
  return id;
}
const approve = (id: string, more: object = {}) =>
  olu.request('PUT', `/v1/console/identity/${id}/decision`, { body: { verdict: 'approved', ...more } });
const screeningOf = async (id: string) => (await olu.get(`/v1/console/identity/${id}`)).body.screening;

/** Rounds until nothing is due; the house goes its own as well. */
async function compared(): Promise<void> {
  while ((await compareNames(house)) > 0);
}

test('nobody is approved before the list has answered, and a list that does not answer is no answer', async () => {
  const ana = await site.person('ana');
  const id = await waiting(ana, 'Ana Bright');
  for (const fault of ['down', 'other', 'one'] as const) {
    broken = fault;
    assert.equal(await compareNames(house), 0, fault);
    assert.equal(await screeningOf(id), null, fault);
    assert.equal((await approve(id)).body.code, 'name_not_compared', fault);
  }
  broken = 'no';
  await compared();
  assert.deepEqual(asked.at(-1), {
    person: {
      schema: 'Person',
      properties: { name: ['Ana Bright'], birthDate: ['1995-05-05'], country: ['de'] },
    },
  });
  assert.deepEqual((await screeningOf(id)).hits, []);
  assert.equal((await olu.get('/v1/console/identity')).body.sanctions, 'on');
  assert.equal((await approve(id)).status, 200);
});

test('whoever is on the list is approved only with a reason, which the person does not read', async () => {
  const ben = await site.person('ben');
  listed.set('Ben Dark', [{ id: 'Q1', caption: 'Benjamin DARK' }]);
  const id = await waiting(ben, 'Ben Dark');
  await compared();
  assert.deepEqual((await screeningOf(id)).hits, [
    { id: 'Q1', name: 'Benjamin DARK', score: 0.91, lists: ['un_sc'] },
  ]);
  const refused = await approve(id);
  assert.deepEqual([refused.body.code, refused.body.field], ['name_is_listed', '/clears']);
  assert.equal((await approve(id, { clears: 'Born 1961, another passport.' })).status, 200);
  const { history } = (await olu.get(`/v1/console/identity/${id}`)).body;
  assert.ok(history.some(({ note }: { note: string | null }) => note === 'Born 1961, another passport.'));
  const mine = JSON.stringify((await ben.get('/v1/me/identity')).body);
  assert.ok(!mine.includes('1961') && !mine.includes('DARK') && !mine.includes('list'));
});

test('who comes onto the list after the approval cannot withdraw until somebody has looked; once for each name', async () => {
  const cleo = await creatorWith(site, 'cleo', 0n);
  const id = await waiting(cleo, 'Cleo Stone');
  await compared();
  assert.equal((await approve(id)).status, 200);
  listed.set('Cleo Stone', [{ id: 'Q2', caption: 'Kleo STONE' }]);
  const frozen = () => activeFreeze(house.db, userIdOf(cleo), ['withdraw'], new Date(clock.now()));
  clock.advance(DAY_MS - 1);
  await compared();
  assert.equal(await frozen(), null);
  clock.advance(1);
  await compared();
  assert.equal((await frozen())?.reason, 'Your papers are looked at once more.');
  const [bell] = (await olu.get('/v1/me/notices')).body.items;
  assert.equal(bell.title, 'A list of sanctions has a name like Cleo Stone');
  const { checks } = (await cleo.get('/v1/me/explain/withdraw')).body;
  assert.ok(checks.some(({ have }: { have: string }) => have.includes('looked at once more')));

  // An operator has looked: it was somebody else.
  const freezes = await house.db.query<{ id: Uuid }>('select id from account_freezes where user_id = $1', [
    userIdOf(cleo),
  ]);
  assert.equal(freezes.length, 1);
  const freeze = publicId('freeze', freezes[0]?.id ?? newId());
  const lifted = await olu.post(`/v1/users/cleo/freezes/${freeze}/lift`, { reason: 'Another person.' });
  assert.equal(lifted.status, 204, JSON.stringify(lifted.body));
  clock.advance(DAY_MS);
  await compared();
  assert.equal(await frozen(), null);
  listed.get('Cleo Stone')?.push({ id: 'Q3', caption: 'Cleo STEIN' });
  clock.advance(DAY_MS);
  await compared();
  assert.notEqual(await frozen(), null);
  const caseId = parsePublicId('idcase', id);
  const [{ n } = {}] = await house.db.query<{ n: bigint }>(
    `select count(*) as n from identity_case_events where case_id = $1 and step = 'listed'`,
    [caseId],
  );
  assert.equal(n, 2n);
});
