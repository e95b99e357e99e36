import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';

/** Why something outside could not be read, as a sentence. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
}

export interface OutsideOptions {
  readonly bytesMax: number;
  /** For everything together: finding the host, connecting, and the last byte. */
  readonly timeoutMs: number;
  /** Whether a connection to this address is allowed; addresses of the internet unless told. */
  readonly mayReach?: (address: string) => boolean;
}

/**
 * Reads a text from an address that an operator named. Every address that the host's name stands for must be one of
 * the internet, and the connection goes to an address that was checked, so a name that changes in between reaches
 * nothing inside. Redirects are not followed. Plain HTTP is for addresses that `mayReach` was told to allow.
 * @throws OutsideError with a sentence.
 */
export function readOutside(address: string, options: OutsideOptions): Promise<string> {
  const { bytesMax, timeoutMs, mayReach = isOnTheInternet } = options;
  const url = URL.canParse(address) ? new URL(address) : null;
  const isPlain = url?.protocol === 'http:' && options.mayReach !== undefined;
  if (url === null || (url.protocol !== 'https:' && !isPlain))
    return Promise.reject(new OutsideError('The address must begin with https://.'));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // No name is looked up for a number, so it is checked here.
  if (isIP(host) !== 0 && !mayReach(host))
    return Promise.reject(new OutsideError(`${host} is not on the internet.`));
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(
        error instanceof OutsideError
          ? error
          : new OutsideError(
              signal.aborted
                ? `${host} took longer than ${timeoutMs / 1_000} seconds.`
                : `${host}: ${error.message}`,
            ),
      );
    const request = (isPlain ? requestHttp : requestHttps)(
      url,
      {
        agent: false,
        signal,
        lookup: checkedLookup(mayReach),
        headers: { accept: 'application/json, application/xml, text/xml', 'accept-encoding': 'identity' },
      },
      (answer) => {
        if (answer.statusCode !== 200) {
          request.destroy();
          fail(new OutsideError(`${host} answered ${answer.statusCode}.`));
          return;
        }
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= bytesMax) {
            chunks.push(chunk);
            return;
          }
          fail(new OutsideError(`${host} sent more than ${bytesMax} bytes.`));
          request.destroy();
        });
        answer.on('error', fail);
        answer.on('aborted', () => fail(new OutsideError(`${host} hung up.`)));
        answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      },
    );
    request.on('error', fail);
    request.end();
  });
}

/** Finds the addresses of a name and refuses when one of them is not allowed. */
function checkedLookup(mayReach: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const inside = found.find(({ address }) => !mayReach(address));
      if (inside !== undefined || found.length === 0) {
        callback(new OutsideError(`${hostname} is not on the internet.`), []);
        return;
      }
      const [first] = found;
      if (options.all === true || first === undefined) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}

/** Whether an address is one that anybody on the internet may have: not this machine, a private network or a special one. */
export function isOnTheInternet(address: string): boolean {
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return isIPv4(plain)
    ? !SPECIAL.check(plain, 'ipv4')
    : PUBLIC_SIX.check(plain, 'ipv6') && !SPECIAL.check(plain, 'ipv6');
}

// IANA's registries of special-purpose addresses.
const SPECIAL = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  SPECIAL.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL.addSubnet(network, bits, 'ipv6');
}
const PUBLIC_SIX = new BlockList();
PUBLIC_SIX.addSubnet('2000::', 3, 'ipv6');
