import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { join, resolve } from 'node:path';
import { readPaypal } from './config-paypal.ts';
import { dataDirectory, isRoot } from './db/embedded-host.ts';
import { readBic, readIban, readRouting } from './withdrawals/bank-numbers.ts';
import { toLatin } from './withdrawals/latin.ts';

/** Everything the environment says, read once. Nothing else reads `process.env`. */
export interface Config {
  readonly database: DatabaseChoice;
  /** The address to listen on; `127.0.0.1` unless `HOST` says otherwise. */
  readonly host: string;
  /** 4080 unless `PORT` says otherwise; 0 = any free one. */
  readonly port: number;
  /** Whether `PORT` was given: then it is that port or none, else the next free one will do. */
  readonly portGiven: boolean;
  /** The address people type, e.g. `https://carat.example`; undefined (without `DATABASE_URL` alone) = whatever host they reached. */
  readonly publicOrigin: string | undefined;
  /** Whose `X-Forwarded-For` is believed: nobody's (false) or the addresses named. */
  readonly trustProxy: boolean | string;
  /** Where server processes tell each other of news at once; undefined = they find out by reading. */
  readonly natsUrl: string | undefined;
  /** Sockets that one network may have open in this process; 500 unless told. */
  readonly socketsPerNetworkMax: number;
  readonly video: VideoConfig;
  /** Who takes the money of buyers; none unless their keys are given. */
  readonly payments: PaymentsConfig;
  readonly payouts: PayoutSenders;
  readonly secrets: Secrets;
  /**
   * The keys of papers that show who creators are, 32 bytes each: the first seals, all open, so that one is changed by
   * putting the new one first. Without any no papers are taken.
   */
  readonly documentKeys: readonly Buffer[];
  /** Whether a new database gets the small town of people to try things with. */
  readonly seed: 'town' | 'none';
  /**
   * Whether the sandbox's companies, which take no money, stand in for payment providers. In the town they do, unless a
   * provider is set up; elsewhere only when asked for, because there they give Coins and Diamonds to whoever signs up.
   */
  readonly sandbox: boolean;
  /** Whether the town's people send gifts and chat by themselves. */
  readonly crowd: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** What hashing a new password costs. Nobody sets it from outside; tests of other things hash cheaply. */
  readonly passwordCost: ScryptCost;
  readonly fiatRates: FiatSource;
  /** Where names are compared with a list of sanctions; null: nowhere. */
  readonly sanctions: SanctionsConfig | null;
  /** The built web app. */
  readonly webRoot: string | undefined;
}

/** A service that speaks the matching API of OpenSanctions. */
export interface SanctionsConfig {
  /** Of one list, e.g. `http://yente:8000/match/sanctions`. */
  readonly url: string;
  readonly key: string | null;
}

/** Parameters of scrypt; its memory is 128 × N × r bytes. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/**
 * OWASP's second setting for scrypt: 32 MB and three passes, 0.15 to 0.25 s on one core.
 * Written into each hash, so that it can be raised without locking anybody out.
 */
export const PASSWORD_COST: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };

export type DatabaseChoice =
  /** The embedded PostgreSQL, its data and its passwords in this directory. */
  | { readonly kind: 'embedded'; readonly dataDirectory: string }
  /** The operator's own PostgreSQL. */
  | { readonly kind: 'given'; readonly url: string };

