import { createHash } from 'node:crypto';
import { displayUsd } from '../../core/money.ts';
import { declineSentence, TEST_CARDS } from './cards.ts';
import type { CheckoutRow } from './store.ts';

/** The sandbox's payment page: plain HTML that works without a script, in light and dark, on a phone. */
export function checkoutPage(checkout: CheckoutRow): string {
  const total = displayUsd(checkout.amountCents);
  switch (checkout.status) {
    case 'open':
      return page(`Pay ${total}`, summary(checkout), cardForm(checkout, total));
    case 'requires_confirmation':
      return page('Confirm the payment', summary(checkout), challengeForm(total));
    default:
      return page(
        CLOSED[checkout.status].title,
        summary(checkout),
        closedNote(checkout, CLOSED[checkout.status]),
      );
  }
}

/** Told for an address that leads to no payment. */
export function noSuchCheckoutPage(): string {
  return page(
    'No such payment',
    '',
    `<p class="lead">This address leads to no payment. It may have been copied in part.</p>`,
  );
}

/** Sent with every page: nothing but its own style, and forms to this site and back to the shop. */
export function contentSecurityPolicy(returnUrl: string | null): string {
  const shop = returnUrl === null ? '' : ` ${new URL(returnUrl).origin}`;
  return [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action 'self'${shop}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

interface Closing {
  readonly title: string;
  readonly sign: string;
  readonly tone: 'ok' | 'quiet';
  readonly sentence: string;
}

const CLOSED: Readonly<Record<'paid' | 'declined' | 'canceled' | 'expired', Closing>> = {
  paid: { title: 'Paid', sign: '✓', tone: 'ok', sentence: 'The payment is complete.' },
  declined: {
    title: 'Not paid',
    sign: '×',
    tone: 'quiet',
    sentence: 'The card did not pay. Nothing was charged.',
  },
  canceled: {
    title: 'Canceled',
    sign: '×',
    tone: 'quiet',
    sentence: 'You left this payment. Nothing was charged.',
  },
  expired: {
    title: 'Out of time',
    sign: '×',
    tone: 'quiet',
    sentence: 'This page waited too long and has closed. Nothing was charged.',
  },
};

const TOTALS: Readonly<Record<string, string>> = {
  open: 'You pay',
  requires_confirmation: 'You pay',
  paid: 'You paid',
};

function summary(checkout: CheckoutRow): string {
  return `<dl class="bill">
      <div><dt>${escapeHtml(checkout.description)}</dt><dd>${displayUsd(checkout.amountCents)}</dd></div>
      <div><dt>Tax</dt><dd>${displayUsd(0n)}</dd></div>
      <div class="total"><dt>${TOTALS[checkout.status] ?? 'Price'}</dt><dd>${displayUsd(checkout.amountCents)}</dd></div>
    </dl>`;
}

function cardForm(checkout: CheckoutRow, total: string): string {
  const declined =
    checkout.declineCode === null
      ? ''
      : `<p class="problem" role="alert"><b aria-hidden="true">!</b> ${declineSentence(checkout.declineCode)}
         Choose another card, or go back.</p>`;
  const cards = TEST_CARDS.map(
    (card, index) => `<label class="card">
        <input type="radio" name="card" value="${card.id}"${index === 0 ? ' checked' : ''}>
        <span class="says">${card.says}</span><span class="number">${card.number}</span>
      </label>`,
  ).join('\n');
  return `${declined}
    <form method="post">
      <fieldset><legend>Test card</legend>${cards}</fieldset>
      <button class="pay" name="do" value="pay">Pay ${total}</button>
      <button class="back" name="do" value="leave">Back without paying</button>
    </form>`;
}

function challengeForm(total: string): string {
  return `<p class="lead">Your test bank asks: do you want to pay <strong>${total}</strong> to Carat?</p>
    <form method="post">
      <button class="pay" name="do" value="confirm">Confirm ${total}</button>
      <button class="back" name="do" value="refuse">Refuse</button>
    </form>`;
}

function closedNote(checkout: CheckoutRow, closing: Closing): string {
  return `<p class="lead ${closing.tone}"><b aria-hidden="true">${closing.sign}</b> ${closing.sentence}</p>
    <p><a class="pay" href="${escapeHtml(checkout.returnUrl)}">Back to Carat</a></p>`;
}

function page(title: string, bill: string, rest: string): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>${escapeHtml(title)} · Sandbox checkout</title>
  <style>${STYLE}</style>
</head>
<body>
  <header class="banner"><b aria-hidden="true">◇</b> Sandbox. No real money moves.</header>
  <main>
    <p class="to">Carat</p>
    <h1>${escapeHtml(title)}</h1>
    ${bill}
    ${rest}
  </main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
:root{color-scheme:light dark;
 --bg:light-dark(oklch(.976 .005 70),oklch(.145 .018 285));--card:light-dark(oklch(1 0 0),oklch(.185 .02 285));
 --line:light-dark(oklch(.895 .008 70),oklch(.32 .022 285));--edge:light-dark(oklch(.6 .015 285),oklch(.56 .025 285));
 --fg:light-dark(oklch(.21 .025 285),oklch(.965 .006 285));--fg2:light-dark(oklch(.41 .02 285),oklch(.8 .015 285));
 --brand:oklch(.745 .17 52);--on:oklch(.18 .035 45);--ok:light-dark(oklch(.46 .085 175),oklch(.8 .13 172));
 --warn:light-dark(oklch(.5 .1 70),oklch(.85 .14 82));--warnbg:light-dark(oklch(.95 .05 85),oklch(.85 .14 82/.12));
 --bad:light-dark(oklch(.51 .19 16),oklch(.73 .165 14));--badbg:light-dark(oklch(.95 .03 14),oklch(.73 .165 14/.14));
 --focus:light-dark(oklch(.5 .16 250),oklch(.88 .12 225))}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--bg);color:var(--fg);
 font:500 15px/1.45 "Hanken Grotesk",ui-sans-serif,system-ui,sans-serif;font-variant-numeric:tabular-nums}
