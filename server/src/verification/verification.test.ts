import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { photo } from '../../test/photo.ts';
import { hands, type Person, testHouse } from '../../test/test-house.ts';
import { anOperator, makeOperator } from '../../test/town-life.ts';
import {
  ACH_ACCOUNT,
  addAccount,
  confirm,
  creatorWith,
  SENDERS,
  userIdOf,
} from '../../test/withdrawal-scene.ts';
import { DAY_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { parsePublicId } from '../core/ids.ts';
import { adoptPolicy, PRESETS } from '../policy/index.ts';
import { endUndecided, eraseOldPictures, expireCases, resealPictures, tellUnknownKeys } from './jobs.ts';
import { openPicture, seal } from './seal.ts';
import { newestCase } from './store.ts';
import { isArriving } from './uploads.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const [OLD_KEY, NEW_KEY] = [randomBytes(32), randomBytes(32)];
const site = await testHouse({
  clock,
  config: { documentKeys: [OLD_KEY], payouts: SENDERS, fiatRates: { kind: 'none' } },
});
const { house, origin } = site;
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');

const picture = await photo('#3a6ea5');
const MIRA = { legalName: 'Mira  Solané', dateOfBirth: '1995-05-05', country: 'DE', document: 'passport' };

async function send(person: Person, side: string, bytes: Buffer = picture, at = origin) {
  const answer = await fetch(`${at}/v1/me/identity/pictures/${side}`, {
    method: 'PUT',
    headers: { origin: at, cookie: person.cookie, 'content-type': 'image/jpeg' },
    body: bytes,
  });
  // biome-ignore lint/suspicious/noExplicitAny: an answer may be any JSON
  return { status: answer.status, body: (await answer.json()) as any };
}
const begin = (person: Person, more: object = {}) =>
  person.request('PUT', '/v1/me/identity', { body: { ...MIRA, ...more } });
const submit = (person: Person) => person.request('PUT', '/v1/me/identity/submitted');
const takeBack = (person: Person) => person.request('PUT', '/v1/me/identity/withdrawn');
const look = (who: Person, id: string, side: string) =>
  who.request('GET', `/v1/console/identity/${id}/pictures/${side}`);
const decide = (who: Person, id: string, body: object) =>
  who.request('PUT', `/v1/console/identity/${id}/decision`, { body });

const reopen = (who: Person, id: string, body: object) =>
  who.request('PUT', `/v1/console/identity/${id}/reopened`, { body });

/** A case that waits. Its id. */
async function handedIn(person: Person): Promise<string> {
  assert.equal((await begin(person)).status, 200);
  for (const side of ['front', 'selfie']) assert.equal((await send(person, side)).status, 200);
  const answer = await submit(person);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.case.id;
}

async function decided(who: Person, id: string, body: object) {
  for (const side of ['front', 'selfie']) assert.equal((await look(who, id, side)).status, 200);
  const answer = await decide(who, id, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

test('a case from its beginning to the erasing of its pictures', async () => {
  const mira = await site.person('mira');
  assert.deepEqual((await mira.get('/v1/me/identity')).body, {
    case: null,
    needed: ['front', 'back', 'selfie'],
    eraseAfterDays: 30,
    pictureBytesMax: 10_000_000,
    triesLeft: 3,
    takesPapers: true,
    dateOfBirth: '1995-05-05',
  });
  assert.equal((await send(mira, 'front')).status, 404);
  for (const [field, value] of [
    ['legalName', '1'],
    ['legalName', 'Mira <b>'],
    ['dateOfBirth', '1995-05-06'],
  ] as const) {
    const wrong = await begin(mira, { [field]: value });
    assert.deepEqual([wrong.status, wrong.body.field], [422, `/${field}`], value);
  }
  const begun = await begin(mira);
  assert.deepEqual([begun.body.case.state, begun.body.case.legalName], ['started', 'Mira Solané']);
  assert.deepEqual(begun.body.needed, ['front', 'selfie']);
  assert.equal((await submit(mira)).body.code, 'pictures_missing');
  assert.equal((await send(mira, 'front', Buffer.from('%PDF-1.7'))).body.code, 'picture_refused');
  assert.equal((await send(mira, 'front', Buffer.alloc(10_000_002))).status, 413);
  const id = await handedIn(mira);
  // From then on nothing changes in it.
  assert.equal((await begin(mira)).body.code, 'identity_case_closed');
  assert.equal((await send(mira, 'front')).body.code, 'identity_case_closed');

  const queue = (await olu.get('/v1/console/identity')).body;
  assert.deepEqual([queue.waiting, queue.items[0].id, queue.sanctions], [1, id, 'off']);
  assert.equal((await decide(olu, id, { verdict: 'approved' })).body.code, 'pictures_not_seen');
  const seen = await look(olu, id, 'front');
  assert.equal(seen.headers.get('content-type'), 'image/webp');
  assert.match(seen.headers.get('content-disposition') ?? '', /^attachment/);
  assert.equal(seen.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(seen.headers.get('cache-control'), 'no-store');
  assert.equal((await decide(olu, id, { verdict: 'approved' })).body.code, 'pictures_not_seen');
  assert.equal((await look(olu, id, 'selfie')).status, 200);
  // Another's looks are not one's own.
  assert.equal((await decide(per, id, { verdict: 'approved' })).body.code, 'pictures_not_seen');
  assert.equal((await decide(olu, id, { verdict: 'approved' })).body.case.state, 'approved');
  assert.equal((await decide(olu, id, { verdict: 'approved' })).body.code, 'identity_case_closed');
  assert.equal((await begin(mira)).body.code, 'identity_known');
  const mine = (await mira.get('/v1/me/identity')).body.case;
  assert.deepEqual(
    mine.timeline.map(({ label }: { label: string }) => label),
    ['Begun', 'Handed in', 'Being looked at', 'Approved'],
  );
  assert.ok(!JSON.stringify(mine).includes('olu'));
  assert.equal((await mira.get('/v1/me/notices')).body.items[0].title, 'We know who you are');

  assert.equal(mine.erasedBy, new Date(clock.now() + 30 * DAY_MS).toISOString());
  clock.advance(30 * DAY_MS - 1);
  assert.equal(await eraseOldPictures(house), 0);
  clock.advance(1);
  assert.equal(await eraseOldPictures(house), 1);
  assert.equal(await eraseOldPictures(house), 0);
  const rows = await house.db.query(
    `select side, sealed is null as gone, erased_at = $1 as now from identity_pictures order by side`,
    [new Date(clock.now())],
  );
  assert.deepEqual(rows, [
    { side: 'front', gone: true, now: true },
    { side: 'selfie', gone: true, now: true },
  ]);
  await signIn(olu);
  assert.equal((await look(olu, id, 'front')).body.code, 'picture_erased');
  await assert.rejects(house.db.query('delete from identity_picture_looks'), { code: '42501' });
  await assert.rejects(house.db.query('update identity_case_events set note = null'), { code: '42501' });
});

test('pictures lie sealed, each for its own row, and who looks is written down before it is shown', async () => {
  const ana = await site.person('ana');
  await signIn(olu);
  await signIn(per);
  const id = await handedIn(ana);
  const [kept] = await house.db.query<{ sealed: Buffer }>(
    'select sealed from identity_pictures where sealed is not null limit 1',
  );
  assert.ok(kept !== undefined && !kept.sealed.includes('WEBP') && !kept.sealed.includes('RIFF'));
  assert.equal((await look(olu, id, 'front')).status, 200);
  const detail = (await per.get(`/v1/console/identity/${id}`)).body;
  assert.deepEqual(
    detail.pictures.map(({ seen }: { seen: boolean }) => seen),
    [false, false],
  );
  assert.ok(
    detail.history.some(
      ({ label, by }: { label: string; by: string }) => label === 'Saw the picture “front”' && by === 'olu',
    ),
  );
  // A picture that is put in another's place does not open.
  await house.db.query(
    `update identity_pictures f set sealed = s.sealed from identity_pictures s
      where f.case_id = s.case_id and f.side = 'front' and s.side = 'selfie' and f.sealed is not null`,
  );
  const looks = async () =>
    (await per.get(`/v1/console/identity/${id}`)).body.history.filter(({ label }: { label: string }) =>
      label.startsWith('Saw'),
    ).length;
  const before = await looks();
  assert.deepEqual([(await look(olu, id, 'front')).body.code, await looks()], ['picture_unreadable', before]);
});

test('only operators look, and nobody at their own', async () => {
  const [eve, both] = [await site.person('eve'), await site.person('both')];
  const id = await handedIn(both);
  assert.equal((await look(eve, id, 'front')).body.code, 'forbidden');
  assert.equal((await look(both, id, 'front')).body.code, 'forbidden');
  await makeOperator(site, both);
  for (const answer of [await look(both, id, 'front'), await decide(both, id, { verdict: 'approved' })]) {
    assert.deepEqual([answer.status, answer.body.code], [403, 'identity_case_is_your_own']);
  }
  const page = hands(origin, olu.cookie);
  clock.advance(DAY_MS);
  assert.equal((await page.get(`/v1/console/identity/${id}/pictures/front`)).body.code, 'confirm_first');
  assert.equal((await look(olu, `idcase_${'0'.repeat(32)}`, 'front')).status, 404);
  assert.equal((await look(olu, id, 'back')).status, 404);
  // Begun and not handed in is nobody's to look at.
  const open = await begin(eve);
  await send(eve, 'front');
  assert.equal((await look(olu, open.body.case.id, 'front')).status, 404);
});

test('refused with what to mend, again and again, three times', async () => {
  const nova = await site.person('nova');
  for (const triesLeft of [2, 1, 0]) {
    const id = await handedIn(nova);
    const bad = await decide(olu, id, { verdict: 'refused', field: 'front' });
    assert.equal(bad.status, 400);
    await decided(olu, id, { verdict: 'refused', field: 'front', reason: 'The number cannot be read.' });
    const { body } = await nova.get('/v1/me/identity');
    assert.deepEqual(
      [body.case.state, body.case.field, body.case.reason, body.triesLeft],
      ['refused', 'front', 'The number cannot be read.', triesLeft],
    );
  }
  const fourth = await begin(nova);
  assert.deepEqual([fourth.status, fourth.body.code], [409, 'identity_refused_too_often']);
});

test('a case whose picture cannot be opened goes back to its person, and counts as no refusal', async () => {
  const kim = await site.person('kim');
  const id = await handedIn(kim);
  const because = { reason: 'Please send the front again.' };
  assert.equal((await reopen(olu, id, because)).body.code, 'identity_can_be_decided');
  assert.equal((await olu.get('/v1/console/identity')).body.unopened, 0);
  // It was sealed with a key that is not here any more.
  await house.db.query(
    `update identity_pictures p set key_name = 'lost' from identity_cases c join users u on u.id = c.user_id
      where c.id = p.case_id and u.handle = 'kim' and side = 'front'`,
  );
  assert.equal(await tellUnknownKeys(house), 1);
  assert.equal((await olu.get('/v1/console/identity')).body.unopened, 1);
  assert.equal((await look(olu, id, 'front')).body.code, 'picture_unreadable');
  assert.equal((await olu.get(`/v1/console/identity/${id}`)).body.reopens, 'sent_back');
  assert.equal((await reopen(olu, id, {})).status, 400);
  const twice = await Promise.all([reopen(olu, id, because), reopen(per, id, because)]);
  assert.deepEqual(twice.map(({ status }) => status).sort(), [200, 409]);
  const mine = (await kim.get('/v1/me/identity')).body;
  assert.deepEqual(
    [mine.case.state, mine.triesLeft, mine.case.pictures.map(({ side }: { side: string }) => side)],
    ['started', 3, ['selfie']],
  );
  assert.equal((await kim.get('/v1/me/notices')).body.items[0].text, because.reason);
  assert.equal((await send(kim, 'front')).status, 200);
  assert.equal((await submit(kim)).body.case.id, id);
  await decided(olu, id, { verdict: 'approved' });
});

test('an approval is taken back, and after the last refusal another try is given', async () => {
  const rio = await site.person('rio');
  const first = await handedIn(rio);
  await decided(olu, first, { verdict: 'approved' });
  const until = (await rio.get('/v1/me/identity')).body.case.erasedBy;
  assert.equal((await reopen(rio, first, { reason: 'My name is another.' })).body.code, 'forbidden');
  clock.advance(MINUTE_MS);
  const because = { reason: 'The name was mistyped.' };
  assert.equal((await olu.get(`/v1/console/identity/${first}`)).body.reopens, 'revoked');
  assert.equal((await reopen(olu, first, because)).body.case.state, 'revoked');
  const mine = (await rio.get('/v1/me/identity')).body.case;
  // The pictures go when they were to go.
  assert.deepEqual([mine.state, mine.reason, mine.erasedBy], ['revoked', because.reason, until]);
  assert.equal((await rio.get('/v1/me/notices')).body.items[0].title, 'Please show your papers again');
  assert.equal((await reopen(olu, first, because)).body.code, 'identity_case_closed');
  for (let n = 0; n < 3; n += 1) {
    const id = await handedIn(rio);
    await decided(olu, id, { verdict: 'refused', field: 'front', reason: 'Not sharp.' });
  }
  const last = (await rio.get('/v1/me/identity')).body;
  assert.deepEqual([last.triesLeft, (await begin(rio)).body.code], [0, 'identity_refused_too_often']);
  const again = await Promise.all([reopen(olu, last.case.id, because), reopen(per, last.case.id, because)]);
  assert.deepEqual(again.map(({ status }) => status).sort(), [200, 409]);
  assert.equal((await rio.get('/v1/me/identity')).body.triesLeft, 1);
  const fifth = await handedIn(rio);
  assert.equal((await reopen(olu, last.case.id, because)).body.code, 'identity_case_closed');
  await decided(olu, fifth, { verdict: 'approved' });
  // A page that was left open takes nothing back.
  clock.advance(DAY_MS);
  assert.equal(
    (
      await hands(origin, olu.cookie).request('PUT', `/v1/console/identity/${fifth}/reopened`, {
        body: because,
      })
    ).body.code,
    'confirm_first',
  );
  await signIn(olu);
  await signIn(per);
});

test('a picture is sealed for its case and its side; those sealed for their id alone are sealed anew', async () => {
  const lou = await site.person('lou');
  const id = await handedIn(lou);
  const [row] = await house.db.query<{
    id: string;
    caseId: string;
    side: string;
    keyName: string;
    sealed: Buffer;
  }>(
    `select p.id, case_id as "caseId", side, key_name as "keyName", sealed from identity_pictures p
       join identity_cases c on c.id = p.case_id join users u on u.id = c.user_id
      where u.handle = 'lou' and side = 'front'`,
  );
  assert.ok(row !== undefined);
  assert.notEqual(openPicture([OLD_KEY], row), null);
  for (const moved of [{ side: 'back' }, { caseId: row.id }, { id: row.caseId }]) {
    assert.equal(openPicture([OLD_KEY], { ...row, ...moved }), null, JSON.stringify(moved));
  }
  const name = createHash('sha256').update('carat document key\n').update(OLD_KEY).digest('hex').slice(0, 16);
  await house.db.query('update identity_pictures set key_name = $2, sealed = $3 where id = $1', [
    row.id,
    name,
    seal(OLD_KEY, row.id, openPicture([OLD_KEY], row) ?? Buffer.alloc(0)),
  ]);
  assert.equal((await look(olu, id, 'front')).status, 200);
  assert.equal(await resealPictures(house), 1);
  assert.equal((await look(olu, id, 'front')).status, 200);
  const [now] = await house.db.query('select key_name as "keyName" from identity_pictures where id = $1', [
    row.id,
  ]);
  assert.deepEqual(now, { keyName: row.keyName });
});

/** An upload whose body does not come: what is answered to its head, and how it is ended. */
function held(person: Person) {
  const upload = request(`${origin}/v1/me/identity/pictures/front`, {
    method: 'PUT',
    headers: { origin, cookie: person.cookie, 'content-type': 'image/jpeg', 'content-length': 9_000_000 },
    signal: AbortSignal.timeout(20_000),
  });
  const answer = new Promise<number>((done, failed) => {
    upload.once('error', failed);
    upload.once('response', (response) => {
      done(response.statusCode ?? 0);
      upload.destroy();
    });
  });
  upload.write(picture);
  return { answer, upload };
}

/** Once a held upload has its place. */
async function whenArriving({ id }: Person, yes = true) {
  const userId = parsePublicId('user', id) ?? '';
  while (isArriving(userId) !== yes) await setImmediate();
}

test('a picture is taken in for a case that is begun alone, one at a time of each person, and a few in all', async () => {
  const [idle, ivy, last] = [await site.person('idle'), await site.person('ivy'), await site.person('last')];
  // Nothing of the body is waited for.
  assert.equal(await held(idle).answer, 404);
  for (const person of [ivy, last]) assert.equal((await begin(person)).status, 200);
  const first = held(ivy);
  const ended = assert.rejects(first.answer);
  await whenArriving(ivy);
  assert.equal((await send(ivy, 'selfie')).body.code, 'pictures_busy');
  // Others are not held up by it.
  assert.equal((await send(last, 'front')).status, 200);
  first.upload.destroy();
  await ended;
  await whenArriving(ivy, false);
  assert.equal((await send(ivy, 'selfie')).status, 200);
  const many = [];
  for (let n = 0; n < 8; n += 1) {
    const person = await site.person(`many${n}`);
    assert.equal((await begin(person)).status, 200);
    const one = held(person);
    many.push({ person, one, ended: assert.rejects(one.answer) });
    await whenArriving(person);
  }
  assert.equal((await send(last, 'front')).body.code, 'pictures_busy');
  for (const { person, one, ended: over } of many) {
    one.upload.destroy();
    await over;
    await whenArriving(person, false);
  }
  assert.equal((await send(last, 'selfie')).status, 200);
});

test('of two operators who decide at once one does, and of two tries to begin there is one case', async () => {
  const juno = await site.person('juno');
  const begun = await Promise.all([begin(juno), begin(juno), begin(juno)]);
  assert.equal(new Set(begun.map(({ body }) => body.case.id)).size, 1);
  const id = await handedIn(juno);
  for (const who of [olu, per]) {
    for (const side of ['front', 'selfie']) assert.equal((await look(who, id, side)).status, 200);
  }
  const outcomes = await Promise.all([
    decide(olu, id, { verdict: 'approved' }),
    decide(per, id, { verdict: 'refused', field: 'front', reason: 'Not sharp.' }),
  ]);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), [200, 409]);
  const events = await house.db.query(
    `select step from identity_case_events e join identity_cases c on c.id = e.case_id
       join users u on u.id = c.user_id where u.handle = 'juno' and step in ('approved', 'refused')`,
  );
  assert.equal(events.length, 1);
});

test('a case that was begun and left is over, and its pictures go too', async () => {
  const slow = await site.person('slow');
  const minor = await site.person('minor', { dateOfBirth: '2010-01-01' });
  assert.equal((await begin(minor, { dateOfBirth: '2010-01-01' })).body.code, 'under_age');
  await begin(slow);
  await send(slow, 'front');
  clock.advance(30 * DAY_MS);
  assert.ok((await expireCases(house)) >= 1);
  await slow.post('/v1/sign-in', { email: 'slow@people.example', password: 'a long enough pass phrase' });
  const over = (await slow.get('/v1/me/identity')).body.case;
  assert.equal(over.state, 'expired');
  // At once, and what was never handed in is nobody's to look at.
  assert.equal(over.pictures[0].erasedAt, new Date(clock.now()).toISOString());
  await signIn(olu);
  assert.equal((await look(olu, over.id, 'front')).status, 404);
  const [left] = await house.db.query<{ n: bigint }>(
    `select count(*) as n from identity_pictures p join identity_cases c on c.id = p.case_id
       join users u on u.id = c.user_id where u.handle = 'slow' and sealed is not null`,
  );
  assert.equal(left?.n, 0n);
});

test('the key is changed without losing a picture: two while it is, then the new one alone', async () => {
  await signIn(olu);
  const lea = await site.person('lea');
  const id = await handedIn(lea);
  const there = async (documentKeys: readonly Buffer[]) =>
    testHouse({
      clock,
      databaseUrl: site.databaseUrl,
      config: { documentKeys, fiatRates: { kind: 'none' } },
    });
  const status = async (other: Awaited<ReturnType<typeof there>>) => {
    await confirm(olu);
    return (await hands(other.origin, olu.cookie).get(`/v1/console/identity/${id}/pictures/front`)).status;
  };
  const lost = await there([NEW_KEY]);
  assert.equal(await status(lost), 409);
  await lost.close();
  const both = await there([NEW_KEY, OLD_KEY]);
  assert.equal(await status(both), 200);
  // The one that was put in another's place opens with no key; it keeps none of the others.
  await resealPictures(both.house);
  assert.equal(await resealPictures(both.house), 0);
  assert.equal(await status(both), 200);
  await both.close();
  const after = await there([NEW_KEY]);
  assert.equal(await status(after), 200);
  await after.close();
  const none = await there([]);
  const noKey = await hands(none.origin, lea.cookie).request('PUT', '/v1/me/identity', { body: MIRA });
  assert.deepEqual([noKey.status, noKey.body.code], [503, 'papers_not_taken']);
  await none.close();
});

test('a policy that asks for papers: why not, then yes; and an account of another name is refused', async () => {
  const document = structuredClone(PRESETS.carat.document);
  document.payouts.identityNeeded = true;
  document.goLive = { ...document.goLive, followersMin: 0, identityNeeded: true };
  await adoptPolicy(house.db, {
    document,
    preset: 'carat',
    effectiveFrom: new Date(clock.now()),
    author: null,
    reason: 'A trial.',
    nowMs: clock.now(),
  });
  const tara = await creatorWith(site, 'tara', 100_000_000n);
  const account = await addAccount(tara, { ...ACH_ACCOUNT, holder: 'Tara Quill' });
  clock.advance(DAY_MS);
  const check = async (gate: string, code: string) =>
    (await tara.get(`/v1/me/explain/${gate}`)).body.checks.find((one: { code: string }) => one.code === code);
  const quote = () => tara.post('/v1/me/withdrawals/quotes', { diamondUnits: '5000000', accountId: account });
  assert.equal((await quote()).body.code, 'payout_identity_needed');
  assert.equal((await check('withdraw', 'payout_identity_needed')).have, 'not checked');
  assert.equal((await tara.post('/v1/stages/start', { title: 'A test' })).body.code, 'identity_unchecked');
  const id = await handedIn(tara);
  assert.equal((await check('withdraw', 'payout_identity_needed')).whoCanChange, 'operator');
  await decided(olu, id, { verdict: 'approved' });
  // The papers say Mira Solané.
  assert.equal((await quote()).body.code, 'payout_name_differs');
  await confirm(tara);
  const wrong = await tara.post('/v1/me/payout-accounts', { ...ACH_ACCOUNT, holder: 'Tara Quill' });
  assert.deepEqual([wrong.body.code, wrong.body.field], ['payout_name_differs', '/holder']);
  const own = await addAccount(tara, { ...ACH_ACCOUNT, holder: 'SOLANE MIRA', replaces: account });
  clock.advance(DAY_MS);
  const priced = await tara.post('/v1/me/withdrawals/quotes', { diamondUnits: '5000000', accountId: own });
  assert.equal(priced.status, 201, JSON.stringify(priced.body));
  assert.equal((await tara.post('/v1/stages/start', { title: 'A test' })).status < 300, true);
});

test('nobody leaves more accounts and prices behind than the policy lets them', async () => {
  const many = await creatorWith(site, 'many', 100_000_000n);
  let replaces = await addAccount(many, ACH_ACCOUNT);
  for (let n = 1; n < 10; n += 1) replaces = await addAccount(many, { ...ACH_ACCOUNT, replaces });
  await confirm(many);
  const more = await many.post('/v1/me/payout-accounts', { ...ACH_ACCOUNT, replaces });
  assert.deepEqual([more.status, more.body.code], [429, 'payout_changes_too_many']);
});

async function signIn({ handle, post }: Person) {
  const { status } = await post('/v1/sign-in', {
    email: `${handle}@people.example`,
    password: 'a long enough pass phrase',
  });
  assert.equal(status, 200);
}

test('a case is taken back while nobody has decided: its pictures are gone at once, and it does not count', async () => {
  const nadia = await site.person('nadia');
  assert.equal((await takeBack(nadia)).status, 404);
  const id = await handedIn(nadia);
  assert.equal((await look(olu, id, 'front')).status, 200);
  assert.deepEqual((await takeBack(nadia)).body.case.state, 'withdrawn');
  assert.equal((await takeBack(nadia)).status, 200);
  assert.equal((await look(olu, id, 'selfie')).status, 404);
  assert.equal((await decide(olu, id, { verdict: 'approved' })).body.code, 'identity_case_closed');
  const mine = (await nadia.get('/v1/me/identity')).body;
  assert.ok(mine.case.pictures.every(({ erasedAt }: { erasedAt: string | null }) => erasedAt !== null));
  assert.equal(mine.triesLeft, 3);
  const again = await handedIn(nadia);
  assert.notEqual(again, id);
  await decided(olu, again, { verdict: 'approved' });
  assert.equal((await takeBack(nadia)).body.code, 'identity_case_closed');
});

test('who takes cases back again and again waits before the next', async () => {
  const nils = await site.person('nils');
  for (let times = 1; times <= 5; times += 1) {
    assert.equal((await begin(nils)).status, 200);
    assert.equal((await takeBack(nils)).status, 200);
  }
  const sixth = await begin(nils);
  assert.deepEqual([sixth.status, sixth.body.code], [429, 'identity_begun_too_often']);
  await site.house.db.query(
    `update identity_cases set since = since - interval '31 days'
      where number = 1 and user_id = (select id from users where handle = 'nils')`,
  );
  assert.equal((await begin(nils)).status, 200);
});

test('a name in other letters needs its Latin spelling, one alphabet at a time', async () => {
  const paula = await creatorWith(site, 'paula', 0n);
  for (const [more, field] of [
    [{ legalName: 'Мария Иванова' }, '/latinName'],
    [{ legalName: 'Мария Иванова', latinName: 'Мария Иванова' }, '/latinName'],
    [{ legalName: 'Ann НОРЕ' }, '/legalName'],
  ] as const) {
    const refused = await begin(paula, more);
    assert.deepEqual([refused.status, refused.body.field], [422, field]);
  }
  const id = await (async () => {
    const begun = await begin(paula, { legalName: 'Мария Иванова', latinName: 'Mariia  Ivanova' });
    assert.equal(begun.body.case.latinName, 'Mariia Ivanova');
    for (const side of ['front', 'selfie']) await send(paula, side);
    return (await submit(paula)).body.case.id;
  })();
  assert.equal((await olu.get(`/v1/console/identity/${id}`)).body.case.latinName, 'Mariia Ivanova');
  await decided(olu, id, { verdict: 'approved' });
  await confirm(paula);
  const accept = (holder: string) =>
    paula.post('/v1/me/payout-accounts', { ...ACH_ACCOUNT, holder }, randomBytes(8).toString('hex'));
  assert.equal((await accept('Ivan Petrov')).body.code, 'payout_name_differs');
  assert.equal((await accept('MARIIA IVANOVA')).status, 201);
});

test('papers that nobody decides about are kept no longer than decided ones, and the person is told', async () => {
  const oskar = await site.person('oskar');
  const id = await handedIn(oskar);
  const { erasedBy } = (await oskar.get('/v1/me/identity')).body.case;
  assert.equal(erasedBy, new Date(clock.now() + 30 * DAY_MS).toISOString());
  const stateOf = async () => (await newestCase(house.db, userIdOf(oskar)))?.state;
  clock.advance(30 * DAY_MS - 1);
  await endUndecided(house);
  assert.equal(await stateOf(), 'submitted');
  clock.advance(1);
  assert.ok((await endUndecided(house)) > 0);
  assert.equal(await endUndecided(house), 0);
  assert.equal(await stateOf(), 'undecided');
  const caseId = parsePublicId('idcase', id);
  assert.deepEqual(
    await house.db.query(
      `select count(*) filter (where sealed is not null) as kept, count(*) as made
         from identity_pictures where case_id = $1`,
      [caseId],
    ),
    [{ kept: 0n, made: 2n }],
  );
  const told = await house.db.query('select title from notices where topic = $1', [`identity ${caseId}`]);
  assert.deepEqual(told, [{ title: 'Nobody looked at your papers in time' }]);
});
