import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigError, type Environment, loadConfig } from './config.ts';

const URL = 'postgresql://carat:secret@db.example:5432/carat';
const SECRET = 'k3yk3yk3y-0123456789-abcdefghijkl';
/** All that must be said of an operator's own database. */
const SITE = {
  DATABASE_URL: URL,
  PUBLIC_ORIGIN: 'https://carat.example',
  CARAT_SECRET: SECRET,
  CARAT_WEBHOOK_SECRET: `${SECRET}2`,
};

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'carat-config-'));
  after(() => rmSync(path, { recursive: true, force: true }));
  return join(path, 'data');
}

function faultsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
  return [];
}

test('embedded: secrets are made once, kept for their owner alone, and the town is seeded', () => {
  const directory = folder();
  const first = loadConfig({ CARAT_DATA_DIR: directory });
  assert.deepEqual(first.database, { kind: 'embedded', dataDirectory: directory });
  assert.deepEqual(
    { host: first.host, port: first.port, given: first.portGiven, seed: first.seed, crowd: first.crowd },
    { host: '127.0.0.1', port: 4080, given: false, seed: 'town', crowd: true },
  );
  assert.equal(statSync(join(directory, 'secrets.json')).mode & 0o777, 0o600);
  assert.ok(first.secrets.session.length >= 32 && first.secrets.session !== first.secrets.webhook);
  const second = loadConfig({ CARAT_DATA_DIR: directory, CARAT_CROWD: 'off', PORT: '0' });
  assert.deepEqual(second.secrets, first.secrets);
  assert.deepEqual(
    { crowd: second.crowd, port: second.port, given: second.portGiven },
    { crowd: false, port: 0, given: true },
  );
  const other = loadConfig({ CARAT_DATA_DIR: directory, CARAT_SECRET: SECRET });
  assert.equal(other.secrets.session, SECRET, 'the environment wins');
  assert.match(
    readFileSync(join(directory, 'secrets.json'), 'utf8'),
    new RegExp(first.secrets.session),
    'and is not kept',
  );
});

test('with DATABASE_URL the address and every secret must be given, and nothing is seeded unless asked', () => {
  assert.deepEqual(faultsOf({ DATABASE_URL: URL }), [
    'PUBLIC_ORIGIN is missing (the address people type: it decides whose pages are our own, how cookies are kept and where links lead; needed with DATABASE_URL). Give it like https://carat.example',
    'CARAT_SECRET is missing (it signs the marks of known devices; needed with DATABASE_URL). Make one with: openssl rand -base64 32',
  ]);
  const config = loadConfig(SITE);
  assert.deepEqual(
    { database: config.database, seed: config.seed, crowd: config.crowd },
    { database: { kind: 'given', url: URL }, seed: 'none', crowd: false },
  );
  assert.equal(loadConfig({ ...SITE, CARAT_SEED: 'town' }).seed, 'town');
  for (const url of ['nats://127.0.0.1:4222', 'tls://carat:secret@a.example:4222,nats://b.example']) {
    assert.equal(loadConfig({ ...SITE, NATS_URL: url }).natsUrl, url);
  }
  assert.equal(config.natsUrl, undefined);
  assert.deepEqual(
    [SITE, { ...SITE, CARAT_SOCKETS_PER_NETWORK: '20000' }].map(
      (env) => loadConfig(env).socketsPerNetworkMax,
    ),
    [500, 20_000],
  );
});

test('without DATABASE_URL no address need be given: it is whatever host was asked', () => {
  assert.equal(loadConfig({ CARAT_DATA_DIR: folder() }).publicOrigin, undefined);
});

test('the sandbox, which gives Coins away, is on in the town and elsewhere only when asked for', () => {
  const town = { CARAT_DATA_DIR: folder() };
  const cases: [Environment, boolean][] = [
    [town, true],
    [{ ...town, CARAT_SANDBOX: 'off' }, false],
    [{ ...town, CARAT_SEED: 'none' }, false],
    [SITE, false],
    [{ ...SITE, CARAT_SEED: 'town' }, true],
    [{ ...SITE, CARAT_SANDBOX: 'on' }, true],
  ];
  for (const [env, sandbox] of cases) assert.equal(loadConfig(env).sandbox, sandbox, JSON.stringify(env));
  assert.match(faultsOf({ ...SITE, CARAT_SANDBOX: 'yes' })[0] ?? '', /CARAT_SANDBOX must be one of on, off/);
  const { CARAT_WEBHOOK_SECRET: _, ...unsigned } = SITE;
  assert.match(faultsOf({ ...unsigned, CARAT_SANDBOX: 'on' })[0] ?? '', /^CARAT_WEBHOOK_SECRET is missing/);
});

