import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Console } from '../console/Console.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { CopyId } from '../ui/CopyId.tsx';
import { Field } from '../ui/Field.tsx';
import { HowLines } from '../ui/How.tsx';
import { notifyDone } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { DisputeRow } from './ConsoleDisputes.tsx';
import { ParkedOrder } from './ParkedOrder.tsx';
import { REFUND_WORDS, RefundRow } from './RefundRow.tsx';
import {
  consoleChanged,
  consoleRefundsQuery,
  type OrderDetail,
  type OrderRow,
  orderDetailQuery,
  ordersQuery,
  refundForFan,
} from './refunds-api.ts';
import './refunds.css';

const route = getRouteApi('/console/refunds');

/** Orders by whom or which, what can go back of them, and every refund with where it stands. */
export function ConsoleRefunds() {
  return <Console>{() => <Page />}</Console>;
}

function Page() {
  const { order } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (id: string | null) => void navigate({ search: id === null ? {} : { order: id } });
  return (
    <div className="page-body">
      <PageHead
        title="Refunds"
        sub="Find an order, refund what is unspent of it, and see what became of it."
      />
      {order === undefined ? (
        <>
          <Search onChoose={choose} />
          <Refunds onChoose={choose} />
        </>
      ) : (
        <OneOrder key={order} id={order} onBack={() => choose(null)} />
      )}
    </div>
  );
}

