import { encode } from 'uqr';
import { bill, closing, escapeHtml, page, problem } from '../look.ts';
import { bitcoins, type InvoiceRow, paidSatoshi, paymentLink } from './invoices.ts';

const COMPANY = 'Test chain checkout';

/** What the invoice is now, in a word that changes with it. */
export function stateOf({ body, inner }: InvoiceRow): string {
  const blocks = inner.payments.map(({ confirmations }) => confirmations).join('+');
  return `${body.status} ${body.additionalStatus} ${blocks}`;
}

/** The page on which a payer sends coins of the test chain. */
export function cryptoPage(invoice: InvoiceRow, nowMs: number): string {
  const { body, inner } = invoice;
  const lines = [
    [String(body.metadata.itemDesc ?? 'Order'), `$${body.amount}`],
    ['Rate', '$64,000.00 for 1 test bitcoin'],
  ] as const;
  const due = `${bitcoins(BigInt(inner.dueSatoshi))} BTC`;
  const back = inner.returnUrl;
  const head = bill(lines, ['Amount', due]);
  switch (body.status) {
    case 'New':
      return page({
        company: COMPANY,
        title: body.additionalStatus === 'PaidPartial' ? 'A part has come' : `Send ${due}`,
        state: stateOf(invoice),
        main:
          head +
          partial(invoice) +
          quote(invoice, nowMs) +
          progress(invoice) +
          testWallet(invoice) +
          backLink(back),
      });
    case 'Processing':
      return page({
        company: COMPANY,
        title: 'Payment seen',
        state: stateOf(invoice),
        main: head + progress(invoice) + backLink(back),
      });
    case 'Settled':
      return page({
        company: COMPANY,
        title: 'Paid',
        main: head + progress(invoice) + closing('✓', 'The payment is confirmed.', back),
      });
    case 'Expired':
      return page({
        company: COMPANY,
        title: 'The quote has expired',
        state: stateOf(invoice),
        main:
          head +
          closing('×', 'Do not send anything any more. Get a new quote at the shop.', back) +
          testWallet(invoice),
      });
    case 'Invalid':
      return page({
        company: COMPANY,
        title: 'Closed',
        main: head + closing('×', 'The shop has closed this payment.', back),
      });
  }
}

function partial({ body, inner }: InvoiceRow): string {
  if (body.additionalStatus !== 'PaidPartial') return '';
  const open = BigInt(inner.dueSatoshi) - paidSatoshi(inner);
  return problem(`${bitcoins(paidSatoshi(inner))} BTC came, ${bitcoins(open)} BTC are missing.`);
}

function quote({ body, inner }: InvoiceRow, nowMs: number): string {
  const untilMs = body.expirationTime * 1_000;
  const wholeS = body.expirationTime - body.createdTime;
  const leftS = Math.max(0, Math.ceil((untilMs - nowMs) / 1_000));
  const clock = `${Math.floor(leftS / 60)}:${String(leftS % 60).padStart(2, '0')}`;
  return `<div class="quote">
      ${qrCode(paymentLink(inner))}
      <div>
        <div class="sum">${bitcoins(BigInt(inner.dueSatoshi))} BTC</div>
        <div class="ring">
          <svg viewBox="0 0 40 40" aria-hidden="true"><circle class="all" cx="20" cy="20" r="17"/>
            <circle class="left" cx="20" cy="20" r="17" pathLength="100" stroke-dasharray="100" stroke-dashoffset="${Math.round(100 - (100 * leftS) / wholeS)}"/></svg>
          <span><span data-until="${untilMs}" data-now="${nowMs}" data-seconds="${wholeS}">${clock}</span> at this price</span>
        </div>
      </div>
    </div>
    <p class="address">${escapeHtml(inner.address)}</p>`;
}

function progress({ body, inner }: InvoiceRow): string {
  const least = Math.min(...inner.payments.map(({ confirmations }) => confirmations));
  const seen = inner.payments.length > 0 && body.status !== 'New';
  const count = seen ? least : 0;
  const needed = inner.confirmationsNeeded;
  const step = (done: boolean, now: boolean, text: string) =>
    `<li class="${done ? 'done' : now ? 'now' : ''}"><b aria-hidden="true">${done ? '✓' : now ? '◔' : '○'}</b> ${text}</li>`;
  return `<div role="status"><ul class="steps">
      ${step(seen, !seen, seen ? 'Payment seen' : 'Waiting for the payment')}
      ${step(body.status === 'Settled', seen && body.status !== 'Settled', `${count} of ${needed} confirmations`)}
    </ul></div>`;
}

function testWallet({ body, inner }: InvoiceRow): string {
  const due = BigInt(inner.dueSatoshi);
  const open = due - paidSatoshi(inner);
  const label = body.status === 'Expired' ? 'Send it late all the same' : `Send ${bitcoins(open)} BTC`;
  if (open <= 0n) return '';
  return `<section class="test"><h2>Test wallet</h2>
      <p>Stands in for a wallet on a phone. The coins are worth nothing.</p>
      <form method="post">
        <button class="pay" name="do" value="send">${label}</button>
        <div class="row">
          <button class="back" name="do" value="send_half">Send too little</button>
          <button class="back" name="do" value="send_double">Send too much</button>
        </div>
      </form></section>`;
}

function backLink(url: string | null): string {
  return url === null ? '' : `<a class="back" href="${escapeHtml(url)}">Back to Carat</a>`;
}

function qrCode(text: string): string {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  const cells = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')));
  return `<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code of the address and the amount"><path fill="currentColor" d="${cells.join('')}"/></svg>`;
}
