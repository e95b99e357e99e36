import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { isOnTheInternet, OutsideError, readOutside } from './outside.ts';

const server = createServer((request, answer) => {
  if (request.url === '/large') answer.end('x'.repeat(5_000));
  else if (request.url === '/moved') answer.writeHead(302, { location: '/' }).end();
  else if (request.url === '/cut')
    answer.writeHead(200, { 'content-length': 100 }).write('half', () => request.socket.destroy());
  else if (request.url !== '/silent') answer.end('a table');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => {
  server.closeAllConnections();
  server.close();
});
const { port } = server.address() as AddressInfo;
const read = (path: string, host = '127.0.0.1') =>
  readOutside(`http://${host}:${port}${path}`, { bytesMax: 1_000, timeoutMs: 500, mayReach: () => true });

test('what is bounded, whole and where it was said to be is read', async () => {
  assert.equal(await read('/'), 'a table');
  assert.equal(await read('/', 'localhost'), 'a table');
  await assert.rejects(read('/large'), /more than 1000 bytes/);
  await assert.rejects(read('/moved'), /answered 302/);
  await assert.rejects(read('/silent'), /took longer than 0.5 seconds/);
  await assert.rejects(read('/cut'), OutsideError);
});

test('nothing inside is reached, by number or by name', async () => {
  const limits = { bytesMax: 1_000, timeoutMs: 2_000 };
  for (const address of [
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00::1]/',
    'https://[64:ff9b::7f00:1]/',
  ]) {
    await assert.rejects(readOutside(address, limits), /is not on the internet/, address);
  }
  for (const address of ['http://example.org/', 'file:///etc/passwd', 'ftp://example.org/', 'no address']) {
    await assert.rejects(readOutside(address, limits), /must begin with https/, address);
  }
});

test('the addresses of the internet are those that anybody may have', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700::1111']) {
    assert.equal(isOnTheInternet(address), true, address);
  }
  for (const address of [
    '0.0.0.0',
    '100.64.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '2002:7f00:1::',
    '2001:db8::1',
  ]) {
    assert.equal(isOnTheInternet(address), false, address);
  }
});