/** Where the rates of other currencies against the dollar come from. */
export type FiatSource =
  /** Nowhere: amounts are in dollars alone. */
  | { readonly kind: 'none' }
  /** The dated table that comes with Carat, for trying things. */
  | { readonly kind: 'shipped' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/** What carries the video of stages. */
export type VideoConfig =
  | { readonly kind: 'off' }
  /** This server itself. */
  | {
      readonly kind: 'embedded';
      /** The UDP port of all video, 7882 unless told; where it was not told and is taken, another free one. */
      readonly port: number;
      readonly portFixed: boolean;
      /** The local address to bind. */
      readonly bind: string;
      /** The addresses that browsers are told; empty = those of `bind`. */
      readonly announce: readonly string[];
      readonly viewersMax: number;
      readonly bitsPerSecondMax: number;
      /** How long a publisher that went away is waited for. */
      readonly graceMs: number;
    }
  /** Another server that speaks WHIP and WHEP; `{room}` in its addresses stands for a stage. */
  | {
      readonly kind: 'remote';
      readonly whipUrl: string;
      readonly whepUrl: string;
      readonly hlsUrl: string | null;
      readonly token: string | null;
      readonly graceMs: number;
    };

/** The accounts at payment providers. `null`: none. */
export interface PaymentsConfig {
  readonly stripe: StripeAccount | null;
  readonly btcpay: BtcpayAccount | null;
  readonly paypal: PaypalAccount | null;
}

/** What a fan may pay with: a card, a wallet of a phone, or crypto. */
export const PAY_METHODS = ['card', 'wallet', 'crypto'] as const;
export type PayMethod = (typeof PAY_METHODS)[number];

/** Whose money moves: people's, that of a provider's test mode, or nobody's. */
export type PaymentMode = 'live' | 'test' | 'sandbox';

export interface StripeAccount {
  readonly mode: PaymentMode;
  readonly secretKey: string;
  /** Several while one is being replaced; without any no webhook is taken. */
  readonly webhookSecrets: readonly string[];
  readonly methods: readonly PayMethod[];
  /** Creators are paid through its Connect; null: they are not. */
  readonly connect: { readonly webhookSecrets: readonly string[] } | null;
  /** Where its API is; Stripe's own address unless told. */
  readonly apiUrl: string | null;
}

export interface BtcpayAccount {
  readonly mode: PaymentMode;
  readonly url: string;
  readonly apiKey: string;
  readonly storeId: string;
  readonly webhookSecrets: readonly string[];
  /** Creators are paid from its wallet; null: they are not. */
  readonly payouts: { readonly webhookSecrets: readonly string[] } | null;
}

/** An app of a PayPal business account; creators are paid from its balance. */
export interface PaypalAccount {
  readonly mode: PaymentMode;
  readonly clientId: string;
  readonly secret: string;
  /** Where its API is, without a slash at the end. */
  readonly url: string;
  /** PayPal's name of our webhook, which is part of what it signs; null: no webhook is taken. */
  readonly webhookId: string | null;
}

/** Where somebody is, in the parts that a bank's file has. */
export interface PostalAddress {
  readonly street: string;
  readonly postcode: string;
  readonly town: string;
  /** Two letters. */
  readonly country: string;
}

/** The accounts that creators are paid from. What is null is not offered to them. */
export interface PayoutSenders {
  readonly sepa: {
    readonly name: string;
    readonly iban: string;
    readonly bic: string | null;
    /** Without it nobody outside the European Economic Area is paid by SEPA. */
    readonly address: PostalAddress | null;
  } | null;
  readonly ach: {
    /** Up to 16 characters, as receivers read it. */
    readonly name: string;
    /** Ten characters that the bank gave: often 1 and the employer's number. */
    readonly companyId: string;
    /** Of the bank that the file goes to. */
    readonly routing: string;
    readonly bankName: string;
  } | null;
}

export interface Secrets {
  /** Signs the marks of devices that people signed in from. */
  readonly session: string;
  /** What the sandbox's companies sign with; empty where there is no sandbox. */
  readonly webhook: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the environment: every fault at once, a sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

const CHECKOUT = resolve(import.meta.dirname, '../..');
const PORT_DEFAULT = 4080;
/** Mobile operators and universities bring hundreds of people behind one address. */
const SOCKETS_PER_NETWORK_DEFAULT = 500;
const SECRET_BYTES_MIN = 32;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Each secret's name in the environment, and what it is for. */
const SECRETS = {
  session: { name: 'CARAT_SECRET', what: 'signs the marks of known devices' },
  webhook: { name: 'CARAT_WEBHOOK_SECRET', what: 'signs what the sandbox tells Carat' },
} as const;

/** The names beginning with CARAT_ that mean something to some part of Carat. */
const KNOWN_NAMES = [
  'CARAT_SECRET',
  'CARAT_WEBHOOK_SECRET',
  'CARAT_SEED',
  'CARAT_SANDBOX',
  'CARAT_CROWD',
  'CARAT_FIAT_RATES',
  'CARAT_DATA_DIR',
  'CARAT_TRUST_PROXY',
  'CARAT_SOCKETS_PER_NETWORK',
  'CARAT_WEB_ROOT',
  'CARAT_SERVER',
  'CARAT_TEST_DATABASE_URL',
  'CARAT_DOCUMENT_KEY',
  'CARAT_SANCTIONS_URL',
  'CARAT_SANCTIONS_KEY',
  'CARAT_SEPA_NAME',
  'CARAT_PAYPAL_CLIENT_ID',
  'CARAT_PAYPAL_SECRET',
  'CARAT_PAYPAL_URL',
  'CARAT_PAYPAL_WEBHOOK_ID',
  'CARAT_SEPA_IBAN',
  'CARAT_SEPA_BIC',
  'CARAT_SEPA_ADDRESS',
  'CARAT_ACH_NAME',
  'CARAT_ACH_COMPANY_ID',
  'CARAT_ACH_ROUTING',
  'CARAT_ACH_BANK',
  'CARAT_VIDEO',
  'CARAT_VIDEO_PORT',
  'CARAT_VIDEO_ADDRESS',
  'CARAT_VIDEO_ANNOUNCE',
  'CARAT_VIDEO_VIEWERS',
  'CARAT_VIDEO_KBPS',
  'CARAT_VIDEO_GRACE_SECONDS',
  'CARAT_VIDEO_WHIP_URL',
  'CARAT_VIDEO_WHEP_URL',
  'CARAT_VIDEO_HLS_URL',
  'CARAT_VIDEO_TOKEN',
];

/**
 * Reads the environment. With `DATABASE_URL` the public address and every secret must be given and nothing is seeded
 * unless asked; without it the secrets are made on the first run and kept beside the embedded data.
 *
 * @throws ConfigError with a sentence for every fault.
 */
export function loadConfig(env: Environment): Config {
  const faults = unknownNames(env);
  const database = readDatabase(env, faults);
  const portGiven = given(env, 'PORT') !== undefined;
  const seed = readChoice(
    env,
    'CARAT_SEED',
    ['town', 'none'],
    database.kind === 'embedded' ? 'town' : 'none',
    faults,
  );
  const payments = readPayments(env, faults);
  const sandbox = readSandbox(env, seed, payments, faults);
  keepPlayApart(env, { seed, sandbox, payments }, faults);
  const config: Omit<Config, 'secrets' | 'documentKeys'> = {
    database,
    host: given(env, 'HOST') ?? '127.0.0.1',
    port: readPort(env, faults),
    portGiven,
    publicOrigin: readOrigin(env, database, faults),
    trustProxy: readTrustProxy(env),
    natsUrl: readNats(env, faults),
    socketsPerNetworkMax: readSocketsPerNetwork(env, faults),
    video: readVideo(env, faults),
    payments,
    payouts: { sepa: readSepa(env, seed, faults), ach: readAch(env, seed, faults) },
    seed,
    sandbox,
    fiatRates: readFiatRates(env, sandbox, faults),
    sanctions: readSanctions(env, faults),
    crowd: readChoice(env, 'CARAT_CROWD', ['on', 'off'], seed === 'town' ? 'on' : 'off', faults) === 'on',
    passwordCost: PASSWORD_COST,
    logLevel: readChoice(env, 'LOG_LEVEL', LOG_LEVELS, 'warn', faults),
    webRoot: given(env, 'CARAT_WEB_ROOT') ?? join(CHECKOUT, 'web/dist'),
  };
  const secrets =
    database.kind === 'given' ? givenSecrets(env, sandbox, faults) : keptSecrets(env, database, faults);
  const documentKeys = readDocumentKeys(env, { database, session: secrets.session }, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return { ...config, secrets, documentKeys };
}

/** Where the database is; for commands that need nothing else of the configuration. */
export function loadDatabaseChoice(env: Environment): DatabaseChoice {
  const faults: string[] = [];
  const choice = readDatabase(env, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return choice;
}

/** A set but empty variable is the same as none: that is how compose files say "not given". */
function given(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

function unknownNames(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('CARAT_') && !KNOWN_NAMES.includes(name))
    .map((name) => {
      const near = KNOWN_NAMES.map((known) => ({ known, steps: editDistance(name, known) }))
        .sort((a, b) => a.steps - b.steps)
        .at(0);
      const hint = near !== undefined && near.steps <= 4 ? ` Did you mean ${near.known}?` : '';
      return `${name} is not a setting of Carat.${hint}`;
    });
}

function readDatabase(env: Environment, faults: string[]): DatabaseChoice {
  const url = given(env, 'DATABASE_URL');
  if (url !== undefined) {
    if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
      faults.push('DATABASE_URL must look like postgresql://user:password@host:5432/database.');
    }
    return { kind: 'given', url };
  }
  const directory = given(env, 'CARAT_DATA_DIR');
  return {
    kind: 'embedded',
    dataDirectory: directory === undefined ? dataDirectory(CHECKOUT) : resolve(directory),
  };
}

function readPort(env: Environment, faults: string[]): number {
  const text = given(env, 'PORT');
  if (text === undefined) return PORT_DEFAULT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  faults.push(`PORT must be a number from 0 to 65535, not "${text}".`);
  return PORT_DEFAULT;
}

function readOrigin(env: Environment, database: DatabaseChoice, faults: string[]): string | undefined {
  const text = given(env, 'PUBLIC_ORIGIN');
  if (text === undefined) {
    if (database.kind === 'given') {
      faults.push(
        'PUBLIC_ORIGIN is missing (the address people type: it decides whose pages are our own, how cookies are kept ' +
          'and where links lead; needed with DATABASE_URL). Give it like https://carat.example',
      );
    }
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
  if (isOrigin) return url.origin;
  faults.push(`PUBLIC_ORIGIN must be an address without a path, like https://carat.example, not "${text}".`);
  return undefined;
}

function readTrustProxy(env: Environment): boolean | string {
  const text = given(env, 'CARAT_TRUST_PROXY');
  return text === undefined || text === 'off' ? false : text;
}

function readNats(env: Environment, faults: string[]): string | undefined {
  const text = given(env, 'NATS_URL');
  if (text === undefined) return undefined;
  const fits = text
    .split(',')
    .every((url) => /^(nats|tls):\/\/[^/\s]+\/?$/.test(url.trim()) && URL.canParse(url.trim()));
  if (!fits) faults.push('NATS_URL must look like nats://host:4222, several with commas between them.');
  return text;
}

function readFiatRates(env: Environment, sandbox: boolean, faults: string[]): FiatSource {
  const text = given(env, 'CARAT_FIAT_RATES');
  if (text === undefined) return { kind: sandbox ? 'shipped' : 'none' };
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: 'file', path: resolve(text) };
  if (text.startsWith('https://') && URL.canParse(text)) return { kind: 'url', url: text };
  faults.push(
    `CARAT_FIAT_RATES must be the path of a file or an address that begins with https://, not "${text}".`,
  );
  return { kind: 'none' };
}

function readSanctions(env: Environment, faults: string[]): SanctionsConfig | null {
  const url = given(env, 'CARAT_SANCTIONS_URL');
  const key = given(env, 'CARAT_SANCTIONS_KEY') ?? null;
  if (url === undefined) {
    if (key !== null) faults.push('CARAT_SANCTIONS_KEY is set without CARAT_SANCTIONS_URL.');
    return null;
  }
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return { url, key };
  faults.push(
    'CARAT_SANCTIONS_URL must be the address of a matching API, as https://list.example/match/sanctions.',
  );
  return null;
}

function readSocketsPerNetwork(env: Environment, faults: string[]): number {
  const text = given(env, 'CARAT_SOCKETS_PER_NETWORK');
  if (text === undefined) return SOCKETS_PER_NETWORK_DEFAULT;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  faults.push(`CARAT_SOCKETS_PER_NETWORK must be a number from 1 to 9999999, not "${text}".`);
  return SOCKETS_PER_NETWORK_DEFAULT;
}

/** The town's own accounts, of banks' printed examples: nothing can be paid from them. */
const TOWN_SENDERS = {
  sepa: {
    name: 'Carat Town',
    iban: 'DE89370400440532013000',
    bic: null,
    address: { street: 'Marktplatz 1', postcode: '10115', town: 'Berlin', country: 'DE' },
  },
  ach: { name: 'CARAT TOWN', companyId: '1999999999', routing: '021000021', bankName: 'EXAMPLE BANK' },
} as const;

function readSepa(env: Environment, seed: Config['seed'], faults: string[]): PayoutSenders['sepa'] {
  const [name, ibanText, bicText] = ['NAME', 'IBAN', 'BIC'].map((part) => given(env, `CARAT_SEPA_${part}`));
  if (name === undefined && ibanText === undefined) return seed === 'town' ? TOWN_SENDERS.sepa : null;
  if (name === undefined || ibanText === undefined) {
    faults.push(
      'CARAT_SEPA_NAME and CARAT_SEPA_IBAN belong together: the account that creators are paid from.',
    );
    return null;
  }
  if (toLatin(name) === null) faults.push('CARAT_SEPA_NAME has no letter that banks can write.');
  const iban = readIban(ibanText);
  if ('rule' in iban) {
    faults.push(`CARAT_SEPA_IBAN ${iban.rule}.`);
    return null;
  }
  const bic = bicText === undefined ? null : readBic(bicText);
  if (bicText !== undefined && bic === null) faults.push('CARAT_SEPA_BIC has 8 or 11 letters and digits.');
  return { name, iban: iban.iban, bic, address: readAddress(given(env, 'CARAT_SEPA_ADDRESS'), faults) };
}

/** `Marktplatz 1; 10115; Berlin; DE`. Each part is at most as long as a bank's file has room for. */
function readAddress(text: string | undefined, faults: string[]): PostalAddress | null {
  if (text === undefined) return null;
  const [street = '', postcode = '', town = '', country = '', ...more] = text
    .split(';')
    .map((one) => one.trim());
  const isWhole =
    more.length === 0 &&
    [
      [street, 70],
      [postcode, 16],
      [town, 35],
    ].every(([part, most]) => toLatin(String(part)) !== null && String(part).length <= Number(most)) &&
    /^[A-Z]{2}$/.test(country);
  if (isWhole) return { street, postcode, town, country };
  faults.push(
    'CARAT_SEPA_ADDRESS is where the account’s owner is: street and number, postcode, town and the country’s two letters, with a semicolon between them.',
  );
  return null;
}

function readAch(env: Environment, seed: Config['seed'], faults: string[]): PayoutSenders['ach'] {
  const parts = ['NAME', 'COMPANY_ID', 'ROUTING', 'BANK'].map((part) => given(env, `CARAT_ACH_${part}`));
  if (parts.every((part) => part === undefined)) return seed === 'town' ? TOWN_SENDERS.ach : null;
  const [name, companyId, routingText, bankName] = parts;
  if (name === undefined || companyId === undefined || routingText === undefined || bankName === undefined) {
    faults.push(
      'CARAT_ACH_NAME, CARAT_ACH_COMPANY_ID, CARAT_ACH_ROUTING and CARAT_ACH_BANK belong together: ' +
        'they are what an ACH file says of who pays.',
    );
    return null;
  }
  const routing = readRouting(routingText);
  if ('rule' in routing) faults.push(`CARAT_ACH_ROUTING ${routing.rule}.`);
  if (!/^[A-Za-z0-9 ]{10}$/.test(companyId)) {
    faults.push('CARAT_ACH_COMPANY_ID is the ten characters that your bank gave you.');
  }
  return 'rule' in routing ? null : { name, companyId, routing: routing.routing, bankName };
}

const VIDEO_PORT_DEFAULT = 7882;
/** Measured on one core: 300 viewers at 1 Mbit/s; some of it is left. */
const VIDEO_VIEWERS_DEFAULT = 250;
const VIDEO_KBPS_DEFAULT = 2_500;
const VIDEO_GRACE_SECONDS_DEFAULT = 60;

function readVideo(env: Environment, faults: string[]): VideoConfig {
  const kind = readChoice(env, 'CARAT_VIDEO', ['embedded', 'remote', 'off'], 'embedded', faults);
  if (kind === 'off') return { kind };
  const number = (name: string, usual: number, most: number) =>
    readNumber(env, name, { usual, most }, faults);
  const graceMs = number('CARAT_VIDEO_GRACE_SECONDS', VIDEO_GRACE_SECONDS_DEFAULT, 3_600) * 1_000;
  if (kind === 'remote') {
    const address = (name: string) => readRoomUrl(env, name, faults);
    return {
      kind,
      whipUrl: address('CARAT_VIDEO_WHIP_URL') ?? missingUrl('CARAT_VIDEO_WHIP_URL', faults),
      whepUrl: address('CARAT_VIDEO_WHEP_URL') ?? missingUrl('CARAT_VIDEO_WHEP_URL', faults),
      hlsUrl: address('CARAT_VIDEO_HLS_URL') ?? null,
      token: given(env, 'CARAT_VIDEO_TOKEN') ?? null,
      graceMs,
    };
  }
  const host = given(env, 'HOST') ?? '127.0.0.1';
  const bind = given(env, 'CARAT_VIDEO_ADDRESS') ?? (isIPv4(host) ? host : '0.0.0.0');
  const announce = (given(env, 'CARAT_VIDEO_ANNOUNCE') ?? '').split(',').map((text) => text.trim());
  for (const address of [bind, ...announce]) {
    if (address !== '' && !isIPv4(address)) {
      faults.push(`CARAT_VIDEO_ADDRESS and CARAT_VIDEO_ANNOUNCE must be IPv4 addresses, not "${address}".`);
    }
  }
  return {
    kind,
    port: number('CARAT_VIDEO_PORT', VIDEO_PORT_DEFAULT, 65_535),
    portFixed: given(env, 'CARAT_VIDEO_PORT') !== undefined || given(env, 'DATABASE_URL') !== undefined,
    bind,
    announce: announce.filter((address) => address !== ''),
    viewersMax: number('CARAT_VIDEO_VIEWERS', VIDEO_VIEWERS_DEFAULT, 100_000),
    bitsPerSecondMax: number('CARAT_VIDEO_KBPS', VIDEO_KBPS_DEFAULT, 100_000) * 1_000,
    graceMs,
  };
}

function readNumber(
  env: Environment,
  name: string,
  { usual, most }: { readonly usual: number; readonly most: number },
  faults: string[],
): number {
  const text = given(env, name);
  if (text === undefined) return usual;
  if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= most) return Number(text);
  faults.push(`${name} must be a number from 1 to ${most}, not "${text}".`);
  return usual;
}

function readRoomUrl(env: Environment, name: string, faults: string[]): string | undefined {
  const text = given(env, name);
  if (text === undefined) return undefined;
  if (/^https?:\/\//.test(text) && URL.canParse(text) && text.includes('{room}')) return text;
  faults.push(`${name} must be an address with {room} in it, like http://127.0.0.1:8889/{room}/whip`);
  return '';
}

function missingUrl(name: string, faults: string[]): string {
  faults.push(`${name} is missing (needed with CARAT_VIDEO=remote).`);
  return '';
}

function readPayments(env: Environment, faults: string[]): PaymentsConfig {
  return {
    stripe: readStripe(env, faults),
    btcpay: readBtcpay(env, faults),
    paypal: readPaypal((name) => given(env, name), faults),
  };
}

function readStripe(env: Environment, faults: string[]): StripeAccount | null {
  const secretKey = given(env, 'STRIPE_SECRET_KEY');
  if (secretKey === undefined) return null;
  const kind = /^[rs]k_(live|test)_[A-Za-z0-9_]{8,}$/.exec(secretKey)?.[1];
  if (kind === undefined)
    faults.push('STRIPE_SECRET_KEY must begin with sk_live_, sk_test_, rk_live_ or rk_test_.');
  const methods = list(env, 'STRIPE_METHODS');
  for (const method of methods) {
    if (!PAY_METHODS.includes(method as PayMethod)) {
      faults.push(`STRIPE_METHODS must name card, wallet or crypto, not "${method}".`);
    }
  }
  const webhookSecrets = readWebhookSecrets(env, 'STRIPE_WEBHOOK_SECRET', faults);
  for (const secret of webhookSecrets) {
    if (!secret.startsWith('whsec_')) faults.push('STRIPE_WEBHOOK_SECRET must begin with whsec_.');
  }
  return {
    mode: kind === 'live' ? 'live' : 'test',
    secretKey,
    webhookSecrets,
    methods: methods.length === 0 ? ['card', 'wallet'] : (methods as PayMethod[]),
    connect: readConnect(env, faults),
    apiUrl: null,
  };
}

function readConnect(env: Environment, faults: string[]): StripeAccount['connect'] {
  if (readChoice(env, 'STRIPE_CONNECT', ['on', 'off'], 'off', faults) === 'off') return null;
  const webhookSecrets = readWebhookSecrets(env, 'STRIPE_CONNECT_WEBHOOK_SECRET', faults);
  for (const secret of webhookSecrets) {
    if (!secret.startsWith('whsec_')) faults.push('STRIPE_CONNECT_WEBHOOK_SECRET must begin with whsec_.');
  }
  return { webhookSecrets };
}

function readBtcpay(env: Environment, faults: string[]): BtcpayAccount | null {
  const names = ['BTCPAY_URL', 'BTCPAY_API_KEY', 'BTCPAY_STORE'] as const;
  const [url, apiKey, storeId] = names.map((name) => given(env, name));
  if (url === undefined && apiKey === undefined && storeId === undefined) return null;
  for (const name of names) {
    if (given(env, name) === undefined) faults.push(`${name} is missing (${names.join(', ')} go together).`);
  }
  if (url !== undefined && !(/^https?:\/\//.test(url) && URL.canParse(url))) {
    faults.push(`BTCPAY_URL must be an address like https://btcpay.example, not "${url}".`);
  }
  return {
    mode: readChoice(env, 'BTCPAY_NETWORK', ['main', 'test'], 'main', faults) === 'main' ? 'live' : 'test',
    url: (url ?? '').replace(/\/+$/, ''),
    apiKey: apiKey ?? '',
    storeId: storeId ?? '',
    webhookSecrets: readWebhookSecrets(env, 'BTCPAY_WEBHOOK_SECRET', faults),
    payouts:
      readChoice(env, 'BTCPAY_PAYOUTS', ['on', 'off'], 'off', faults) === 'off'
        ? null
        : { webhookSecrets: readWebhookSecrets(env, 'BTCPAY_PAYOUT_WEBHOOK_SECRET', faults) },
  };
}

/**
 * The keys of papers: those given, then, beside the embedded database, those made from its secrets. The latter stay when one
 * is given or `CARAT_SECRET` changes: papers that are there already were sealed with one of them.
 */
function readDocumentKeys(
  env: Environment,
  { database, session }: { readonly database: DatabaseChoice; readonly session: string },
  faults: string[],
): readonly Buffer[] {
  const keys = list(env, 'CARAT_DOCUMENT_KEY').map((text) => Buffer.from(text, 'base64'));
  if (keys.some((key) => key.length !== DOCUMENT_KEY_BYTES)) {
    faults.push(
      'CARAT_DOCUMENT_KEY must be 32 bytes as base64, several with commas between them. Make one with: openssl rand -base64 32',
    );
  }
  if (database.kind === 'given' || faults.length > 0) return keys;
  const kept = readKept(secretsPath(database), faults).session ?? session;
  const made = [...new Set([kept, session])].map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, '', 'papers of creators', DOCUMENT_KEY_BYTES)),
  );
  return [...keys, ...made];
}

const DOCUMENT_KEY_BYTES = 32;

/** The secrets of a webhook: two, with a comma between them, while one is being replaced. */
function readWebhookSecrets(env: Environment, name: string, faults: string[]): readonly string[] {
  const secrets = [...list(env, name), ...list(env, `${name}S`)];
  for (const secret of secrets) {
    if (secret.length < 16) faults.push(`${name} can be guessed: take the one that the provider made.`);
  }
  return secrets;
}

function list(env: Environment, name: string): string[] {
  return (given(env, name) ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** Where visitors are operators with a click, or Coins are given away, no real money may move. */
function keepPlayApart(
  env: Environment,
  play: { readonly seed: 'town' | 'none'; readonly sandbox: boolean; readonly payments: PaymentsConfig },
  faults: string[],
): void {
  const { stripe, btcpay, paypal } = play.payments;
  if (play.seed === 'town' && [stripe, btcpay, paypal].some((account) => account?.mode === 'live')) {
    faults.push(
      'CARAT_SEED=town lets visitors be anybody, operators too, so no real money may move. Set CARAT_SEED=none.',
    );
  }
  const sender = ['CARAT_SEPA_IBAN', 'CARAT_ACH_ROUTING'].find((name) => given(env, name) !== undefined);
  if (sender !== undefined && (play.seed === 'town' || play.sandbox)) {
    faults.push(
      `${sender} pays real money out, and the ${play.sandbox ? 'sandbox gives Coins away' : 'town lets visitors be operators'}. Leave out one of them.`,
    );
  }
}

function readSandbox(
  env: Environment,
  seed: 'town' | 'none',
  payments: PaymentsConfig,
  faults: string[],
): boolean {
  const provided = payments.stripe !== null || payments.btcpay !== null || payments.paypal !== null;
  const usual = seed === 'town' && !provided ? 'on' : 'off';
  const sandbox = readChoice(env, 'CARAT_SANDBOX', ['on', 'off'], usual, faults) === 'on';
  if (sandbox && provided) {
    faults.push(
      'CARAT_SANDBOX=on gives Coins away, so it cannot stand beside a payment provider. Leave out one of them.',
    );
  }
  return sandbox;
}

function readChoice<const T extends string>(
  env: Environment,
  name: string,
  choices: readonly T[],
  usual: T,
  faults: string[],
): T {
  const text = given(env, name);
  if (text === undefined) return usual;
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  faults.push(`${name} must be one of ${choices.join(', ')}, not "${text}".`);
  return usual;
}

function givenSecrets(env: Environment, sandbox: boolean, faults: string[]): Secrets {
  return {
    session: readSecret(env, 'session', faults) ?? missing('session', faults),
    webhook: readSecret(env, 'webhook', faults) ?? (sandbox ? missing('webhook', faults) : ''),
  };
}

function missing(key: keyof typeof SECRETS, faults: string[]): string {
  const { name, what } = SECRETS[key];
  faults.push(
    `${name} is missing (it ${what}; needed with DATABASE_URL). Make one with: openssl rand -base64 32`,
  );
  return '';
}

function readSecret(env: Environment, key: keyof typeof SECRETS, faults: string[]): string | undefined {
  const { name } = SECRETS[key];
  const secret = given(env, name);
  if (secret === undefined) return undefined;
  if (Buffer.byteLength(secret) < SECRET_BYTES_MIN) {
    faults.push(
      `${name} must be ${SECRET_BYTES_MIN} bytes or longer. Make one with: openssl rand -base64 32`,
    );
  } else if (new Set(secret).size < 10) {
    faults.push(`${name} can be guessed. Make one with: openssl rand -base64 32`);
  }
  return secret;
}

function secretsPath({ dataDirectory }: DatabaseChoice & { kind: 'embedded' }): string {
  return join(dataDirectory, 'secrets.json');
}

/** Made on the first run and kept in a file only its owner may read; the environment still wins. */
function keptSecrets(
  env: Environment,
  database: DatabaseChoice & { kind: 'embedded' },
  faults: string[],
): Secrets {
  const path = secretsPath(database);
  const kept = readKept(path, faults);
  const secrets = {
    session: readSecret(env, 'session', faults) ?? kept.session ?? newSecret(),
    webhook: readSecret(env, 'webhook', faults) ?? kept.webhook ?? newSecret(),
  };
  if (faults.length > 0 || (kept.session !== undefined && kept.webhook !== undefined)) return secrets;
  try {
    // Root's server runs as another user, who must be able to enter; the file itself stays closed.
    mkdirSync(database.dataDirectory, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
    writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    faults.push(
      `Carat cannot keep its secrets in ${path}: ${(error as Error).message}. ` +
        'Make the directory writable, or name another one with CARAT_DATA_DIR.',
    );
  }
  return secrets;
}

function readKept(path: string, faults: string[]): Partial<Secrets> {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Secrets>;
  } catch (error) {
    faults.push(
      `${path} cannot be read: ${(error as Error).message}. Start Carat as the user who owns it, ` +
        'or put the file back from a backup; without it no device is known to its account any more.',
    );
    return {};
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Levenshtein's: how many letters to change, add or drop. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
