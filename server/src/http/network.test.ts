import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf, publicNetworkOf } from './network.ts';

for (const [address, network] of [
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
] as const) {
  test(`${address} is counted for ${network}`, () => {
    assert.deepEqual([networkOf(address), publicNetworkOf(address)], [network, network]);
  });
}

for (const [address, network] of [
  ['127.0.0.1', '127.0.0.1'],
  ['127.9.9.9', '127.9.9.9'],
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['::1', '0:0:0:0::/64'],
  ['10.1.2.3', '10.1.2.3'],
  ['172.31.0.1', '172.31.0.1'],
  ['192.168.1.1', '192.168.1.1'],
  ['169.254.0.1', '169.254.0.1'],
  ['fd00::1', 'fd00:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
] as const) {
  test(`${address} is of no network of the internet`, () => {
    assert.deepEqual([networkOf(address), publicNetworkOf(address)], [network, null]);
  });
}

test('172.32.0.1 and 192.169.0.1 are of the internet', () => {
  assert.deepEqual(['172.32.0.1', '192.169.0.1'].map(publicNetworkOf), ['172.32.0.1', '192.169.0.1']);
});
