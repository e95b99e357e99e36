import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as ws from 'ws';
import { SharedMessage } from './wire.ts';

// Exported by ws, not told by its types.
const { PerMessageDeflate, Receiver } = ws as unknown as {
  PerMessageDeflate: new (options: object) => { accept(offers: object[]): void };
  Receiver: new (options: object) => NodeJS.EventEmitter & { write(data: Buffer): void };
};

/** What ws makes of a frame: the judge is another implementation of the protocol. */
function received(frame: Buffer): Promise<string> {
  const deflate = new PerMessageDeflate({ serverNoContextTakeover: true });
  deflate.accept([{ server_no_context_takeover: [true] }]);
  const receiver = new Receiver({ isServer: false, extensions: { 'permessage-deflate': deflate } });
  return new Promise((resolve, reject) => {
    receiver.on('message', (data: Buffer) => resolve(data.toString()));
    receiver.on('error', reject);
    receiver.write(frame);
  });
}

test('what goes out is what another implementation reads, at every length of the header', async () => {
  for (const length of [0, 1, 125, 126, 127, 199, 200, 65_535, 65_536, 300_000]) {
    const message = new SharedMessage(() => 'ä'.repeat(length >> 1) + 'x'.repeat(length % 2));
    const text = await received(message.bytes(false));
    assert.equal(Buffer.byteLength(text), length);
    assert.equal(await received(message.bytes(true)), text);
  }
});

test('any text survives, plain and deflated', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 2_000 }), async (text) => {
      const message = new SharedMessage(() => text);
      assert.equal(await received(message.bytes(false)), text);
      assert.equal(await received(message.bytes(true)), text);
    }),
    { numRuns: 200 },
  );
});

test('each variant is made once, and short messages are not deflated', () => {
  const long = new SharedMessage(() => 'carat '.repeat(100));
  assert.equal(long.bytes(true), long.bytes(true));
  assert.equal(long.bytes(false), long.bytes(false));
  assert.ok(long.bytes(true).length < long.bytes(false).length / 5);
  const short = new SharedMessage(() => '{"t":"frame"}');
  assert.equal(short.bytes(true), short.bytes(false));
});
