import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS, SECOND_MS, testClock } from '../../src/core/clock.ts';
import { parsePublicId, type Uuid } from '../../src/core/ids.ts';
import { gifts, matureGifts } from '../../src/gifts/index.ts';
import { identity } from '../../src/identity/index.ts';
import { auditWithin } from '../../src/ledger/audit.ts';
import { live } from '../../src/live/index.ts';
import { policy } from '../../src/policy/index.ts';
import { rates } from '../../src/rates/index.ts';
import { wallet } from '../../src/wallet/index.ts';
import { giveCoins } from '../gift-scene.ts';
import { hands, type Person, testHouse } from '../test-house.ts';
import { goLive } from '../town-life.ts';
import { until } from '../until.ts';
import { Page } from './page.ts';

/**
 * Walks through one gift, with a server that dies on the way, and compares what was said and kept with
 * docs/walkthroughs/a-gift.md. `RECORD=1` writes the page anew.
 */
const PAGE = new URL('../../../docs/walkthroughs/a-gift.md', import.meta.url);
const KEY = '019ab5c0-7a00-7000-8000-00000000a11a';
const clock = testClock(Date.UTC(2026, 10, 24, 12));
const slices = [policy, identity, rates, wallet, gifts, live];
const first = await testHouse({ slices, clock });
const anaAtFirst = await first.person('ana');
const miraAtFirst = await first.person('mira');

