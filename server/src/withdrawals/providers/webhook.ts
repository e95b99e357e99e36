import { Type } from 'typebox';
import { Refusal } from '../../core/refusal.ts';
import type { App, House } from '../../house.ts';
import { requireGenuine, WEBHOOK_NOT_CONFIGURED } from '../../purchases/index.ts';
import { PAYOUT_PROVIDER_AWAY } from '../refusals.ts';
import { payersOf } from './payers.ts';
import { setUpTold } from './set-up.ts';
import { payoutsTold } from './settle-payout.ts';

/** Where Stripe tells of connected accounts, transfers and payouts. The signature is over the bytes as sent. */
export async function payoutWebhookRoute(app: App, house: House): Promise<void> {
  await app.register(async (instance) => {
    const scope = instance as unknown as App;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post(
      '/v1/webhooks/stripe-payouts',
      {
        config: { access: 'public', origin: 'any' },
        schema: {
          summary: 'What stripe tells about accounts, transfers and payouts; signed',
          tags: ['withdrawals'],
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const payer = payersOf(house).find(({ id }) => id === 'stripe');
        if (payer === undefined) throw new Refusal(WEBHOOK_NOT_CONFIGURED);
        const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const told = payer.verifyWebhook(raw, request.headers, house.clock.now());
        const hint = await requireGenuine(house, payer, told);
        await payoutsTold(house, hint.attemptIds);
        if (hint.accountRef !== null && !(await setUpTold(house, payer, hint.accountRef))) {
          // Then it is sent again.
          throw new Refusal(PAYOUT_PROVIDER_AWAY);
        }
        return reply.code(204).send(null);
      },
    );
  });
}
