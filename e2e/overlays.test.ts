import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import { newId } from '../server/src/core/ids.ts';
import { isVisible, leave, looksRight, openBrowser, PHONE, until, type Visitor, visitor } from './browser.ts';
import { startSite } from './site.ts';

const CANVAS = { width: 1920, height: 1080 } as const;
/** A revoked overlay is blank within this. */
const BLANK_WITHIN_MS = 5_000;
const SCRIPT_BYTES_MAX = 15_000;

const site = await startSite();
const browser = await openBrowser({ motion: true });

test('the overlay’s script is small, and a program of its own', () => {
  const assets = resolve(import.meta.dirname, '../web/dist/assets');
  const page = readFileSync(resolve(assets, '../overlay/index.html'), 'utf8');
  const scripts = [...page.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map(([, file = '']) => file);
  const bytes = scripts.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(assets, file)), { level: 9 }).length,
    0,
  );
  assert.ok(scripts.length > 0 && readdirSync(assets).includes(scripts[0] ?? ''));
  assert.ok(bytes <= SCRIPT_BYTES_MAX, `${bytes} bytes of script, gzipped`);
  for (const file of scripts) {
    const script = readFileSync(join(assets, file), 'utf8');
    assert.doesNotMatch(script, /innerHTML|\bimport\b/, 'it writes no markup and fetches no other script');
  }
});

