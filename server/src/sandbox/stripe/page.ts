import { displayUsd } from '../../core/money.ts';
import { bill, closing, escapeHtml, page, problem } from '../look.ts';
import { declineSentence, TEST_CARDS } from './cards.ts';
import type { SessionRow } from './payments.ts';

const COMPANY = 'Test card company';

export type Wallet = 'apple_pay' | 'google_pay';
const WALLETS: Readonly<Record<Wallet, string>> = { apple_pay: 'Apple Pay', google_pay: 'Google Pay' };

/** The page on which a payer pays by card: plain HTML that works without a script. */
export function cardPage(session: SessionRow, sheet: Wallet | null): string {
  const { body, inner } = session;
  const total = displayUsd(BigInt(body.amount_total));
  const lines = [[inner.item, total]] as const;
  if (body.status === 'open' && inner.challenged) {
    return page({
      company: COMPANY,
      title: 'Confirm the payment',
      main: bill(lines, ['You pay', total]) + challengeForm(total),
    });
  }
  switch (body.status) {
    case 'open':
      return page({
        company: COMPANY,
        title: `Pay ${total}`,
        main:
          bill(lines, ['You pay', total]) +
          (sheet === null ? choice(session, total) : sheetForm(sheet, total)),
      });
    case 'complete':
      return page({
        company: COMPANY,
        title: 'Paid',
        main:
          bill(lines, ['You paid', total]) + closing('✓', 'The payment is complete.', successUrl(session)),
      });
    case 'expired':
      return page({
        company: COMPANY,
        title: 'This page has closed',
        main:
          bill(lines, ['Price', total]) +
          closing('×', 'Nothing was charged.', body.cancel_url ?? successUrl(session)),
      });
  }
}

/** Told for an address that leads to no payment. */
export function noSuchPage(): string {
  return page({
    company: COMPANY,
    title: 'No such payment',
    main: '<p class="lead">This address leads to no payment. It may have been copied in part.</p>',
  });
}

/** Where the payer goes after paying. */
export function successUrl({ body }: SessionRow): string {
  return body.success_url.replaceAll('{CHECKOUT_SESSION_ID}', body.id);
}

function choice({ body, inner }: SessionRow, total: string): string {
  const cards = TEST_CARDS.map(
    (card, index) => `<label class="card">
        <input type="radio" name="card" value="${card.number}"${index === 0 ? ' checked' : ''}>
        <span class="says">${card.says}</span><span class="number">${card.number.replaceAll(/(.{4})(?=.)/g, '$1 ')}</span>
      </label>`,
  ).join('\n');
  return `${inner.declined ? problem(`${declineSentence(inner.declined)} Choose another card, or go back.`) : ''}
    <div class="wallets">
      <a class="wallet" href="?sheet=apple_pay">Apple Pay</a>
      <a class="wallet" href="?sheet=google_pay">Google Pay</a>
    </div>
    <p class="or">or by card</p>
    <form method="post">
      <fieldset><legend>Test card</legend>${cards}</fieldset>
      <button class="pay" name="do" value="pay">Pay ${total}</button>
      ${backLink(body.cancel_url)}
    </form>`;
}

function sheetForm(wallet: Wallet, total: string): string {
  const name = WALLETS[wallet];
  return `<form method="post" aria-label="${name} test sheet">
      <div class="sheet"><p>${name} test sheet</p><b>${total} with Visa •••• 4242</b></div>
      <input type="hidden" name="card" value="4242424242424242">
      <input type="hidden" name="wallet" value="${wallet}">
      <button class="pay" name="do" value="pay">Pay with ${name}</button>
      <a class="back" href="?">Choose another way</a>
    </form>`;
}

function challengeForm(total: string): string {
  return `<p class="lead">Your test bank asks: do you want to pay <strong>${total}</strong> to Carat?</p>
    <form method="post">
      <button class="pay" name="do" value="confirm">Confirm ${total}</button>
      <button class="back" name="do" value="refuse">Refuse</button>
    </form>`;
}

function backLink(url: string | null): string {
  return url === null ? '' : `<a class="back" href="${escapeHtml(url)}">Back without paying</a>`;
}