test('docs/walkthroughs/a-gift.md is what happens', async () => {
  const page = new Page();
  for (const person of [anaAtFirst, miraAtFirst]) {
    page.name(person.id, `user_${person.handle}`);
    await person.request('PATCH', '/v1/me', { body: { avatar: 'fox', displayName: capital(person.handle) } });
  }
  await giveCoins(first.house, idOf(anaAtFirst), 500n);
  const stageId = await goLive(miraAtFirst);
  page.name(stageId, 'stage_mira');
  clock.advance(MINUTE_MS);

  page.tell(`# A gift

Ana, who has 500 Coins, gives Mira a Teddy. Each step says which file does it, which rows are there afterwards, and what is left when
the machine dies at that moment. What is shown was asked of running servers: \`server/test/walkthroughs/a-gift.test.ts\`
asks again and compares. Record it anew with \`RECORD=1 node --test server/test/walkthroughs/a-gift.test.ts\`. Names stand for the
long ids. The crashes themselves, in the middle and under load, are in \`server/src/gifts/kill.test.ts\`, \`relay.test.ts\` and
\`server/test/scenarios/ledger-faults.test.ts\`.

## 1. The tap

\`web/src/gifts/send-machine.ts\`, \`send-store.ts\`: the balance on the screen falls at once. A key is made for this tap, and key and
gift are written into the tab's session storage before anything is sent.

| the machine dies now | what is left |
| --- | --- |
| the browser, before sending | nothing was sent, nothing was taken |
| the page, after sending | the tab, loaded again, asks what became of the key (\`GET /v1/gifts/by-key/…\`) and sends nothing by itself |
| the browser with all its tabs, after sending | what the server did: it is among the gifts that Ana gave (step 6), or it never happened |`);

  page.tell(`## 2. The request

\`server/src/gifts/channel.ts\` takes it from the socket, \`routes.ts\` over HTTP; both call \`send-gift.ts\`. It looks at the policy, the
catalogue, the stage and the gates in memory, \`rules.ts\` decides, and \`gift-ids.ts\` works the ids of the gift and of its two
transfers out of the sender and the key. No row is written yet, but the accounts of two people who never had any.

| the machine dies now | what is left |
| --- | --- |
| the server | nothing; whoever asks with the same key again asks for the first time |`);

  page.tell(`## 3. The commit

\`server/src/ledger/group-commit.ts\` takes the two transfers and the gift's row into its next batch. \`state-machine.ts\` decides them on
the balances in memory, and all of it goes to PostgreSQL as one message, which is one transaction.`);
  const before = await rowsOf(['gifts', 'ledger_transfers']);
  const body = { stageId, giftId: 'teddy', quantity: 1 };
  const sent = await anaAtFirst.post('/v1/gifts', body, KEY);
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  const giftId: string = sent.body.gift.id;
  const [coinLeg, diamondLeg] = sent.body.gift.transfers.map(({ id }: { id: string }) => id);
  page.name(coinLeg, 'tx_coins');
  page.name(diamondLeg, 'tx_diamonds');
  page.name(giftId, 'gift_teddy');
  page.tell(
    `\`\`\`http\nPOST /v1/gifts\nIdempotency-Key: ${KEY}\n\n${JSON.stringify({ ...body, stageId: 'stage_mira' }, null, 2)}\n\`\`\``,
  );
  page.facts([
    ['status', String(sent.status)],
    ['gift', giftId],
    ['Ana has', sent.body.coins.display],
    ...(await newRows(before)),
  ]);
  const receipt = await anaAtFirst.get(`/v1/me/wallet/entries/${coinLeg}`);
  page.table(
    ['transfer', 'account', 'debit', 'credit'],
    receipt.body.legs.map((leg: Leg) => [
      leg.id,
      leg.account,
      leg.debit?.display ?? '',
      leg.credit?.display ?? '',
    ]),
  );
  page.tell(`| the machine dies now | what is left |
| --- | --- |
| the server or PostgreSQL, before the commit | nothing: neither Coins, nor Diamonds, nor a gift |
| either of them, after the commit, before the answer | all of it; the same key is answered from it, as the next step shows |`);

  page.tell(`## 4. The server is gone before Ana hears of it

Here it is stopped. Another process on the same database is asked with the same key. The ids are the same, so the ledger finds the transfers done.`);
  await first.close();
  const second = await testHouse({ slices, clock, databaseUrl: first.databaseUrl });
  const [ana, mira] = [anaAtFirst, miraAtFirst].map((person) => hands(second.origin, person.cookie));
  assert(ana !== undefined && mira !== undefined);
  const again = await ana.post('/v1/gifts', body, KEY);
  page.facts([
    ['status', String(again.status)],
    ['Idempotent-Replayed', again.headers.get('idempotent-replayed') ?? ''],
    ['gift', again.body.gift.id],
    ['Ana has', again.body.coins.display],
    ...(await newRows(before, second)),
  ]);

  page.tell(`## 5. The stage shows it

\`server/src/gifts/relay.ts\`: of all processes one leads, by an advisory lock. It reads gifts in the order of their commits, makes the
event, gives it the room's next number and moves its cursor, in one transaction; then it tells the room.`);
  const shown = await until(
    'the stage was told',
    () => ana.get(`/v1/gifts/${giftId}`),
    (answer) => answer.body.gift.status === 'pending',
  );
  const events = (await ana.get('/v1/stages/mira/events')).body.items.filter(
    ({ type }: { type: string }) => type === 'gift',
  );
  const [event] = events;
  page.facts([
    ['events of this gift', String(events.length)],
    ['what it says', `${event.nickname} gives ${event.repeatCount} × ${event.giftName}`],
    ['giftInstanceId', event.giftInstanceId],
    ['final', String(event.final)],
    ['rows in `gift_sessions`', String(await count('gift_sessions', second))],
    ['rows in `gift_supporters`', String(await count('gift_supporters', second))],
    ['the cursor, `gift_relay.relayed`, is at', 'the gift'],
  ]);
  assert.equal(await count('gifts where committed > (select relayed from gift_relay)', second), 0n);
  page.tell(`| the machine dies now | what is left |
| --- | --- |
| the leader, before its commit | the gift; another process leads within a second and shows it |
| the leader, after its commit | the event with its number; clients that did not get it see the gap, or come back, and ask by number |`);

  page.tell(`## 6. The Diamonds are pending

They have been Mira's since the commit of step 3. Whoever gave or got the gift can open its page.`);
  page.exchange(`GET /v1/gifts/${giftId}`, shown);
  page.facts([
    ['Ana finds it in', `\`GET /v1/me/gifts\`: ${idsOf(await ana.get('/v1/me/gifts'))}`],
    [
      'Mira finds it in',
      `\`GET /v1/me/gifts?as=receiver\`: ${idsOf(await mira.get('/v1/me/gifts?as=receiver'))}`,
    ],
    ...(await diamondsOf(mira)),
  ]);

  page.tell(`## 7. Seven days later

\`server/src/gifts/jobs.ts\` looks every minute; \`mature.ts\` moves what is due from pending to available, one transfer per creator and
run. The transfer's id comes from the first gift that it lists, and a gift can have one row in \`gift_maturities\`.`);
  const beforeMaturity = await rowsOf(['gift_maturities', 'ledger_transfers'], second);
  clock.set(Date.parse(shown.body.gift.steps[4].expected) - SECOND_MS);
  await matureGifts(second.house);
  const early = (await ana.get(`/v1/gifts/${giftId}`)).body.gift;
  page.facts([['a second before its date', early.status], ...(await newRows(beforeMaturity, second))]);
  clock.advance(SECOND_MS);
  await Promise.all([matureGifts(second.house), matureGifts(second.house)]);
  await matureGifts(second.house);
  const matured = (await ana.get(`/v1/gifts/${giftId}`)).body.gift;
  page.facts([
    ['on its date, looked at three times, twice at once', matured.status],
    ['available since', matured.steps[4].at],
    ...(await newRows(beforeMaturity, second)),
    ...(await diamondsOf(mira)),
  ]);
  page.tell(`| the machine dies now | what is left |
| --- | --- |
| the server, before the commit | pending Diamonds; the next run of any process finds the gift, however late |
| the server, after the commit | available Diamonds; the next run finds the row and passes the gift over |`);

  page.tell(`## 8. The books

Recomputed from the transfers, all of them:`);
  const report = await second.house.db.transaction((tx) => auditWithin(tx));
  assert.equal(report.isClean, true);
  const own = report.findings.find(({ name }) => name.startsWith('gifts agree'));
  page.facts([
    [own?.name ?? '', 'holds'],
    ['every other check of `npm run audit`', 'holds'],
  ]);
  await page.compare(PAGE, second.origin);
});