test('payment providers are there when their keys are given, and never beside the sandbox', () => {
  assert.deepEqual(loadConfig(SITE).payments, { stripe: null, btcpay: null, paypal: null });
  const stripe = {
    STRIPE_SECRET_KEY: `sk_test_${'a'.repeat(20)}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${'b'.repeat(20)}`,
  };
  const btcpay = {
    BTCPAY_URL: 'https://btcpay.example/',
    BTCPAY_API_KEY: 'key',
    BTCPAY_STORE: 'store',
    BTCPAY_WEBHOOK_SECRETS: `${'c'.repeat(20)}, ${'d'.repeat(20)}`,
  };
  const both = loadConfig({ ...SITE, ...stripe, ...btcpay });
  assert.deepEqual(both.payments, {
    stripe: {
      mode: 'test',
      secretKey: stripe.STRIPE_SECRET_KEY,
      webhookSecrets: [stripe.STRIPE_WEBHOOK_SECRET],
      methods: ['card', 'wallet'],
      connect: null,
      apiUrl: null,
    },
    btcpay: {
      mode: 'live',
      url: 'https://btcpay.example',
      apiKey: 'key',
      storeId: 'store',
      webhookSecrets: ['c'.repeat(20), 'd'.repeat(20)],
      payouts: null,
    },
    paypal: null,
  });
  const paying = {
    BTCPAY_PAYOUTS: 'on',
    BTCPAY_PAYOUT_WEBHOOK_SECRET: 'f'.repeat(20),
    BTCPAY_NETWORK: 'test',
  };
  const paid = loadConfig({ ...SITE, ...btcpay, ...paying }).payments.btcpay;
  assert.deepEqual([paid?.mode, paid?.payouts], ['test', { webhookSecrets: ['f'.repeat(20)] }]);
  const connect = { STRIPE_CONNECT: 'on', STRIPE_CONNECT_WEBHOOK_SECRET: `whsec_${'e'.repeat(20)}` };
  assert.deepEqual(loadConfig({ ...SITE, ...stripe, ...connect }).payments.stripe?.connect, {
    webhookSecrets: [connect.STRIPE_CONNECT_WEBHOOK_SECRET],
  });
  const paypal = { CARAT_PAYPAL_CLIENT_ID: 'app', CARAT_PAYPAL_SECRET: 'secret' };
  const account = { clientId: 'app', secret: 'secret', webhookId: null };
  assert.deepEqual(loadConfig({ ...SITE, ...paypal }).payments.paypal, {
    ...account,
    mode: 'live',
    url: 'https://api-m.paypal.com',
  });
  const tried = { ...paypal, CARAT_PAYPAL_URL: 'https://api-m.sandbox.paypal.com/' };
  assert.equal(loadConfig({ ...SITE, ...tried }).payments.paypal?.mode, 'test');
  const live = { ...stripe, STRIPE_SECRET_KEY: `rk_live_${'a'.repeat(20)}`, STRIPE_METHODS: 'card,crypto' };
  assert.deepEqual(
    [
      loadConfig({ ...SITE, ...live }).payments.stripe?.mode,
      loadConfig({ ...SITE, ...live }).payments.stripe?.methods,
    ],
    ['live', ['card', 'crypto']],
  );
  assert.equal(loadConfig({ CARAT_DATA_DIR: folder(), ...stripe }).sandbox, false, 'also in the town');
  const cases: [Environment, RegExp][] = [
    [{ ...stripe, CARAT_SANDBOX: 'on' }, /^CARAT_SANDBOX=on gives Coins away/],
    [{ STRIPE_SECRET_KEY: 'pk_live_abcdefgh' }, /^STRIPE_SECRET_KEY must begin with sk_live_/],
    [
      { ...stripe, STRIPE_WEBHOOK_SECRET: 'secret of another kind' },
      /^STRIPE_WEBHOOK_SECRET must begin with whsec_/,
    ],
    [{ ...stripe, STRIPE_WEBHOOK_SECRET: 'whsec_x' }, /^STRIPE_WEBHOOK_SECRET can be guessed/],
    [{ ...stripe, STRIPE_METHODS: 'cash' }, /^STRIPE_METHODS must name card, wallet or crypto, not "cash"/],
    [{ BTCPAY_URL: 'https://btcpay.example' }, /^BTCPAY_API_KEY is missing/],
    [{ ...btcpay, BTCPAY_URL: 'btcpay' }, /^BTCPAY_URL must be an address/],
    [{ CARAT_PAYPAL_CLIENT_ID: 'app' }, /^CARAT_PAYPAL_SECRET is missing/],
    [{ CARAT_PAYPAL_WEBHOOK_ID: '9XL90610J3647323C' }, /^CARAT_PAYPAL_CLIENT_ID is missing/],
    [{ ...paypal, CARAT_PAYPAL_URL: 'https://paypal.example' }, /^CARAT_PAYPAL_URL must be https:\/\/api-m/],
    [{ ...paypal, CARAT_PAYPAL_WEBHOOK_ID: 'short' }, /^CARAT_PAYPAL_WEBHOOK_ID must be the id/],
    [{ CARAT_DATA_DIR: folder(), ...paypal, CARAT_SEED: 'town' }, /no real money may move/],
  ];
  for (const [env, sentence] of cases) assert.match(faultsOf({ ...SITE, ...env })[0] ?? '', sentence);
});

