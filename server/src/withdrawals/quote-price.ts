import type { Ratio } from '../core/money.ts';
import type { House } from '../house.ts';
import type { PayoutTerms } from '../policy/index.ts';
import { type FiatRate, fiatRateAt } from '../rates/index.ts';
import { type CoinPrice, coinPrice, coinsPerUsd } from './coin-prices.ts';

/** What a dollar is in what a withdrawal is paid in, and where that comes from; all `null` for dollars. */
export interface QuotePrice {
  readonly coin: CoinPrice | null;
  readonly fiat: FiatRate | null;
  readonly perUsd: Ratio | null;
}

/** The price now. Refuses with `fiat_rate_missing`, `fiat_rate_too_old` or `coin_price_missing`. */
export async function quotePrice(
  house: House,
  { method, currency }: Pick<PayoutTerms, 'method' | 'currency'>,
  nowMs: number,
): Promise<QuotePrice> {
  if (method === 'btcpay') {
    const coin = await coinPrice(house);
    return { coin, fiat: null, perUsd: coinsPerUsd(coin) };
  }
  if (currency === 'USD') return { coin: null, fiat: null, perUsd: null };
  const fiat = await fiatRateAt(house.db, currency, nowMs);
  return { coin: null, fiat, perUsd: fiat.perUsd };
}
