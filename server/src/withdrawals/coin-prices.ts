import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { displayUsd, type Ratio } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { askGreenfield } from '../purchases/index.ts';
import { COIN_PRICE_MISSING } from './refusals.ts';

/** What a bitcoin costs, as the BTCPay Server that pays said it. */
export interface CoinPrice {
  readonly id: bigint;
  /** US cents for one coin. */
  readonly cents: Ratio;
  readonly seenAt: Date;
}

/** So long an answer is used without asking again, and so long when nobody answers. */
const FRESH_MS = MINUTE_MS;
const USABLE_MS = 5 * MINUTE_MS;
/** A price so many percent from the one of the last day is a mistake until a person has looked. */
const JUMP_PERCENT = 30n;
/** The same after more than a day without a price. */
const QUIET_JUMP_PERCENT = 100n;

/**
 * The price to convert by now: at most a minute old, or at most five when BTCPay Server does not answer. Every answer that
 * is used is kept, so that each quote can be worked out again. Refuses with `coin_price_missing`.
 */
export async function coinPrice(house: House): Promise<CoinPrice> {
  const { btcpay } = house.config.payments;
  if (btcpay === null) throw new Refusal(COIN_PRICE_MISSING);
  const nowMs = house.clock.now();
  const known = await newest(house, btcpay.mode);
  const ageMs = known === undefined ? Number.POSITIVE_INFINITY : nowMs - known.seenAt.getTime();
  if (known !== undefined && ageMs < FRESH_MS) return known;
  const asked = await askGreenfield<readonly { rate?: string | number; currencyPair?: string }[]>(
    { account: btcpay },
    'GET',
    '/rates?currencyPair=BTC_USD',
  );
  const told =
    asked.kind === 'ok' ? asked.value.find(({ currencyPair }) => currencyPair === 'BTC_USD') : undefined;
  const cents = readPrice(String(told?.rate ?? ''));
  if (cents === null) {
    if (known !== undefined && ageMs < USABLE_MS) return known;
    throw new Refusal(COIN_PRICE_MISSING);
  }
  const percent = ageMs < DAY_MS ? JUMP_PERCENT : QUIET_JUMP_PERCENT;
  // The first of the last day too, so that no many small steps make a big one.
  const ofTheDay = await firstSince(house, btcpay.mode, new Date(nowMs - DAY_MS));
  const before = [known, ofTheDay].find((one) => one !== undefined && isJump(one.cents, cents, percent));
  if (before !== undefined) {
    house.log.error(
      { before: centsText(before.cents), now: centsText(cents) },
      'the price of a bitcoin cannot be right',
    );
    throw new Refusal(COIN_PRICE_MISSING);
  }
  const [row] = await house.db.query<PriceRow>(
    `insert into coin_prices (coin, mode, numerator, denominator, seen_at) values ('BTC', $1, $2, $3, $4)
     returning ${PRICE}`,
    [btcpay.mode, cents.numerator, cents.denominator, new Date(nowMs)],
  );
  if (row === undefined) throw new Error('a price that was not kept');
  return priceOf(row);
}

/** Coins for one dollar. */
export function coinsPerUsd({ cents }: CoinPrice): Ratio {
  return { numerator: 100n * cents.denominator, denominator: cents.numerator };
}

/** `$64,000.00 for 1 BTC`, of coins for one dollar. */
export function coinPriceText({ numerator, denominator }: Ratio): string {
  return `${displayUsd((100n * denominator) / numerator)} for 1 BTC`;
}

/** A decimal of dollars, `"64123.4567"`, as cents; `null` for what is no price. */
export function readPrice(decimal: string): Ratio | null {
  const match = /^(\d{1,12})(?:\.(\d{1,18}))?$/.exec(decimal);
  if (match === null) return null;
  const fraction = match[2] ?? '';
  const numerator = BigInt(`${match[1]}${fraction}`) * 100n;
  return numerator === 0n ? null : { numerator, denominator: 10n ** BigInt(fraction.length) };
}

/** Whether one is more than so many percent of the lower one above it. */
export function isJump(a: Ratio, b: Ratio, percent = JUMP_PERCENT): boolean {
  const [x, y] = [a.numerator * b.denominator, b.numerator * a.denominator];
  const [low, high] = x < y ? [x, y] : [y, x];
  return (high - low) * 100n > low * percent;
}

const PRICE = 'id, numerator, denominator, seen_at as "seenAt"';

interface PriceRow {
  readonly id: bigint;
  readonly numerator: string;
  readonly denominator: string;
  readonly seenAt: Date;
}

async function newest({ db }: House, mode: string): Promise<CoinPrice | undefined> {
  const [row] = await db.query<PriceRow>(
    `select ${PRICE} from coin_prices where coin = 'BTC' and mode = $1 order by seen_at desc, id desc limit 1`,
    [mode],
  );
  return row === undefined ? undefined : priceOf(row);
}

async function firstSince({ db }: House, mode: string, since: Date): Promise<CoinPrice | undefined> {
  const [row] = await db.query<PriceRow>(
    `select ${PRICE} from coin_prices where coin = 'BTC' and mode = $1 and seen_at > $2 order by seen_at, id limit 1`,
    [mode, since],
  );
  return row === undefined ? undefined : priceOf(row);
}

function priceOf({ id, numerator, denominator, seenAt }: PriceRow): CoinPrice {
  return { id, cents: { numerator: BigInt(numerator), denominator: BigInt(denominator) }, seenAt };
}

function centsText({ numerator, denominator }: Ratio): string {
  return displayUsd(numerator / denominator);
}