type Table = 'gifts' | 'ledger_transfers' | 'gift_maturities';

interface Leg {
  readonly id: string;
  readonly account: string;
  readonly debit: { display: string } | null;
  readonly credit: { display: string } | null;
}

function idOf(person: Person): Uuid {
  return parsePublicId('user', person.id) as Uuid;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

async function count(what: string, { house } = first): Promise<bigint> {
  const [row] = await house.db.query<{ rows: bigint }>(`select count(*) as rows from ${what}`);
  return row?.rows ?? 0n;
}

async function rowsOf(tables: readonly Table[], house = first): Promise<Map<Table, bigint>> {
  const rows = new Map<Table, bigint>();
  for (const table of tables) rows.set(table, await count(table, house));
  return rows;
}

/** How many rows came into each table since. */
async function newRows(before: ReadonlyMap<Table, bigint>, house = first): Promise<[string, string][]> {
  const now = await rowsOf([...before.keys()], house);
  return [...before].map(([table, rows]) => [
    `new rows in \`${table}\``,
    String((now.get(table) ?? 0n) - rows),
  ]);
}

async function diamondsOf(mira: Pick<Person, 'get'>): Promise<[string, string][]> {
  const { diamonds } = (await mira.get('/v1/me/wallet')).body;
  return [
    ['Mira has pending', diamonds.pending.display],
    ['Mira has available', diamonds.available.display],
  ];
}

function idsOf({ body }: { body: { items: { id: string }[] } }): string {
  return body.items.map(({ id }) => id).join();
}
