import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { isVisible, leave, openBrowser, openStage, visitor } from './browser.ts';
import { isPlayingSoundTrack, plays, streamKey } from './picture.ts';
import { startSite } from './site.ts';

/** GStreamer, a third implementation of WebRTC, as a WHIP program; where Debian's packages for it are installed. */

const PYTHON = '/usr/bin/python3';
const PROGRAM = join(import.meta.dirname, '../server/test/video/gstreamer-publisher.py');
/** It sends from no loopback address. */
const address = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

test('GStreamer sends with a stream key and Chromium plays it', { skip: reasonToSkip() }, async () => {
  const site = await startSite({ settings: { CARAT_VIDEO_ADDRESS: address ?? '' } });
  const browser = await openBrowser();
  const mira = await visitor(browser, site.origin, { as: 'mira' });
  const ana = await visitor(browser, site.origin, { as: 'ana' });
  const url = `${site.origin}/v1/stages/mira/whip`;
  const program = spawn(PYTHON, [PROGRAM, url, await streamKey(mira)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  assert.equal((await said.next()).value, 'publishing');
  await openStage(ana, 'mira');
  await plays(ana.page);
  assert.ok(await isPlayingSoundTrack(ana.page));
  program.stdin.end();
  assert.equal((await said.next()).value, 'ended 200');
  await once(program, 'exit');
  await isVisible(ana.page.getByText('The creator’s video broke off. It comes back by itself.'));
  await leave([ana, mira]);
});

function reasonToSkip(): string | false {
  if (address === undefined) return 'this machine has no address but loopback';
  const asked = spawnSync(PYTHON, ['-c', `import gi\ngi.require_version("GstWebRTC", "1.0")`]);
  return asked.status === 0 ? false : 'no GStreamer for Python here';
}