.banner{padding:10px 16px;text-align:center;background:var(--warnbg);color:var(--warn);font-weight:650}
main{max-width:440px;margin:32px auto;padding:28px;background:var(--card);border:1px solid var(--line);border-radius:22px}
.to{margin:0;color:var(--fg2);font-weight:650}
h1{margin:2px 0 20px;font:700 32px/1.15 "Bricolage Grotesque",ui-sans-serif,system-ui,sans-serif;letter-spacing:-.02em}
.bill{margin:0 0 20px}
.bill div{display:flex;justify-content:space-between;gap:16px;padding:8px 0;color:var(--fg2)}
.bill .total{border-top:1px solid var(--line);margin-top:4px;padding-top:12px;color:var(--fg);font-weight:750;font-size:17px}
dd{margin:0}
.problem{display:flex;gap:10px;margin:0 0 20px;padding:12px 14px;border-radius:14px;background:var(--badbg);color:var(--bad)}
fieldset{border:0;margin:0 0 20px;padding:0}
legend{padding:0;margin-bottom:8px;color:var(--fg2);font-weight:650}
.card{display:grid;grid-template-columns:auto 1fr;column-gap:12px;align-items:center;min-height:60px;padding:8px 14px;
 margin-top:-1px;border:1px solid var(--line);cursor:pointer}
.card:first-of-type{border-radius:14px 14px 0 0}.card:last-of-type{border-radius:0 0 14px 14px}
.card input{grid-row:1/3;width:20px;height:20px;margin:0;accent-color:var(--brand)}
.card:has(input:checked){position:relative;border-color:var(--edge);background:var(--bg)}
.says{font-weight:650}.number{color:var(--fg2);font-size:13.5px}
.pay,.back{display:block;width:100%;min-height:48px;padding:12px 20px;border-radius:999px;font:inherit;font-weight:750;
 text-align:center;text-decoration:none;cursor:pointer}
.pay{border:1px solid light-dark(oklch(.6 .16 46),transparent);background:var(--brand);color:var(--on);font-size:17px}
.back{margin-top:10px;border:1px solid var(--edge);background:none;color:var(--fg)}
.lead{margin:0 0 20px;font-size:17px}.lead.ok b{color:var(--ok)}
:focus-visible{outline:2.5px solid var(--focus);outline-offset:2px}
@media (max-width:500px){main{margin:0;border-width:0 0 1px;border-radius:0;padding:24px 20px 32px}}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
