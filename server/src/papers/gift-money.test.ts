import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractText, getDocumentProxy } from 'unpdf';
import { buy, give, refund } from '../../test/refund-scene.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { buyCoins, goLive } from '../../test/town-life.ts';
import { endow, userIdOf } from '../../test/withdrawal-scene.ts';
import { DAY_MS, testClock } from '../core/clock.ts';

// A gift's page and every paper of both sides say the same of its money, and go on saying it.

const clock = testClock(Date.UTC(2026, 10, 10, 9));
const site = await testHouse({ clock });
const [mira, ana] = [await site.person('mira'), await site.person('ana')];
const stageId = await goLive(mira);

// 100 Coins for $1.35, of which the provider keeps $0.34; 1,000 for $13.50, of which it keeps $0.69.
await buy(ana, 100n);
const second = await buy(ana, 1_000n);
const rose = await give(ana, stageId, 'rose');
const both = await give(ana, stageId, 'teddy', 2); // 99 of the first purchase, 99 of the second
const told = [
  [rose, ['$0.0135', '$0.0034', '$0.00335', '$0.00675']],
  [both, ['$2.673', '$0.40491', '$0.93159', '$1.3365']],
] as const;
const LABELS = ['The fan paid', 'Payment provider', 'Platform', 'Creator'];

async function everywhere(): Promise<void> {
  for (const [gift, expected] of told) {
    for (const who of [ana, mira]) {
      const { how } = (await who.get(`/v1/gifts/${gift}`)).body.gift;
      const shown = LABELS.map((label) => how.find((line: { label: string }) => line.label === label)?.value);
      assert.deepEqual(shown, expected, `the page of ${gift}`);
    }
    for (const [who, of] of [
      [ana, 'fan'],
      [mira, 'creator'],
    ] as const) {
      const base = '/v1/me/statements/2026-11';
      for (const path of [`${base}/lines?of=${of}`, `${base}/statement.json?of=${of}`]) {
        const { items, lines = items } = (await who.get(path)).body;
        assert.deepEqual(splitIn(lines, gift), expected, `${path} of ${who.handle}`);
      }
      const csv = await text(who, `${base}/statement.csv?of=${of}`);
      const micros = expected.map((shown) => String(Math.round(Number(shown.slice(1)) * 1e6)));
      const row = csv.split('\r\n').find((line) => line.includes(gift));
      assert.ok(row?.includes(`,${micros.join(',')},`), `${row} has not ${micros.join()}`);
      const pdf = await pdfText(who, `${base}/statement.pdf?of=${of}`);
      for (const amount of expected) assert.ok(pdf.includes(amount), `${amount} in the PDF of ${who.handle}`);
    }
  }
}
function splitIn(
  lines: { reference: string | null; split: Record<string, { display: string }> }[],
  id: string,
) {
  const split = lines.find(({ reference }) => reference === id)?.split;
  return ['fanPaid', 'providerFee', 'platform', 'creator'].map((name) => split?.[name]?.display);
}
async function raw(who: Person, path: string): Promise<Response> {
  const answer = await fetch(`${site.origin}${path}`, { headers: { cookie: who.cookie } });
  assert.equal(answer.status, 200, path);
  return answer;
}
async function text(who: Person, path: string): Promise<string> {
  return (await raw(who, path)).text();
}
async function pdfText(who: Person, path: string): Promise<string> {
  const pdf = new Uint8Array(await (await raw(who, path)).arrayBuffer());
  return (await extractText(await getDocumentProxy(pdf), { mergePages: true })).text;
}

test('page, lines, JSON, CSV and PDF of a gift agree, for fan and creator', everywhere);

test('and nothing that comes later changes them', async () => {
  // Another's free Coins, more purchases at another fee, money out of the house, and a refund of what is left.
  await buyCoins(ana, 5_000n);
  await endow(site.house, userIdOf(mira), 3_000_000n);
  await everywhere();
  assert.equal((await refund(ana, second)).status, 201);
  await everywhere();
  clock.advance(3 * DAY_MS);
  await give(ana, stageId, 'rose', 10);
  await everywhere();
});