function Search({ onChoose }: { readonly onChoose: (id: string) => void }) {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [show, setShow] = useState<'all' | 'parked'>('all');
  const orders = useQuery(ordersQuery(asked, show));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(text.trim());
  };
  return (
    <section className="card" aria-labelledby="orders">
      <header>
        <h2 id="orders">Orders</h2>
        <Choices
          label="Which orders"
          items={[
            { value: 'all', label: 'All' },
            { value: 'parked', label: 'Wait for a person' },
          ]}
          value={show}
          onChange={setShow}
        />
      </header>
      <form className="flex flex-wrap items-end gap-2.5" onSubmit={submit}>
        <div className="flex-1 basis-64">
          <Field
            label="An order, a handle or the provider’s id"
            value={text}
            maxLength={80}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <Button type="submit" kind="primary">
          Find
        </Button>
      </form>
      {orders.data === undefined ? (
        orders.isError ? (
          <ErrorCard
            title="The orders could not be read."
            error={orders.error}
            onRetry={() => void orders.refetch()}
          />
        ) : (
          <Skeleton height={140} className="mt-4" />
        )
      ) : orders.data.items.length === 0 ? (
        <EmptyState title={show === 'parked' ? 'No order waits for you' : 'No such order'}>
          {show === 'parked'
            ? 'An order waits when what came is not what was asked for, such as a part of it, or too late.'
            : 'Look for a whole handle, a whole order id, or the id that the provider gave the payment.'}
        </EmptyState>
      ) : (
        <ul className="refund-rows">
          {orders.data.items.map((row) => (
            <li key={row.id}>
              <button type="button" className="row-button" onClick={() => onChoose(row.id)}>
                <OrderLine row={row} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function OrderLine({ row }: { readonly row: OrderRow }) {
  return (
    <>
      <span className="who flex-1 basis-56">
        <b>
          {row.bought.display} · {row.fan.displayName}
        </b>
        <small>
          @{row.fan.handle} · <Time at={row.paidAt ?? row.createdAt} look="stamp" /> · {row.provider}
        </small>
      </span>
      <b>
        <AmountText amount={row.price} />
      </b>
      {row.back.units === '0' ? null : <Status look="returned">{row.back.display} back or held</Status>}
      <Status look={row.state === 'paid' ? 'done' : row.state === 'in_review' ? 'warning' : 'pending'}>
        {ORDER_WORDS[row.state] ?? row.state}
      </Status>
    </>
  );
}

const ORDER_WORDS: Readonly<Record<string, string>> = {
  paid: 'Paid',
  in_review: 'Waits for a person',
  open: 'Not paid yet',
  declined: 'Declined',
  canceled: 'Canceled',
  expired: 'Expired',
};

function Refunds({ onChoose }: { readonly onChoose: (id: string) => void }) {
  const [show, setShow] = useState<'open' | 'all'>('open');
  const query = useInfiniteQuery(consoleRefundsQuery(show));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card" aria-labelledby="refunds">
      <header>
        <h2 id="refunds">Refunds</h2>
        <Choices
          label="Which refunds"
          items={[
            { value: 'open', label: 'On their way' },
            { value: 'all', label: 'All' },
          ]}
          value={show}
          onChange={setShow}
        />
      </header>
      {query.data === undefined ? (
        query.isError ? (
          <ErrorCard
            title="The refunds could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={140} className="mt-4" />
        )
      ) : items.length === 0 ? (
        <EmptyState title={show === 'open' ? 'Nothing is on its way' : 'There was no refund yet'}>
          Fans refund what is unspent themselves; yours begin at an order above.
        </EmptyState>
      ) : (
        <ul className="refund-rows">
          {items.map((refund) => (
            <RefundRow key={refund.id} refund={refund} onChoose={onChoose} />
          ))}
        </ul>
      )}
      {query.hasNextPage ? (
        <Button kind="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Load more
        </Button>
      ) : null}
    </section>
  );
}

function OneOrder({ id, onBack }: { readonly id: string; readonly onBack: () => void }) {
  const query = useQuery(orderDetailQuery(id));
  const detail = query.data;
  return (
    <>
      <div>
        <Button kind="ghost" size="sm" icon={<ArrowLeft aria-hidden />} onClick={onBack}>
          All orders
        </Button>
      </div>
      {detail === undefined ? (
        query.isError ? (
          <ErrorCard
            title="The order could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={260} />
        )
      ) : (
        <>
          <section className="card grid gap-3" aria-label="The order">
            <div className="refund-rows">
              <div className="row-button">
                <OrderLine row={detail.order} />
              </div>
            </div>
            <p>
              <CopyId id={detail.order.id} what="order" />
            </p>
          </section>
          {detail.parked === null ? null : (
            <ParkedOrder key={detail.parked.resolution?.state ?? ''} detail={detail} parked={detail.parked} />
          )}
          {detail.order.paidAt === null && detail.parked !== null ? null : <SupportRefund detail={detail} />}
          {detail.disputes.length === 0 ? null : (
            <section className="card" aria-labelledby="its-disputes">
              <header>
                <h2 id="its-disputes">Disputes</h2>
              </header>
              <ul className="refund-rows">
                {detail.disputes.map((dispute) => (
                  <DisputeRow key={dispute.id} dispute={dispute} />
                ))}
              </ul>
            </section>
          )}
          {detail.refunds.length === 0 ? null : (
            <section className="card" aria-labelledby="its-refunds">
              <header>
                <h2 id="its-refunds">Refunds of this order</h2>
              </header>
              <ul className="refund-rows">
                {detail.refunds.map((refund) => (
                  <RefundRow key={refund.id} refund={refund} />
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </>
  );
}

function SupportRefund({ detail: { order, offer } }: { readonly detail: OrderDetail }) {
  const [whole, setWhole] = useState('');
  const [reason, setReason] = useState('');
  const [key, setKey] = useState(() => crypto.randomUUID() as string);
  const scale = order.bought.asset === 'DIAMOND' ? 1_000n : 1n;
  const ware = order.bought.asset === 'DIAMOND' ? 'Diamonds' : 'Coins';
  const byHand = offer.road === 'hand';
  const ask = useMutation({
    mutationFn: () =>
      refundForFan(
        order.id,
        {
          units: /^[0-9]{1,12}$/.test(whole.trim()) ? (BigInt(whole.trim()) * scale).toString() : null,
          reason: reason.trim(),
        },
        key,
      ),
    onError: (error) => {
      // Refused: nothing happened, and what is changed now is another wish. Without an answer it may have happened.
      if (isRefused(error)) setKey(crypto.randomUUID());
    },
    onSuccess: ({ refund }) => {
      setKey(crypto.randomUUID());
      setWhole('');
      setReason('');
      notifyDone(
        refund.state === 'waiting'
          ? `${refund.amount.display} waits for a second operator.`
          : `${refund.amount.display}: ${REFUND_WORDS[refund.state].toLowerCase()}.`,
      );
    },
    onSettled: () => consoleChanged(),
  });
  if (!offer.possible) {
    const failing = offer.checks.find(({ passed }) => !passed);
    return (
      <section className="card grid gap-2" aria-labelledby="refund-it">
        <header>
          <h2 id="refund-it">Nothing can go back now</h2>
        </header>
        <p>
          {failing?.rule}: {failing?.have}.
        </p>
        <p className="text-fg-2">{failing?.remedy}</p>
      </section>
    );
  }
  return (
    <section className="card" aria-labelledby="refund-it">
      <header>
        <h2 id="refund-it">Refund what is unspent</h2>
      </header>
      <HowLines lines={[...offer.how, { label: 'They get', value: <b>{offer.amount.display}</b> }]} />
      <form
        className="mt-4 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <Field
          label={`How many ${ware}`}
          hint={`Empty: all ${offer.units.display} that are unspent.`}
          inputMode="numeric"
          value={whole}
          maxLength={12}
          onChange={(event) => setWhole(event.target.value)}
          wrong={whole.trim() === '' || /^[1-9][0-9]*$/.test(whole.trim()) ? undefined : 'A whole number.'}
        />
        <Field
          label="Reason"
          hint="For your colleagues; it is kept."
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.target.value)}
        />
        {byHand ? (
          <p>
            The provider cannot send this money back, so it goes by hand: the {ware} are held now, you pay
            when it is decided, and say so then.
          </p>
        ) : null}
        {offer.secondFrom === null ? null : (
          <p className="text-fg-2">
            From {offer.secondFrom.display} within seven days on, a second operator decides.
          </p>
        )}
        {ask.isError ? (
          <ErrorCard
            title={
              isRefused(ask.error) ? 'Nothing was refunded.' : 'Nobody knows yet whether it was refunded.'
            }
            error={ask.error}
          />
        ) : null}
        <div>
          <Button type="submit" kind="primary" busy={ask.isPending} disabled={reason.trim().length < 3}>
            {byHand ? 'Refund by hand' : 'Refund'}
          </Button>
        </div>
      </form>
    </section>
  );
}

/** Whether the server said no: then nothing happened. */
function isRefused(error: unknown): boolean {
  const { status } = ApiProblem.of(error);
  return status >= 400 && status < 500;
}