test('a creator’s overlays in a streaming program, from the first token to its end', async (t) => {
  const mira = await visitor(browser, site.origin, { as: 'mira' });
  const ana = await visitor(browser, site.origin, { as: 'ana' });
  const koji = await visitor(browser, site.origin, { as: 'koji' });
  await mira.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site.origin });
  const stageId = await stageOf(mira);

  // A token, and the address of each overlay, which the screen does not show.
  await mira.page.goto('/studio/overlays');
  await mira.page.getByLabel('What they are for').fill('OBS at home');
  await mira.page.getByRole('button', { name: 'Make the addresses' }).click();
  const copied: Record<string, string> = {};
  for (const name of ['Alerts', 'Goal', 'Leaderboard']) {
    await mira.page.getByRole('button', { name: `Copy the address of ${name}` }).click();
    await isVisible(mira.page.getByRole('button', { name: `Copied the address of ${name}` }));
    copied[name] = await mira.page.evaluate('navigator.clipboard.readText()');
  }
  assert.match(copied.Alerts ?? '', /\/overlay\/ovl_[A-Za-z0-9_-]{64}\/alerts$/);
  const token = copied.Alerts?.split('/').at(-2) ?? '';
  assert.ok(!(await mira.page.content()).includes(token), 'the page does not show the token');
  await looksRight(mira, 'the overlays page');

  // Open in a program that nobody signs in to, 1920 × 1080.
  const obs = await browser.newContext({ viewport: CANVAS, baseURL: site.origin });
  const complaints: string[] = [];
  const open = async (address: string) => {
    const page = await obs.newPage();
    page.on('pageerror', ({ message }) => complaints.push(message));
    const answer = await page.goto(address);
    assert.deepEqual(
      [answer?.status(), answer?.headers()['referrer-policy'], answer?.headers()['x-robots-tag']],
      [200, 'no-referrer', 'noindex'],
    );
    await isOpen(page);
    return page;
  };
  const alerts = await open(copied.Alerts ?? '');
  const goal = await open(copied.Goal ?? '');
  const board = await open(copied.Leaderboard ?? '');
  assert.deepEqual(await obs.cookies(), [], 'no cookie');

  // One alert at a time; a streak is one of them and ends at its last count.
  await noteAlerts(alerts);
  const early = await until('what the town gave of late is over', () => notes(alerts), isOver, 60_000);
  await give(ana, stageId, 'donut');
  await give(koji, stageId, 'donut');
  const streak = newId();
  for (let count = 1; count <= 9; count++) await give(ana, stageId, 'rose', { streakId: streak, count });
  await alerts.locator('.alert').first().waitFor();
  assert.equal(await alphaAt(obs, alerts, 5, CANVAS.height - 5), 0, 'nothing is drawn where nothing is');
  assert.equal(await alphaAt(obs, alerts, 5, 5), 0);
  const shown = await until(
    'three alerts were shown',
    () => notes(alerts),
    (seen) => isOver(seen) && seen.order.length === early.order.length + 3,
    60_000,
  );
  assert.equal(shown.most, 1, 'one at a time');
  assert.equal(new Set(shown.order).size, shown.order.length, 'each once');
  const ofStreak = shown.order.find((alert) => alert.startsWith(streak)) ?? '';
  assert.equal(shown.counts[ofStreak]?.at(-1), 9);
  assert.deepEqual(
    shown.counts[ofStreak],
    [...(shown.counts[ofStreak] ?? [])].sort((a, b) => a - b),
  );

  // The goal moves, and somebody overtakes.
  const set = { title: 'Encore', targetUnits: '900000' };
  assert.ok((await call(mira, 'put', '/v1/stages/goal', set)).ok());
  await goal.locator('.goal').waitFor();
  const box = await goal.locator('.goal').boundingBox();
  assert.ok(box !== null);
  const solid = () => alphaAt(obs, goal, box.x + box.width - 12, box.y + 14);
  await until('the goal is drawn', solid, (alpha) => alpha > 180);
  assert.equal(await alphaAt(obs, goal, box.x + box.width + 40, box.y + box.height + 40), 0);
  const before = Number(await goal.locator('.goal').getAttribute('data-units'));
  const first = async () => (await board.locator('[data-rank="1"] .name').textContent()) ?? '';
  await board.locator('[data-rank="1"]').waitFor();
  const leader = await first();
  const other = leader === (await nameOf(koji)) ? ana : koji;
  await buy(other, 20_000);
  await give(other, stageId, 'comet');
  await until(
    'the goal moved',
    async () => Number(await goal.locator('.goal').getAttribute('data-units')),
    (units) => units > before,
  );
  await until('the leaderboard reordered', first, (name) => name !== leader);
  assert.equal(await first(), await nameOf(other));

  // As smooth as the machine draws, while a dear alert plays.
  await alerts.locator('.alert[data-tier="5"]').waitFor();
  await alerts.bringToFront();
  const frames = await alerts.evaluate<number>(`new Promise((told) => {
    let frames = 0; const from = performance.now();
    const each = (now) => { frames += 1; now - from < 3000 ? requestAnimationFrame(each) : told(frames * 1000 / (now - from)); };
    requestAnimationFrame(each);
  })`);
  t.diagnostic(`${Math.round(frames)} frames a second while a dear alert plays, 1920 × 1080, no GPU`);
  const moved = await alerts.evaluate<string[]>(`document.getAnimations().flatMap(({ effect }) =>
    effect.getKeyframes().flatMap(({ offset, computedOffset, easing, composite, ...moved }) => Object.keys(moved)))`);
  const costly = moved.filter((property) => property !== 'transform' && property !== 'opacity');
  assert.deepEqual(costly, [], 'only what the compositor moves by itself moves');

  // OBS shut the source down and loads it anew: nothing twice, nothing missed.
  await until('the dear alert is over', () => notes(alerts), isOver, 40_000);
  await alerts.close();
  await give(ana, stageId, 'donut');
  const reopened = await obs.newPage();
  await noteAlerts(reopened);
  await reopened.goto(copied.Alerts ?? '');
  await isOpen(reopened);
  const afterReload = await until(
    'the missed alert was shown',
    () => notes(reopened),
    (seen) => isOver(seen) && seen.order.length > 0,
    40_000,
  );
  assert.equal(afterReload.order.length, 1, JSON.stringify(afterReload));
  assert.ok(!shown.order.includes(afterReload.order[0] ?? ''));

  // The server dies and comes back: overlays come back by themselves.
  await site.kill();
  await site.restart();
  await give(koji, stageId, 'donut');
  const afterKill = await until(
    'the next alert was shown',
    () => notes(reopened),
    (seen) => isOver(seen) && seen.order.length === 2,
    60_000,
  );
  assert.equal(new Set(afterKill.order).size, 2);
  await goal.locator('.goal').waitFor();

  // Revoked: blank.
  await mira.page.reload();
  await mira.page.getByRole('button', { name: 'Revoke OBS at home' }).click();
  const from = Date.now();
  await mira.page.getByRole('button', { name: 'Revoke it' }).click();
  for (const page of [reopened, goal, board]) {
    await until(
      'the overlay is blank',
      () => page.locator('.panel').count(),
      (count) => count === 0,
    );
    await page.waitForSelector('html:not([data-open])', { state: 'attached' });
  }
  const tookMs = Date.now() - from;
  t.diagnostic(`blank ${tookMs} ms after the press`);
  assert.ok(tookMs < BLANK_WITHIN_MS, `${tookMs} ms`);
  assert.deepEqual(complaints, []);
  await obs.close();
  await leave(
    [mira, ana, koji],
    [/ERR_CONNECTION_REFUSED|Failed to load resource|WebSocket|Failed to fetch/],
  );
});

test('the settings page: what is set shows in the preview at once, and tests go there and nowhere else', async () => {
  const nova = await visitor(browser, site.origin, { as: 'nova' });
  const fan = await visitor(browser, site.origin, { as: 'ana' });
  await fan.page.goto('/live/nova');
  await nova.page.goto('/studio/overlays');
  const preview = nova.page.frameLocator('iframe');
  await preview.locator('html[data-open]').waitFor({ state: 'attached' });
  await nova.page.getByRole('button', { name: 'Light', exact: true }).click();
  await preview.locator('html[data-theme="light"]').waitFor({ state: 'attached' });
  await nova.page.getByLabel('Words', { exact: true }).fill('<b>{name}</b> gave {count} {gift}');
  await isVisible(nova.page.getByText('Saved. Open overlays follow at once.'));
  await nova.page.getByRole('button', { name: 'Small gift' }).click();
  await isVisible(preview.locator('.alert', { hasText: '<b>Juno</b> gave 1 Donut' }).locator('.test'));
  assert.equal(await fan.page.getByText('Juno').count(), 0, 'the room hears nothing of it');
  for (const [name, press, seen] of [
    ['Goal', 'Move the goal', '.goal'],
    ['Leaderboard', 'Let somebody overtake', '.leaderboard'],
    ['Match', 'Play a short match', '.match'],
    ['Question', 'Show a question', '.question'],
    ['Ticker', 'Small gift', '.ticker .chip'],
  ] as const) {
    await nova.page.getByRole('button', { name, exact: true }).click();
    await preview.locator('html[data-open]').waitFor({ state: 'attached' });
    await nova.page.getByRole('button', { name: press }).click();
    await isVisible(preview.locator(seen).first());
  }
  await looksRight(nova, 'the overlays page');
  await nova.page.setViewportSize(PHONE);
  await looksRight(nova, 'the overlays page in the hand');
  await leave([nova, fan]);
});

