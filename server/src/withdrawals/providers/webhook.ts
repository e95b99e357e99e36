import { Type } from 'typebox';
import { Refusal } from '../../core/refusal.ts';
import type { App, House } from '../../house.ts';
import { requireGenuine, WEBHOOK_NOT_CONFIGURED } from '../../purchases/index.ts';
import { PAYOUT_PROVIDER_AWAY } from '../refusals.ts';
import { payersOf } from './payers.ts';
import type { PayoutProviderId } from './provider.ts';
import { setUpTold } from './set-up.ts';
import { payoutsTold } from './settle-payout.ts';

/** Where each provider tells of accounts and payments. The signature is over the bytes as sent. */
export async function payoutWebhookRoutes(app: App, house: House): Promise<void> {
  await app.register(async (instance) => {
    const scope = instance as unknown as App;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    route(scope, house, 'stripe', 'What stripe tells about accounts, transfers and payouts; signed');
    route(scope, house, 'btcpay', 'What BTCPay Server tells about payouts; signed');
    route(scope, house, 'paypal', 'What PayPal tells about payouts; signed');
  });
}

function route(scope: App, house: House, provider: PayoutProviderId, summary: string): void {
  scope.post(
    `/v1/webhooks/${provider}-payouts`,
    {
      config: { access: 'public', origin: 'any' },
      schema: { summary, tags: ['withdrawals'], response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const payer = payersOf(house).find(({ id }) => id === provider);
      if (payer === undefined) throw new Refusal(WEBHOOK_NOT_CONFIGURED);
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const told = await payer.verifyWebhook(raw, request.headers, house.clock.now());
      const hint = await requireGenuine(house, payer, told);
      await payoutsTold(house, hint);
      if (hint.accountRef !== null && !(await setUpTold(house, payer, hint.accountRef))) {
        // Then it is sent again.
        throw new Refusal(PAYOUT_PROVIDER_AWAY);
      }
      return reply.code(204).send(null);
    },
  );
}
