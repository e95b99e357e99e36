import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Bitcoin, Check, Clock, CreditCard, Hourglass, Search, Undo2, X } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import { useCoins, walletQuery } from '../api/wallet.ts';
import { Signed } from '../identity/Signed.tsx';
import { OrderRefund } from '../refunds/OrderRefund.tsx';
import { ON_ITS_WAY, type RefundOffer, refundOfferQuery } from '../refunds/refunds-api.ts';
import { Coins } from '../ui/Amount.tsx';
import { moneyText } from '../ui/amounts.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { CopyId } from '../ui/CopyId.tsx';
import { HowLines } from '../ui/How.tsx';
import { usePageHeading } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { CryptoPayment } from './CryptoPayment.tsx';
import { NoEntry } from './EntryPage.tsx';
import { MadeBy } from './MadeBy.tsx';
import { Movements } from './Movements.tsx';
import { settleOrder } from './pending-order.ts';
import { type Order, OVER, orderQuery } from './wallet-api.ts';
import './wallet.css';

const route = getRouteApi('/wallet/orders/$id');

/** What became of an order, told by our own server and never guessed. */
export function OrderPage() {
  const { id } = route.useParams();
  return (
    <Signed title="Your order" why="Sign in to see your order.">
      {() => <OwnOrder id={id} />}
    </Signed>
  );
}

function OwnOrder({ id }: { readonly id: string }) {
  const order = useQuery(orderQuery(id));
  const over = order.data !== undefined && OVER.has(order.data.state);
  useEffect(() => {
    if (!over) return;
    settleOrder(sessionStorage, id);
    void queryClient.invalidateQueries({ queryKey: walletQuery.queryKey });
  }, [over, id]);
  return (
    <div className="page-body max-w-[780px]!">
      {order.data ? (
        <>
          {order.isError ? (
            <ErrorCard
              title="We cannot reach the server, so this may be out of date."
              error={order.error}
              onRetry={() => void order.refetch()}
            />
          ) : null}
          <Verdict order={order.data} />
          <Bill order={order.data} />
          {order.data.state === 'paid' ? (
            <OrderRefund orderId={order.data.id} ware={wareOf(order.data)} />
          ) : null}
        </>
      ) : order.isError ? (
        <NoEntry what="order" error={order.error} onRetry={() => void order.refetch()} />
      ) : (
        <Skeleton height={320} className="rounded-[22px]!" />
      )}
    </div>
  );
}

function Verdict({ order }: { readonly order: Order }) {
  const { return: back = '/wallet' } = route.useSearch();
  const returned = useQuery({ ...refundOfferQuery(order.id), enabled: order.state === 'paid' }).data;
  const told = wentBack(order, returned) ?? TOLD[order.state](order);
  const heading = usePageHeading(told.title);
  const balance = useCoins();
  return (
    <section className="card verdict">
      <span className="seal" data-tone={told.tone} aria-hidden="true">
        {told.icon}
      </span>
      <h1 ref={heading} tabIndex={-1} className="outline-none">
        {told.title}
      </h1>
      <p role="status">{told.sentence}</p>
      {order.crypto === null ? null : <CryptoPayment order={order} quote={order.crypto} />}
      {order.state === 'paid' && order.bought.asset === 'COIN' && balance !== null ? (
        <p>
          You have <Coins units={balance} className="font-[650] text-fg" /> now.
        </p>
      ) : null}
      <div className="mt-3 flex flex-wrap justify-center gap-2.5">
        <Next order={order} back={back} />
      </div>
    </section>
  );
}

