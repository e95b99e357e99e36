import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractText, getDocumentProxy } from 'unpdf';
import { pdfFile, turnReadWithin } from './pdf-file.ts';
import type { PaperFront, PaperRow } from './pdf-paper.ts';

const front = (lineCount: number, person = 'Mira'): PaperFront => ({
  title: 'Statement',
  subtitle: '',
  person,
  period: 'November 2026, UTC',
  warning: null,
  accounts: [],
  notes: [],
  columns: ['#'],
  lineCount,
});
const totals = () => ({ rows: [], closing: '' });
const start = (lines: number, person?: string) =>
  pdfFile(
    front(lines, person),
    0,
    (async function* (): AsyncGenerator<readonly PaperRow[]> {
      for (let line = 1; line <= lines; line += 1) yield [[String(line)]];
    })(),
    totals,
  );

async function read(file: AsyncIterable<Uint8Array>): Promise<{ pages: string[] }> {
  const parts: Uint8Array[] = [];
  for await (const part of file) parts.push(part);
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(Buffer.concat(parts))));
  return { pages: text };
}

test('each page says which of how many it is, also where the last one is full to the line', async () => {
  for (const lines of [0, 1, 36, 37, 72, 200]) {
    const { pages } = await read(await start(lines));
    for (const [index, page] of pages.entries()) {
      assert.ok(page.includes(`${index + 1} of ${pages.length}`), `${lines} lines: ${page}`);
    }
  }
});

test('a paper of very many lines has them where a short one has them', async () => {
  const cells = [
    '7',
    '2026-11-03 12:00:00',
    'Coffee ×1 from Łucja e\u0301 日',
    '+2.5 Diamonds',
    '9 Diamonds',
    '$0.0675',
  ];
  const placed = async (lines: number) => {
    const file = await pdfFile(
      { ...front(lines), columns: ['#', 'Time (UTC)', 'What', 'Change', 'Balance', 'Fan paid'] },
      0,
      (async function* () {
        yield Array.from({ length: lines }, () => cells);
      })(),
      totals,
    );
    const parts: Uint8Array[] = [];
    for await (const part of file) parts.push(part);
    const document = await getDocumentProxy(new Uint8Array(Buffer.concat(parts)));
    const { items } = await (await document.getPage(2)).getTextContent();
    return items.flatMap((item) => {
      if (!('str' in item) || item.str.trim() === '' || / of /.test(item.str)) return [];
      return [[item.str, ...item.transform.map((part: number) => Math.round(part * 10) / 10)].join(' ')];
    });
  };
  const [short, long] = [await placed(36), await placed(2_100)];
  assert.ok(short.length >= 36 * 5, `${short.length} texts`);
  assert.deepEqual(new Set(long), new Set(short));
});

test('readers who take nothing lose their place to those who wait', { timeout: 60_000 }, async () => {
  const before = turnReadWithin(50);
  try {
    const idle = await Promise.all([start(10), start(10)]);
    const held = idle.map((file) => file[Symbol.asyncIterator]());
    for (const one of held) await one.next();
    const { pages } = await read(await start(3));
    assert.ok(pages.length >= 3);
    for (const one of held) await assert.rejects(() => one.next(), /nobody read the PDF/);
  } finally {
    turnReadWithin(before);
  }
});

test('whoever takes the last piece after the thread has gone has the whole file', async () => {
  const gone = new Promise<void>((resolve) => {
    process.once('worker', (worker) => worker.once('exit', () => resolve()));
  });
  const file = (await start(1))[Symbol.asyncIterator]();
  await file.next();
  const last = await file.next();
  assert.equal(
    Buffer.from(last.value ?? [])
      .subarray(-6)
      .toString(),
    '%%EOF\n',
  );
  await gone;
  assert.equal((await file.next()).done, true);
});

test('what would read backwards, and what the font lacks, is ▯', async () => {
  const { pages } = await read(await start(0, 'Łucja שלום 日 €'));
  assert.match(pages[0] ?? '', /Łucja ▯▯▯▯ ▯ €/);
});
