import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { PAPERS_EACH, paperStream, takePaperTurn, turnPaperReadWithin } from './paper-turns.ts';

const isBusy = (error: unknown) => error instanceof Refusal && error.code === 'papers_of_yours_busy';

test('one person has so many papers under way and no more; another is not held up by it', () => {
  const [mira, ana] = [newId(), newId()];
  const turns = Array.from({ length: PAPERS_EACH }, () => takePaperTurn(mira));
  assert.throws(() => takePaperTurn(mira), isBusy);
  takePaperTurn(ana)();
  turns[0]?.();
  turns[0]?.();
  turns.push(takePaperTurn(mira));
  assert.throws(() => takePaperTurn(mira), isBusy, 'a place that is given back twice is one place');
  for (const end of turns) end();
  takePaperTurn(mira)();
});

async function* parts() {
  for (let part = 0; part < 1_000; part += 1) yield 'x'.repeat(10_000);
}

test('a place is given back when the file is whole, when its reader goes, and when nobody began to read', async () => {
  for (const end of ['read', 'leave', 'never begin'] as const) {
    const given = new Promise<void>((resolve) => {
      const stream = paperStream(parts(), resolve);
      stream.on('error', () => {});
      if (end === 'read') stream.resume();
      else if (end === 'leave') stream.once('data', () => stream.destroy());
      else stream.destroy();
    });
    await given;
  }
});

test('a reader who takes nothing for a while loses the file', async () => {
  const before = turnPaperReadWithin(20);
  try {
    const failed = new Promise<Error>((resolve) => {
      const stream = paperStream(parts(), () => {});
      stream.once('error', resolve);
      stream.once('readable', () => {});
    });
    assert.match((await failed).message, /nobody read the paper/);
  } finally {
    turnPaperReadWithin(before);
  }
});