/** What is to be said instead of a paid order of which everything went back or is on its way; `null` when some is left. */
function wentBack(order: Order, offer: RefundOffer | undefined): Told | null {
  if (order.state !== 'paid' || offer === undefined) return null;
  const sum = (amounts: readonly { readonly units: string }[]) =>
    amounts.reduce((all, { units }) => all + BigInt(units), 0n);
  const refunds = offer.refunds.filter(({ state }) => state === 'refunded');
  const taken = offer.disputes.filter(({ state, returnedAt }) => state === 'taken' && returnedAt === null);
  const away = offer.refunds.filter(({ state }) => ON_ITS_WAY.has(state));
  const units =
    sum([...refunds, ...away].map(({ returned }) => returned)) + sum(taken.map(({ held }) => held));
  if (units < BigInt(order.bought.units)) return null;
  const money = sum(refunds.map(({ amount }) => amount));
  if (away.length > 0) {
    return {
      icon: <Undo2 />,
      title: `${order.bought.display} on their way back`,
      sentence: `You paid ${moneyText(BigInt(order.price.units))}. The ${wareOf(order)} are held until the money is with you.`,
    };
  }
  return {
    icon: <Undo2 />,
    title: taken.length === 0 ? `${order.bought.display} given back` : 'This payment was taken back',
    sentence:
      taken.length === 0
        ? `You paid ${moneyText(BigInt(order.price.units))} and got ${moneyText(money)} back. None of the ${wareOf(order)} are left.`
        : `You paid ${moneyText(BigInt(order.price.units))}. None of the ${order.bought.display} are left.`,
  };
}

interface Told {
  readonly tone?: 'ok' | 'warn' | 'bad';
  readonly icon: ReactNode;
  readonly title: string;
  readonly sentence: ReactNode;
}

const TOLD: Readonly<Record<Order['state'], (order: Order) => Told>> = {
  paid: (order) => ({
    tone: 'ok',
    icon: <Check />,
    title: `${order.bought.display} added`,
    sentence: `You paid ${moneyText(BigInt(order.price.units))}${order.mode === 'live' ? '' : ' of play money'}. The ${wareOf(order)} are in your wallet.`,
  }),
  awaiting_payment: (order) =>
    order.crypto === null
      ? {
          icon: <CreditCard />,
          title: 'Not paid yet',
          sentence:
            'Your order waits for its payment. If you have just paid, this page changes by itself within a few seconds.',
        }
      : order.crypto.seen
        ? {
            icon: <Hourglass />,
            title: 'Your payment is on its way',
            sentence: `It was seen on the network. The ${wareOf(order)} are yours when it is confirmed; you can leave this page.`,
          }
        : {
            icon: <Bitcoin />,
            title: `Send ${order.crypto.due} ${order.crypto.currency}`,
            sentence: `For ${order.bought.display}, ${moneyText(BigInt(order.price.units))}. This page follows what happens.`,
          },
  unknown: () => ({
    icon: <Search />,
    title: 'We are asking the provider',
    sentence:
      'Your order is written down, but the provider has not answered yet. If money was taken, what you bought comes by itself. You need not order again, and you can leave this page.',
  }),
  in_review: (order) => ({
    tone: 'warn',
    icon: <Hourglass />,
    title: 'A person is looking at this',
    sentence: `${REVIEWED[order.problem ?? ''] ?? 'What the provider told us does not fit your order.'} Nothing moves until somebody has looked. Nothing is lost, and this page shows the end of it.`,
  }),
  declined: (order) => ({
    tone: 'bad',
    icon: <X />,
    title: 'The payment was declined',
    sentence: `${DECLINED[order.reason ?? ''] ?? 'The provider did not say more.'} Nothing was charged.`,
  }),
  canceled: (order) => {
    const closed = CLOSED[order.reason ?? ''];
    return {
      icon: <X />,
      title: closed === undefined ? 'You left the payment' : 'The payment page was closed',
      sentence: `${closed ?? ''} Nothing was charged, and nothing was added.`.trim(),
    };
  },
  expired: (order) =>
    order.method === 'crypto'
      ? {
          icon: <Clock />,
          title: 'The quote has expired',
          sentence:
            'The price in crypto was fixed for 15 minutes, and nothing came. Do not send anything to that address any more.',
        }
      : {
          icon: <Clock />,
          title: 'The payment page has closed',
          sentence: 'It waited for a while and then closed. Nothing was charged.',
        },
};

const REVIEWED: Readonly<Record<string, string>> = {
  paid_partial: 'Less came than the price, and then the quote expired.',
  paid_late: 'The payment came after the quote had expired.',
  paid_over: 'More came than the price.',
};