test('every fault is named, with what to do', () => {
  const cases: [Environment, RegExp][] = [
    [{ CARAT_SECRE: 'x' }, /^CARAT_SECRE is not a setting of Carat\. Did you mean CARAT_SECRET\?$/],
    [{ CARAT_MOONPHASE_OF_THE_DAY: 'x' }, /^CARAT_MOONPHASE_OF_THE_DAY is not a setting of Carat\.$/],
    [{ CARAT_SECRET: 'short' }, /CARAT_SECRET must be 32 bytes or longer/],
    [{ CARAT_SECRET: 'a'.repeat(40) }, /CARAT_SECRET can be guessed/],
    [{ PORT: '99999' }, /PORT must be a number from 0 to 65535, not "99999"/],
    [{ PORT: '80x' }, /PORT must be a number/],
    [{ PUBLIC_ORIGIN: ' ' }, /^PUBLIC_ORIGIN is missing/],
    [{ PUBLIC_ORIGIN: 'carat.example' }, /PUBLIC_ORIGIN must be an address without a path/],
    [{ PUBLIC_ORIGIN: 'https://carat.example/x' }, /PUBLIC_ORIGIN must be an address without a path/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must look like postgresql:/],
    [
      { CARAT_SOCKETS_PER_NETWORK: '0' },
      /CARAT_SOCKETS_PER_NETWORK must be a number from 1 to 9999999, not "0"/,
    ],
    [{ NATS_URL: 'localhost:4222' }, /NATS_URL must look like nats:\/\/host:4222/],
    [{ NATS_URL: 'nats://a:4222, http://b' }, /NATS_URL must look like/],
    [{ CARAT_SEED: 'city' }, /CARAT_SEED must be one of town, none, not "city"/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of fatal, error, warn/],
  ];
  for (const [env, sentence] of cases) {
    const faults = faultsOf({ ...SITE, ...env });
    assert.equal(faults.length, 1, JSON.stringify(env));
    assert.match(faults[0] ?? '', sentence);
  }
  assert.equal(faultsOf({ ...SITE, PORT: 'x', LOG_LEVEL: 'x' }).length, 2, 'all of them at once');
  assert.equal(
    loadConfig({ ...SITE, PUBLIC_ORIGIN: 'https://Carat.example/' }).publicOrigin,
    'https://carat.example',
  );
  assert.equal(loadConfig({ ...SITE, PORT: '  ', CARAT_SEED: '' }).port, 4080, 'empty is not given');
});

