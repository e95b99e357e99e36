import { Check, Circle, CircleDashed, Copy, Wallet } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { buttonLook, IconButton } from '../ui/Button.tsx';
import { Skeleton } from '../ui/States.tsx';
import { countdownText } from '../ui/TimeLeft.tsx';
import { useCopy } from '../ui/useCopy.ts';
import type { CryptoQuote, Order } from './wallet-api.ts';

const QrCode = lazy(() => import('./QrCode.tsx'));

interface CryptoPaymentProps {
  readonly order: Order;
  readonly quote: CryptoQuote;
}

/** Where to send crypto for an order, for how long at this price, and how far it has come. Never a spinner. */
export function CryptoPayment({ order, quote }: CryptoPaymentProps) {
  return (
    <div className="crypto">
      {quote.seen ? null : (
        <div className="quote">
          <Suspense fallback={<Skeleton height={176} className="rounded-[18px]!" />}>
            <QrCode text={quote.link} label="QR code of the address and the amount" />
          </Suspense>
          <div className="grid gap-3">
            <div>
              <span className="label">
                {Number(quote.paid) > 0
                  ? `${quote.paid} ${quote.currency} came; this much is missing`
                  : 'Exactly this much'}
              </span>
              <Copyable text={quote.due} unit={quote.currency} what="amount" />
            </div>
            <div>
              <span className="label">To this address</span>
              <Copyable text={quote.address} what="address" />
            </div>
            <QuoteRing from={order.createdAt} until={quote.until} />
            <p className="flex flex-wrap gap-2.5">
              <a href={quote.link} {...buttonLook({ kind: 'ghost' })}>
                <Wallet aria-hidden />
                Open in a wallet
              </a>
              {order.checkoutUrl === null ? null : (
                <a href={order.checkoutUrl} {...buttonLook({ kind: 'ghost' })}>
                  {order.mode === 'sandbox' ? 'Open the test wallet' : 'Open the payment page'}
                </a>
              )}
            </p>
          </div>
        </div>
      )}
      <Progress quote={quote} />
    </div>
  );
}

interface CopyableProps {
  readonly text: string;
  readonly unit?: string;
  readonly what: string;
}

/** Text to be sent as it is, whole, with a button that copies it. */
function Copyable({ text, unit, what }: CopyableProps) {
  const { copied, copy } = useCopy();
  return (
    <p className="copied">
      <code>
        {text}
        {unit === undefined ? '' : ` ${unit}`}
      </code>
      <IconButton label={`Copy the ${what}`} onClick={() => copy(text)}>
        {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      </IconButton>
      <span className="sr-only" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </p>
  );
}

function Progress({ quote }: { readonly quote: CryptoQuote }) {
  const { seen, confirmations, confirmationsNeeded: needed } = quote;
  const count = seen ? (confirmations ?? 0) : 0;
  return (
    <div role="status">
      <ol className="steps">
        <li data-state={seen ? 'done' : 'now'}>
          {seen ? <Check aria-hidden /> : <CircleDashed aria-hidden />}
          {seen ? 'Payment seen' : 'Waiting for the payment'}
        </li>
        <li data-state={seen ? 'now' : undefined}>
          {seen ? <CircleDashed aria-hidden /> : <Circle aria-hidden />}
          {seen && confirmations === null
            ? `Waiting for ${needed} confirmations`
            : `${count} of ${needed} confirmations`}
        </li>
      </ol>
    </div>
  );
}

/** How long the quote holds, as a ring that empties. */
function QuoteRing({ from, until }: { readonly from: string; readonly until: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const leftMs = Math.max(0, Date.parse(until) - now);
  const wholeMs = Math.max(1, Date.parse(until) - Date.parse(from));
  return (
    <p className="time-left" role="timer">
      <svg viewBox="0 0 40 40" aria-hidden="true">
        <circle className="all" cx="20" cy="20" r="17" />
        <circle
          className="left"
          cx="20"
          cy="20"
          r="17"
          pathLength="100"
          strokeDasharray="100"
          strokeDashoffset={100 - Math.min(100, (100 * leftMs) / wholeMs)}
        />
      </svg>
      <span>
        <b className="tabular-nums">{countdownText(leftMs)}</b> at this price
      </span>
    </p>
  );
}
