import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pino } from 'pino';
import { EmbeddedEngine } from '../server/src/video/embedded/embedded-engine.ts';
import { leave, openBrowser, openStage, until, visitor } from './browser.ts';
import { isPlayingSoundTrack, plays, publish } from './picture.ts';
import { startSite } from './site.ts';

/**
 * Video that another server carries. Where `MEDIAMTX` names its program, MediaMTX does; else the embedded engine behind
 * plain WHIP and WHEP addresses of its own, which is as far from the site.
 */

const program = process.env.MEDIAMTX;
const engine = await (program === undefined ? ownEngine() : mediaMtx(program));
const site = await startSite({
  settings: {
    CARAT_VIDEO: 'remote',
    CARAT_VIDEO_WHIP_URL: `${engine}/{room}/whip`,
    CARAT_VIDEO_WHEP_URL: `${engine}/{room}/whep`,
  },
});
const browser = await openBrowser({ camera: true });

test('what one sends through the site, another server carries, and others see it', async () => {
  const mira = await visitor(browser, site.origin, { as: 'mira' });
  const ana = await visitor(browser, site.origin, { as: 'ana' });
  await openStage(mira, 'mira');
  await openStage(ana, 'mira');
  await publish(mira);
  await plays(ana.page);
  assert.ok(await isPlayingSoundTrack(ana.page));
  // The first who asks may be too early for what has just begun.
  await leave([ana, mira]);
});

test('that server is MediaMTX', {
  skip: program === undefined && 'no MediaMTX here: say where its program is with MEDIAMTX',
}, async () => {
  const answer = await fetch(`${engine}/nobody/whep`, { method: 'OPTIONS' });
  assert.ok(answer.status < 500);
});

/** @returns its address */
async function ownEngine(): Promise<string> {
  const own = new EmbeddedEngine(
    {
      port: 0,
      portFixed: false,
      bind: '127.0.0.1',
      announce: [],
      viewersMax: 10,
      publishersMax: 2,
      graceMs: 5_000,
      bitsPerSecondMax: 2_500_000,
    },
    pino({ level: 'silent' }),
  );
  const server = createServer((request, response) => void answer(own, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(async () => {
    server.closeAllConnections();
    server.close();
    await own.stop();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(own: EmbeddedEngine, request: IncomingMessage, response: ServerResponse) {
  const [, room = '', side, session] = (request.url ?? '').split('/');
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const offer = Buffer.concat(parts).toString();
  try {
    if (request.method === 'DELETE') {
      await own.close(session ?? '');
      response.writeHead(200).end();
      return;
    }
    const made = await (side === 'whip' ? own.publish(room, offer) : own.play(room, offer));
    response
      .writeHead(201, {
        'content-type': 'application/sdp',
        location: `/${room}/${side}/${made.session}`,
      })
      .end(made.answer);
  } catch {
    response.writeHead(404).end();
  }
}

/** Starts MediaMTX on loopback with ports of its own. @returns its address */
async function mediaMtx(path: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'carat-mediamtx-'));
  const [http, udp] = [await freeTcpPort(), await freeUdpPort()];
  const settings = [
    'rtsp: no',
    'rtmp: no',
    'hls: no',
    'srt: no',
    'webrtc: yes',
    `webrtcAddress: 127.0.0.1:${http}`,
    `webrtcLocalUDPAddress: 127.0.0.1:${udp}`,
    'webrtcAdditionalHosts: [127.0.0.1]',
    'paths:',
    '  all_others:',
    '',
  ];
  await writeFile(join(directory, 'mediamtx.yml'), settings.join('\n'));
  const server: ChildProcess = spawn(path, [join(directory, 'mediamtx.yml')], { stdio: 'ignore' });
  after(async () => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null && server.kill()) await gone;
    await rm(directory, { recursive: true, force: true });
  });
  const address = `http://127.0.0.1:${http}`;
  await until(
    'MediaMTX answers',
    () =>
      fetch(address).then(
        () => true,
        () => false,
      ),
    (answers) => answers,
  );
  return address;
}

async function freeTcpPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
