import { parse } from 'node:querystring';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../house.ts';
import { type InvoiceRow, invoiceNow, paidSatoshi, sendOnChain } from './btcpay/invoices.ts';
import { cryptoPage, stateOf } from './btcpay/page.ts';
import type { Desk } from './desk.ts';
import { contentSecurityPolicy } from './look.ts';
import { deskPage } from './paypal/page.ts';
import { DEEDS, newestItems, playItem } from './paypal/payouts.ts';
import { testCard } from './stripe/cards.ts';
import { lookAtLink, setUp } from './stripe/connect.ts';
import { connectPage, keptPage, linkOverPage } from './stripe/connect-page.ts';
import { cardPage, noSuchPage, successUrl } from './stripe/page.ts';
import { answerChallenge, lookUp, payWith, type SessionRow } from './stripe/payments.ts';

const params = Type.Object({ id: Type.String({ maxLength: 100 }) });
const walletSchema = Type.Optional(Type.Enum(['apple_pay', 'google_pay']));

/**
 * What a payer sees between our order and the way back. The pages are on the site's own port, because a newcomer
 * should need one address.
 */
export async function sandboxPages(app: App, desk: Desk): Promise<void> {
  await app.register(async (instance) => {
    const scope = instance as unknown as App;
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 2_048 },
      (_request, body, done) => done(null, parse(body as string)),
    );
    cardPages(scope, desk);
    cryptoPages(scope, desk);
    connectPages(scope, desk);
    paypalPages(scope, desk);
  });
}

function cardPages(scope: App, desk: Desk): void {
  scope.get(
    '/sandbox/stripe/:id',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The card page of the sandbox',
        tags: ['sandbox'],
        hide: true,
        params,
        querystring: Type.Object({ sheet: walletSchema }),
      },
    },
    async (request, reply) => {
      const session = await lookUp(desk, request.params.id);
      if (session === null) return show(reply, 404, noSuchPage(), null);
      return show(reply, 200, cardPage(session, request.query.sheet ?? null), session.body.success_url);
    },
  );

  scope.post(
    '/sandbox/stripe/:id',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What the payer chose on the card page of the sandbox',
        tags: ['sandbox'],
        hide: true,
        params,
        body: Type.Object({
          do: Type.Enum(['pay', 'confirm', 'refuse']),
          card: Type.Optional(Type.String({ maxLength: 30 })),
          wallet: walletSchema,
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { do: deed, card = '', wallet } = request.body;
      const session = await act(desk, id, deed, card, wallet ?? null);
      // See other: a reload asks for the page again and never sends the card twice.
      const back =
        session?.body.status === 'complete'
          ? successUrl(session)
          : `/sandbox/stripe/${encodeURIComponent(id)}`;
      return reply.redirect(back, 303);
    },
  );
}

async function act(
  desk: Desk,
  id: string,
  deed: 'pay' | 'confirm' | 'refuse',
  number: string,
  wallet: 'apple_pay' | 'google_pay' | null,
): Promise<SessionRow | null> {
  if (deed !== 'pay') return answerChallenge(desk, id, deed === 'confirm');
  const card = testCard(number.replaceAll(' ', ''));
  return card === undefined ? lookUp(desk, id) : payWith(desk, id, card, wallet);
}

function cryptoPages(scope: App, desk: Desk): void {
  const invoiceOf = (id: string): Promise<InvoiceRow | null> =>
    desk.db.transaction((tx) => invoiceNow(tx, id, desk.clock.now()));

  scope.get(
    '/sandbox/btcpay/:id',
    {
      config: { access: 'public' },
      schema: { summary: 'The crypto page of the sandbox', tags: ['sandbox'], hide: true, params },
    },
    async (request, reply) => {
      const invoice = await invoiceOf(request.params.id);
      if (invoice === null) return show(reply, 404, noSuchPage(), null);
      return show(reply, 200, cryptoPage(invoice, desk.clock.now()), invoice.inner.returnUrl);
    },
  );

  scope.get(
    '/sandbox/btcpay/:id/state',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What became of a payment of the test chain',
        tags: ['sandbox'],
        hide: true,
        params,
      },
    },
    async (request) => {
      const invoice = await invoiceOf(request.params.id);
      return { state: invoice === null ? 'none' : stateOf(invoice) };
    },
  );

  scope.post(
    '/sandbox/btcpay/:id',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What the payer sends on the test chain',
        tags: ['sandbox'],
        hide: true,
        params,
        body: Type.Object({ do: Type.Enum(['send', 'send_half', 'send_double']) }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const invoice = await invoiceOf(id);
      if (invoice !== null) {
        const due = BigInt(invoice.inner.dueSatoshi);
        const open = due - paidSatoshi(invoice.inner);
        const sums = { send: open, send_half: due / 2n, send_double: due * 2n };
        await sendOnChain(desk, id, sums[request.body.do]);
      }
      return reply.redirect(`/sandbox/btcpay/${encodeURIComponent(id)}`, 303);
    },
  );
}

/** What a creator sees between our studio and the way back. */
function connectPages(scope: App, desk: Desk): void {
  scope.get(
    '/sandbox/connect/:id',
    {
      config: { access: 'public' },
      schema: { summary: 'The set-up page of the sandbox', tags: ['sandbox'], hide: true, params },
    },
    async (request, reply) => {
      const seen = await lookAtLink(desk, request.params.id);
      if (seen === null) return show(reply, 404, noSuchPage(), null);
      const { link, account, over } = seen;
      const html = over ? linkOverPage(link.inner.refreshUrl) : connectPage(account, link);
      return show(reply, 200, html, link.inner.returnUrl);
    },
  );

  scope.post(
    '/sandbox/connect/:id',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What the creator did on the set-up page of the sandbox',
        tags: ['sandbox'],
        hide: true,
        params,
        body: Type.Object({
          do: Type.Enum(['finish', 'leave_out', 'reject']),
          bank: Type.String({ maxLength: 20 }),
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await setUp(desk, id, request.body.do, request.body.bank);
      const seen = await lookAtLink(desk, id);
      const back = seen?.link.inner.returnUrl ?? null;
      if (back !== null) return reply.redirect(back, 303);
      return show(reply, 200, keptPage(seen?.account.inner.site ?? null), seen?.account.inner.site ?? null);
    },
  );
}

/** What receivers and PayPal itself do to payments. */
function paypalPages(scope: App, desk: Desk): void {
  scope.get(
    '/sandbox/paypal',
    {
      config: { access: 'public' },
      schema: { summary: 'The payments of the PayPal of the sandbox', tags: ['sandbox'], hide: true },
    },
    async (_request, reply) => show(reply, 200, deskPage(await newestItems(desk.db)), null),
  );

  scope.post(
    '/sandbox/paypal',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What became of a payment of the PayPal of the sandbox',
        tags: ['sandbox'],
        hide: true,
        body: Type.Object({ item: Type.String({ maxLength: 30 }), do: Type.Enum(DEEDS) }),
      },
    },
    async (request, reply) => {
      await playItem(desk, request.body.item, request.body.do);
      return reply.redirect('/sandbox/paypal', 303);
    },
  );
}

function show(reply: FastifyReply, status: number, html: string, returnUrl: string | null): FastifyReply {
  const shop = returnUrl !== null && URL.canParse(returnUrl) ? new URL(returnUrl).origin : null;
  return reply
    .code(status)
    .header('content-security-policy', contentSecurityPolicy(shop))
    .type('text/html; charset=utf-8')
    .send(html);
}
