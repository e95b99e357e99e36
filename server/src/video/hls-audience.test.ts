import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/until.ts';
import { Shelf } from './embedded/hls-shelf.ts';
import { HlsAudience } from './hls-audience.ts';

const ONE = '00000000-0000-7000-8000-000000000001';
const OTHER = '00000000-0000-7000-8000-000000000002';

function audience() {
  const gone: string[] = [];
  const empty: string[] = [];
  const made = new HlsAudience(
    { gone: (viewer) => gone.push(viewer), empty: (stageId) => empty.push(stageId) },
    { silentMs: 60, lookEveryMs: 10 },
  );
  return { made, gone, empty };
}

test('whoever stops asking is gone, and with the last one their stage is made no more', async () => {
  const { made, gone, empty } = audience();
  made.join('stays', ONE, 'Vera', new Shelf());
  made.join('leaves', OTHER, 'mira', new Shelf());
  await until('one is gone', () => {
    made.see('stays', 'vera');
    return gone.length > 0;
  });
  assert.deepEqual([gone, empty, made.size], [['leaves'], [OTHER], 1]);
  assert.equal(made.shelf('mira'), undefined);
  assert.ok(made.shelf('VERA') !== undefined);
  await until('the other, too', () => made.size === 0);
  assert.deepEqual(empty, [OTHER, ONE]);
});

test('as long as one of them asks, a stage is made', async () => {
  const { made, gone, empty } = audience();
  const shelf = new Shelf();
  made.join('one', ONE, 'vera', shelf);
  made.join('two', ONE, 'vera', shelf);
  await until('one is gone', () => {
    made.see('two', 'vera');
    return gone.length > 0;
  });
  assert.deepEqual(empty, []);
  made.stop();
});

test('who watched what has ended is unknown afterwards, and does not end what began anew', () => {
  const { made, gone, empty } = audience();
  const [before, after] = [new Shelf(), new Shelf()];
  made.join('old', ONE, 'vera', before);
  before.close();
  made.join('new', ONE, 'vera', after);
  assert.deepEqual([gone, empty, made.size], [['old'], [], 1]);
  assert.equal(made.see('old', 'vera'), undefined);
  assert.equal(made.see('new', 'vera'), after);
  assert.equal(made.see('new', 'mira'), undefined);
  made.stop();
});