/** Why a page was closed that its owner did not leave. */
const CLOSED: Readonly<Record<string, string>> = {
  over_limit: 'It was over the limit that you set meanwhile.',
  buying_closed: 'Buying was closed for you meanwhile.',
};

const DECLINED: Readonly<Record<string, string>> = {
  insufficient_funds: 'The card has not enough money.',
  card_declined: 'The bank declined the card.',
  generic_decline: 'The bank declined the card.',
  expired_card: 'The card has expired.',
  authentication_required: 'The payment was not confirmed with the bank.',
  authentication_failed: 'The payment was not confirmed with the bank.',
};

/** Whole Coins or whole Diamonds, as digits. */
function wholeOf({ bought }: Order): string {
  const units = BigInt(bought.units);
  return (bought.asset === 'DIAMOND' ? units / 1_000n : units).toString();
}

function wareOf(order: Order): 'Coins' | 'Diamonds' {
  return order.bought.asset === 'COIN' ? 'Coins' : 'Diamonds';
}

function Next({ order, back }: { readonly order: Order; readonly back: string }) {
  const { left } = route.useSearch();
  const cancel = useMutation({
    mutationFn: () => api.post<{ order: Order }>(`/orders/${encodeURIComponent(order.id)}/cancel`),
    onSuccess: ({ order: after }) => queryClient.setQueryData(orderQuery(order.id).queryKey, after),
  });
  // Who comes back without paying has called the order off. Once: a payment that came first stays.
  const { mutate: callOff, isIdle } = cancel;
  useEffect(() => {
    if (left === true && isIdle && order.state === 'awaiting_payment') callOff();
  }, [left, isIdle, order.state, callOff]);
  const goBack = (
    <a href={back} {...buttonLook({ kind: order.state === 'paid' ? 'primary' : 'ghost', size: 'lg' })}>
      {back.startsWith('/live/') ? 'Back to the stage' : back === '/wallet' ? 'See your wallet' : 'Go back'}
    </a>
  );
  switch (order.state) {
    case 'paid':
      return goBack;
    case 'awaiting_payment':
      return (
        <>
          {order.checkoutUrl === null || order.crypto !== null ? null : (
            <a href={order.checkoutUrl} {...buttonLook({ kind: 'primary', size: 'lg' })}>
              Go to the payment page
            </a>
          )}
          {order.crypto?.seen === true ? (
            goBack
          ) : (
            <Button kind="ghost" size="lg" busy={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel the order
            </Button>
          )}
          {cancel.isError ? (
            <div className="w-full text-left">
              <ErrorCard title="The order was not canceled." error={cancel.error} />
            </div>
          ) : null}
        </>
      );
    case 'unknown':
    case 'in_review':
      return goBack;
    case 'declined':
    case 'canceled':
    case 'expired':
      return (
        <>
          <Link
            to="/wallet/top-up"
            search={{
              exact: wholeOf(order),
              pay: order.method,
              return: back,
              ...(order.bought.asset === 'DIAMOND' ? { ware: 'diamonds' as const } : {}),
            }}
            {...buttonLook({ kind: 'primary', size: 'lg' })}
          >
            {order.state === 'expired' && order.method === 'crypto' ? 'Get a new quote' : 'Try again'}
          </Link>
          {goBack}
        </>
      );
  }
}

function Bill({ order }: { readonly order: Order }) {
  return (
    <section className="card" aria-labelledby="bill">
      <header>
        <h2 id="bill">{order.state === 'paid' ? 'Receipt' : 'Your order'}</h2>
        <span className="text-sm text-fg-3">
          <Time at={order.paidAt ?? order.createdAt} look="stamp" />
        </span>
      </header>
      <div className="mt-2">
        <HowLines lines={order.how} />
      </div>
      <MadeBy policyVersion={order.policyVersion} rateVersion={order.rateVersion} />
      {order.transfers.length === 0 ? null : (
        <div className="mt-4 border-t border-line-soft pt-3">
          <h3 className="text-[15px]">In the ledger</h3>
          <Movements moves={order.transfers} yours={(move) => move.amount.asset !== 'USD'} />
        </div>
      )}
      <p className="mt-3">
        <CopyId id={order.id} what="order" />
      </p>
    </section>
  );
}