async function isOpen(page: Page): Promise<void> {
  await page.waitForSelector('html[data-open]', { state: 'attached' });
}

function call(who: Visitor, verb: 'post' | 'put', path: string, data: object, key?: string) {
  const headers = { origin: site.origin, ...(key === undefined ? {} : { 'idempotency-key': key }) };
  return who.context.request[verb](path, { data, headers });
}

async function stageOf({ context }: Visitor): Promise<string> {
  const { stage } = (await (await context.request.get('/v1/stages/mira')).json()) as {
    stage: { id: string };
  };
  return stage.id;
}

/** Coins from the sandbox's checkout. */
async function buy(who: Visitor, coins: number): Promise<void> {
  const opened = await call(
    who,
    'post',
    '/v1/orders',
    { item: { kind: 'exact', coins: String(coins) } },
    newId(),
  );
  assert.equal(opened.status(), 201, await opened.text());
  const { order } = (await opened.json()) as { order: { id: string; checkoutUrl: string } };
  await who.context.request.post(order.checkoutUrl, {
    form: { do: 'pay', card: '4242424242424242' },
    headers: { origin: site.origin },
    maxRedirects: 0,
  });
  await until(
    'the order is paid',
    async () =>
      (
        (await (await who.context.request.get(`/v1/orders/${order.id}`)).json()) as {
          order: { state: string };
        }
      ).order.state,
    (state) => state === 'paid',
  );
}

async function nameOf({ context }: Visitor): Promise<string> {
  const { me } = (await (await context.request.get('/v1/session')).json()) as { me: { displayName: string } };
  return me.displayName;
}

async function give(
  who: Visitor,
  stageId: string,
  giftId: string,
  streak?: { readonly streakId: string; readonly count: number },
): Promise<void> {
  const key = streak === undefined ? newId() : `${streak.streakId}:${streak.count}`;
  const answer = await call(
    who,
    'post',
    '/v1/gifts',
    { stageId, giftId, ...(streak ?? { quantity: 1 }) },
    key,
  );
  assert.equal(answer.status(), 201, await answer.text());
}

interface Notes {
  /** The alerts in the order in which they came. */
  readonly order: string[];
  readonly counts: Readonly<Record<string, number[]>>;
  /** Shown together at most, and now. */
  readonly most: number;
  readonly now: number;
  /** Since something changed. */
  readonly idleMs: number;
}

/** Longer than the gap between two alerts. */
const IDLE_MS = 1_500;
const isOver = ({ now, idleMs }: Notes) => now === 0 && idleMs > IDLE_MS;

/** Writes down every alert from now on, or from when the page is there. */
async function noteAlerts(page: Page): Promise<void> {
  const script = `{
    const notes = (window.notes = { order: [], counts: {}, most: 0, now: 0, at: 0 });
    const look = () => {
      const shown = [...document.querySelectorAll('.alert')];
      notes.now = shown.length;
      notes.at = performance.now();
      notes.most = Math.max(notes.most, shown.length);
      for (const { dataset: { alert, count } } of shown) {
        if (!notes.order.includes(alert)) notes.order.push(alert);
        const counts = (notes.counts[alert] ??= []);
        if (counts.at(-1) !== Number(count)) counts.push(Number(count));
      }
    };
    const begin = () => {
      look();
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    };
    document.body === null ? addEventListener('DOMContentLoaded', begin) : begin();
  }`;
  if (page.url() === 'about:blank') await page.addInitScript(script);
  else await page.evaluate(script);
}

function notes(page: Page): Promise<Notes> {
  return page.evaluate<Notes>('({ ...window.notes, idleMs: performance.now() - window.notes.at })');
}

/** How solid the page is at one place: 0 = nothing there, 255 = nothing shines through. */
async function alphaAt(context: BrowserContext, page: Page, x: number, y: number): Promise<number> {
  const png = (await page.screenshot({ omitBackground: true })).toString('base64');
  const reader = await context.newPage();
  try {
    return await reader.evaluate<number>(`fetch('data:image/png;base64,${png}')
      .then((answer) => answer.blob()).then(createImageBitmap).then((picture) => {
        const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
        canvas.drawImage(picture, 0, 0);
        return canvas.getImageData(${Math.round(x)}, ${Math.round(y)}, 1, 1).data[3];
      })`);
  } finally {
    await reader.close();
  }
}
