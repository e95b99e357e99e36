import { parse } from 'node:querystring';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../house.ts';
import { answerChallenge, type Desk, isOpen, leave, lookUp, payWith } from './desk.ts';
import { checkoutPage, contentSecurityPolicy, noSuchCheckoutPage } from './page.ts';
import type { CheckoutRow } from './store.ts';

const params = Type.Object({ ref: Type.String({ maxLength: 100 }) });

/** The sandbox's own pages: what a payer sees between our order and the way back. */
export async function sandboxPages(app: App, desk: Desk): Promise<void> {
  await app.register(async (instance) => {
    const scope = instance as unknown as App;
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 2_048 },
      (_request, body, done) => done(null, parse(body as string)),
    );

    scope.get(
      '/sandbox/checkout/:ref',
      {
        config: { access: 'public' },
        schema: { summary: 'The payment page of the sandbox', tags: ['sandbox'], hide: true, params },
      },
      async (request, reply) => show(reply, await lookUp(desk, request.params.ref)),
    );

    scope.post(
      '/sandbox/checkout/:ref',
      {
        config: { access: 'public' },
        schema: {
          summary: 'What the payer chose on the payment page of the sandbox',
          tags: ['sandbox'],
          hide: true,
          params,
          body: Type.Object({
            do: Type.Enum(['pay', 'leave', 'confirm', 'refuse']),
            card: Type.Optional(Type.String({ maxLength: 20 })),
          }),
        },
      },
      async (request, reply) => {
        const { ref } = request.params;
        const checkout = await act(desk, ref, request.body.do, request.body.card ?? '');
        // See other: a reload asks for the page again and never sends the card twice.
        if (checkout === null || isOpen(checkout)) {
          return reply.redirect(`/sandbox/checkout/${encodeURIComponent(ref)}`, 303);
        }
        return reply.redirect(checkout.returnUrl, 303);
      },
    );
  });
}

async function act(
  desk: Desk,
  ref: string,
  deed: 'pay' | 'leave' | 'confirm' | 'refuse',
  card: string,
): Promise<CheckoutRow | null> {
  switch (deed) {
    case 'pay':
      return payWith(desk, ref, card);
    case 'leave':
      return leave(desk, ref);
    case 'confirm':
    case 'refuse':
      return answerChallenge(desk, ref, deed === 'confirm');
  }
}

function show(reply: FastifyReply, checkout: CheckoutRow | null): FastifyReply {
  return reply
    .code(checkout === null ? 404 : 200)
    .header('content-security-policy', contentSecurityPolicy(checkout?.returnUrl ?? null))
    .type('text/html; charset=utf-8')
    .send(checkout === null ? noSuchCheckoutPage() : checkoutPage(checkout));
}
