import { DAY_MS } from '../../core/clock.ts';
import { lowestTerms, type Ratio } from '../../core/money.ts';

/** A table of rates as its source gave it. */
export interface FiatTable {
  /** `YYYY-MM-DD`, the day that the source says. */
  readonly asOf: string;
  /** Units of each currency for one dollar, in lowest terms. */
  readonly perUsd: ReadonlyMap<string, Ratio>;
  /** Whom the table itself names as its source; `null` when it names nobody. */
  readonly source: string | null;
}

/** One currency against the dollar, in one version of the table. */
export interface FiatRate {
  readonly version: number;
  /** `EUR`. */
  readonly currency: string;
  /** Units of the currency (euros, not cents) for one dollar. */
  readonly perUsd: Ratio;
  /** `YYYY-MM-DD`, the day that the source says its numbers are of. */
  readonly asOf: string;
  readonly source: string;
  /** Whole days from the beginning of that day, UTC. */
  readonly ageDays: number;
}

/** Why a text is no table of rates, as the end of a sentence that begins with "The table". */
export class NotATable extends Error {
  override readonly name = 'NotATable';
}

const CURRENCIES_MAX = 200;

/**
 * A table of rates from its text, in one of two shapes:
 *
 * - JSON `{"base": "EUR", "asOf": "2025-02-28", "rates": {"USD": "1.0411", …}, "source": "…"}`: so many units of each
 *   currency for one of the base; the numbers are texts, because a number in JSON would be a float; without the dollar
 *   only if it is the base.
 * - the daily XML of the European Central Bank, `<Cube time='…'><Cube currency='USD' rate='1.0411'/>…`.
 *
 * @throws NotATable for everything else.
 */
export function readTable(text: string): FiatTable {
  const { base, asOf, rates, source } = /^\s*\{/.test(text) ? fromJson(text) : fromXml(text);
  if (!isDay(asOf)) throw new NotATable(`is of no day: “${asOf.slice(0, 40)}”`);
  if (rates.length > CURRENCIES_MAX) throw new NotATable(`has more than ${CURRENCIES_MAX} currencies`);
  const perBase = new Map<string, Ratio>([[base, { numerator: 1n, denominator: 1n }]]);
  for (const [currency, decimal] of rates) {
    if (!/^[A-Z]{3}$/.test(currency))
      throw new NotATable(`names no currency with “${currency.slice(0, 40)}”`);
    if (perBase.has(currency)) throw new NotATable(`names ${currency} twice`);
    perBase.set(currency, ratioOfDecimal(currency, decimal));
  }
  const usd = perBase.get('USD');
  if (usd === undefined) throw new NotATable('does not name the dollar');
  const perUsd = new Map<string, Ratio>();
  for (const [currency, { numerator, denominator }] of perBase) {
    if (currency === 'USD') continue;
    perUsd.set(
      currency,
      lowestTerms({ numerator: numerator * usd.denominator, denominator: denominator * usd.numerator }),
    );
  }
  if (perUsd.size === 0) throw new NotATable('has no currency but the dollar');
  return { asOf, perUsd, source };
}

interface Listed {
  readonly base: string;
  readonly asOf: string;
  readonly rates: readonly (readonly [string, string])[];
  readonly source: string | null;
}

function fromJson(text: string): Listed {
  let table: unknown;
  try {
    table = JSON.parse(text);
  } catch {
    throw new NotATable('is not valid JSON');
  }
  const { base, asOf, rates, source } = table as Record<string, unknown>;
  if (typeof base !== 'string' || !/^[A-Z]{3}$/.test(base)) throw new NotATable('has no base currency');
  if (typeof asOf !== 'string') throw new NotATable('does not say its day (asOf)');
  if (rates === null || typeof rates !== 'object' || Array.isArray(rates))
    throw new NotATable('has no rates');
  const listed = Object.entries(rates).filter(([currency]) => currency !== base);
  for (const [currency, rate] of listed) {
    if (typeof rate !== 'string') throw new NotATable(`gives the rate of ${currency} not as a text`);
  }
  return {
    base,
    asOf,
    rates: listed as [string, string][],
    source: typeof source === 'string' && source.trim() !== '' ? source.trim().slice(0, 200) : null,
  };
}

/** Only what is between marks of the one known shape is read; nothing in it can name another file. */
function fromXml(text: string): Listed {
  const days = [...text.matchAll(/<Cube\s+time=(['"])([^'"<>]*)\1\s*>/g)];
  const [day] = days;
  if (day === undefined)
    throw new NotATable('is neither JSON nor the daily XML of the European Central Bank');
  if (days.length > 1) throw new NotATable('is of more than one day');
  const rates = [
    ...text.matchAll(/<Cube\s+currency=(['"])([^'"<>]*)\1\s+rate=(['"])([^'"<>]*)\3\s*\/?>/g),
  ].map((rate) => [rate[2] ?? '', rate[4] ?? ''] as const);
  return { base: 'EUR', asOf: day[2] ?? '', rates, source: 'European Central Bank, reference rates' };
}

/** `"1.0411"` → 10411/10000. */
function ratioOfDecimal(currency: string, decimal: string): Ratio {
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(decimal) ?? [];
  const numerator = whole === undefined ? 0n : BigInt(whole + fraction);
  if (numerator === 0n)
    throw new NotATable(`gives no rate for ${currency} with “${String(decimal).slice(0, 40)}”`);
  return { numerator, denominator: 10n ** BigInt(fraction.length) };
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}

/** Whole days since the beginning of a day; 0 for one that has not begun in UTC yet. */
export function ageInDays(asOf: string, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - Date.parse(`${asOf}T00:00:00Z`)) / DAY_MS));
}

/** A currency that a new table moves. */
export interface FiatMove {
  readonly currency: string;
  readonly from: Ratio;
  readonly to: Ratio;
  /** Hundredths of a percent of `from`, rounded up; positive whichever way. */
  readonly basisPoints: bigint;
}

/** The currencies of both tables that moved by more than `maxBasisPoints`, the furthest first. */
export function movesOver(
  before: ReadonlyMap<string, Ratio>,
  after: ReadonlyMap<string, Ratio>,
  maxBasisPoints: number,
): FiatMove[] {
  const moves: FiatMove[] = [];
  for (const [currency, to] of after) {
    const from = before.get(currency);
    if (from === undefined) continue;
    const old = from.numerator * to.denominator;
    const change = to.numerator * from.denominator - old;
    const basisPoints = ((change < 0n ? -change : change) * 10_000n + old - 1n) / old;
    if (basisPoints > BigInt(maxBasisPoints)) moves.push({ currency, from, to, basisPoints });
  }
  return moves.sort((a, b) => Number(b.basisPoints - a.basisPoints));
}

/** A rate as a decimal of seven digits that count, cut: `152/100` → `1.52`, `150.7636153…` → `150.7636`. */
export function displayRate({ numerator, denominator }: Ratio): string {
  const wholes = (numerator / denominator).toString();
  const places = Math.max(0, 7 - (wholes === '0' ? 0 : wholes.length));
  const digits = ((numerator * 10n ** BigInt(places)) / denominator).toString().padStart(places + 1, '0');
  const fraction = places === 0 ? '' : digits.slice(-places).replace(/0+$/, '');
  return `${wholes}${fraction === '' ? '' : `.${fraction}`}`;
}
