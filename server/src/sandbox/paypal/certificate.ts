import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Queryable } from '../../db/database.ts';
import { type Kept, keep } from '../books.ts';
import type { Desk } from '../desk.ts';

export const CERTIFICATE_PATH = '/v1/notifications/certs/CERT-sandbox-1';
const KEPT_ID = 'SandboxPaypalCertificate';

type CertificateRow = Kept<{ id: string; certificate: string; key: string }>;

/** What PayPal sends with a webhook (https://developer.paypal.com/api/rest/webhooks/rest/). */
export async function signPaypal(
  { db, clock }: Desk,
  sent: { readonly id: string; readonly body: string; readonly webhookId: string; readonly url: string },
): Promise<Record<string, string>> {
  const { key } = await certificateNow(db);
  const [id, time] = [randomUUID(), new Date(clock.now()).toISOString()];
  const signature = createSign('sha256')
    .update(`${id}|${time}|${sent.webhookId}|${crc32(Buffer.from(sent.body))}`)
    .sign(key, 'base64');
  return {
    'paypal-transmission-id': id,
    'paypal-transmission-time': time,
    'paypal-transmission-sig': signature,
    'paypal-cert-url': `${sent.url}${CERTIFICATE_PATH}`,
    'paypal-auth-algo': 'SHA256withRSA',
  };
}

export async function certificateText(db: Queryable): Promise<string> {
  return (await certificateNow(db)).certificate;
}

/** The key and its certificate: made by the first process that needs them, the same for all that share the books. */
async function certificateNow(
  db: Queryable,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const read = async () => {
    const [row] = await db.query<CertificateRow>('select body from sandbox.objects where id = $1', [KEPT_ID]);
    return row?.body;
  };
  const known = await read();
  if (known !== undefined) return known;
  const made = selfSigned();
  await keep(db, { kind: 'paypal_certificate', body: { id: KEPT_ID, ...made }, at: new Date() }).catch(
    () => undefined,
  );
  return (await read()) ?? made;
}

/** An X.509 certificate of a new key, signed by itself, as RFC 5280 writes one: node makes keys and no certificates. */
function selfSigned(): { readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const algorithm = sequence(oid(RSA_SHA256), der(0x05));
  const name = sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from('Carat sandbox')))));
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z'))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('sha256').update(tbs).sign(privateKey);
  const whole = sequence(tbs, algorithm, der(0x03, Buffer.from([0]), signature)).toString('base64');
  const lines = whole.match(/.{1,64}/g)?.join('\n') ?? '';
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** 1.2.840.113549.1.1.11 and 2.5.4.3, in the bytes of an object identifier. */
const RSA_SHA256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const COMMON_NAME = [0x55, 0x04, 0x03];

function oid(bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** A tag, the length of what follows, and that. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
