import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  ACCOUNT_RESULT_SENTENCES,
  AccountResult,
  accountResultName,
  TRANSFER_RESULT_SENTENCES,
  TRANSIENT_RESULTS,
  TransferResult,
  transferResultName,
} from './results.ts';

test('each number is used once and leads back to its name', () => {
  for (const [name, number] of Object.entries(TransferResult)) assert.equal(transferResultName(number), name);
  for (const [name, number] of Object.entries(AccountResult)) assert.equal(accountResultName(number), name);
  assert.throws(() => transferResultName(0 as TransferResult), RangeError);
});

test('each result has a sentence, in the same order', () => {
  assert.deepEqual(Object.keys(TRANSFER_RESULT_SENTENCES), Object.keys(TransferResult));
  assert.deepEqual(Object.keys(ACCOUNT_RESULT_SENTENCES), Object.keys(AccountResult));
  const sentences = [TRANSFER_RESULT_SENTENCES, ACCOUNT_RESULT_SENTENCES].flatMap((all) =>
    Object.values(all),
  );
  for (const sentence of sentences) assert.match(sentence, /^[A-Z][^.]+\.$/);
});

test('docs/ledger-results.md says the same, in the same order', () => {
  const page = readFileSync(new URL('../../../docs/ledger-results.md', import.meta.url), 'utf8');
  const [, transfers = '', accounts = ''] = page.split(/^## /m);
  assert.deepEqual(
    rowsOf(transfers),
    Object.entries(TransferResult).map(([name, number]) => [
      `\`${name}\``,
      String(number),
      TRANSIENT_RESULTS.has(number) ? 'yes' : '',
      TRANSFER_RESULT_SENTENCES[transferResultName(number)],
    ]),
  );
  assert.deepEqual(
    rowsOf(accounts),
    Object.entries(AccountResult).map(([name, number]) => [
      `\`${name}\``,
      String(number),
      ACCOUNT_RESULT_SENTENCES[accountResultName(number)],
    ]),
  );
});

/** The cells of a Markdown table, without its head. */
function rowsOf(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