test('secrets that cannot be read are told, and never made anew over the old ones', () => {
  const directory = folder();
  loadConfig({ CARAT_DATA_DIR: directory });
  const path = join(directory, 'secrets.json');
  writeFileSync(path, '{ "session": ');
  chmodSync(path, 0o600);
  const [fault] = faultsOf({ CARAT_DATA_DIR: directory });
  assert.match(fault ?? '', /secrets.json cannot be read.*put the file back from a backup/);
  assert.equal(readFileSync(path, 'utf8'), '{ "session": ');
});

test('video: carried here over one port unless told; another engine needs its addresses', () => {
  const usual = loadConfig(SITE).video;
  assert.deepEqual(usual, {
    kind: 'embedded',
    port: 7882,
    portFixed: true,
    bind: '127.0.0.1',
    announce: [],
    viewersMax: 250,
    bitsPerSecondMax: 2_500_000,
    graceMs: 60_000,
  });
  assert.equal(loadConfig({ ...SITE, CARAT_VIDEO: 'off' }).video.kind, 'off');
  const announced = loadConfig({
    ...SITE,
    HOST: '0.0.0.0',
    CARAT_VIDEO_ANNOUNCE: '203.0.113.7, 203.0.113.8',
  }).video;
  assert.ok(announced.kind === 'embedded');
  assert.deepEqual([announced.bind, announced.announce], ['0.0.0.0', ['203.0.113.7', '203.0.113.8']]);
  const faults = faultsOf({
    ...SITE,
    CARAT_VIDEO: 'remote',
    CARAT_VIDEO_WHIP_URL: 'http://10.0.0.2:8889/whip',
  });
  assert.equal(faults.length, 2);
  assert.match(faults.join(), /CARAT_VIDEO_WHIP_URL must be an address with \{room\}/);
  assert.match(faults.join(), /CARAT_VIDEO_WHEP_URL is missing/);
  assert.match(faultsOf({ ...SITE, CARAT_VIDEO_ANNOUNCE: 'stage.example' }).join(), /IPv4/);
  assert.match(faultsOf({ ...SITE, CARAT_VIDEO_PORT: '70000' }).join(), /CARAT_VIDEO_PORT/);
});

test('fiat rates come from a file or an address, in the sandbox from the table that comes with Carat', () => {
  const source = (env: Record<string, string>) => loadConfig({ ...SITE, ...env }).fiatRates;
  assert.deepEqual(source({}), { kind: 'none' });
  assert.deepEqual(source({ CARAT_SANDBOX: 'on' }), { kind: 'shipped' });
  assert.deepEqual(source({ CARAT_FIAT_RATES: '/etc/rates.json' }), {
    kind: 'file',
    path: '/etc/rates.json',
  });
  const url = 'https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml';
  assert.deepEqual(source({ CARAT_FIAT_RATES: url }), { kind: 'url', url });
  for (const wrong of ['http://example.org/rates', 'ftp://example.org/rates', 'https://']) {
    assert.throws(() => source({ CARAT_FIAT_RATES: wrong }), /CARAT_FIAT_RATES must be/, wrong);
  }
});

test('embedded: papers that were sealed open still when a key is given, or the secret is another', () => {
  const directory = folder();
  const keysOf = (env: Environment) =>
    loadConfig({ CARAT_DATA_DIR: directory, ...env }).documentKeys.map((key) => key.toString('base64'));
  const given = Buffer.alloc(32, 7).toString('base64');
  const [made, ...others] = keysOf({});
  assert.ok(made !== undefined);
  assert.deepEqual(others, []);
  assert.deepEqual(keysOf({ CARAT_DOCUMENT_KEY: given }), [given, made]);
  // The kept one seals whatever secret is given, so that the next change of it loses nothing either.
  assert.equal(keysOf({ CARAT_SECRET: SECRET })[0], made);
  const both = keysOf({ CARAT_DOCUMENT_KEY: given, CARAT_SECRET: SECRET });
  assert.deepEqual([both.length, both[0], both[1]], [3, given, made]);
  assert.deepEqual(
    loadConfig({ ...SITE, CARAT_DOCUMENT_KEY: given }).documentKeys.map((key) => key.toString('base64')),
    [given],
  );
  assert.deepEqual(loadConfig(SITE).documentKeys, []);
});
