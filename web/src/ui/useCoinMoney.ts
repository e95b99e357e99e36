import { useSession } from '../api/session.ts';
import { convertNearest } from './amounts.ts';

/** Says about how many cents Coins cost; `null` until the price is known. */
export function useCoinMoney(): (coins: bigint) => bigint | null {
  const price = useSession()?.site.coin.moneyPerCoin;
  return (coins) =>
    price === undefined
      ? null
      : convertNearest(coins, { numerator: BigInt(price.numerator), denominator: BigInt(price.denominator) });
}
