import { amountJson } from '../core/money.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { accountId } from '../ledger/index.ts';
import { priceOf, pricesAt } from './prices.ts';
import { WALLET_ACCOUNTS, walletSchema } from './schema.ts';

export function walletRoutes(app: App, house: House): void {
  app.get(
    '/v1/me/wallet',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Your balances, each with what it is worth in money now',
        tags: ['wallet'],
        response: { 200: walletSchema },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const nowMs = house.clock.now();
      const ids = WALLET_ACCOUNTS.map((account) =>
        accountId(userId, account, account === 'coins' ? 'COIN' : 'DIAMOND'),
      );
      const balances = await house.ledger.balances(ids);
      const prices = await pricesAt(house.db, nowMs);
      // An account that nobody has opened yet holds nothing.
      const [coins = 0n, purchased = 0n, pending = 0n, available = 0n] = ids.map((id) => {
        const account = balances.get(id);
        return account === undefined
          ? 0n
          : account.creditsPosted - account.debitsPosted - account.debitsPending;
      });
      const diamonds = (units: bigint) => amountJson('DIAMOND', units);
      const money = (units: bigint) => amountJson('USD', priceOf(prices, 'DIAMOND', units));
      return {
        coins: amountJson('COIN', coins),
        coinsMoney: amountJson('USD', priceOf(prices, 'COIN', coins)),
        diamonds: {
          purchased: diamonds(purchased),
          purchasedMoney: money(purchased),
          pending: diamonds(pending),
          pendingMoney: money(pending),
          available: diamonds(available),
          availableMoney: money(available),
        },
        policyVersion: prices.policyVersion,
        rateVersion: prices.rate.version,
        asOf: new Date(nowMs).toISOString(),
      };
    },
  );
}
