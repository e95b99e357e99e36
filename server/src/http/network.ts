import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * The network that something is counted for: an IPv4 address, or the first 64 bits of an IPv6 one,
 * because one household owns all the rest.
 */
export function networkOf(address: string): string {
  const plain = plainOf(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    // An IPv4 tail fills two groups.
    const after = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
    while (groups.length < 8 - after) groups.push('0');
    groups.push(...(tail === '' ? [] : tail.split(':')));
  }
  const first = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(':')}::/64`;
}

/**
 * The same, or `null` for an address that nobody on the internet has: this machine and private networks. A proxy that
 * forwards no address brings everybody from there, so whoever comes from there is not one network.
 */
export function publicNetworkOf(address: string): string | null {
  const plain = plainOf(address);
  if (isIPv4(plain) && INSIDE.check(plain, 'ipv4')) return null;
  if (isIPv6(plain) && INSIDE.check(plain, 'ipv6')) return null;
  return networkOf(plain);
}

const INSIDE = new BlockList();
INSIDE.addSubnet('127.0.0.0', 8, 'ipv4');
INSIDE.addSubnet('10.0.0.0', 8, 'ipv4');
INSIDE.addSubnet('172.16.0.0', 12, 'ipv4');
INSIDE.addSubnet('192.168.0.0', 16, 'ipv4');
INSIDE.addSubnet('169.254.0.0', 16, 'ipv4');
INSIDE.addAddress('::1', 'ipv6');
INSIDE.addSubnet('fc00::', 7, 'ipv6');
INSIDE.addSubnet('fe80::', 10, 'ipv6');

/** Without the name of an interface; an IPv4 address in the clothes of an IPv6 one as what it is. */
function plainOf(address: string): string {
  const plain = address.split('%')[0] ?? '';
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain;
}
