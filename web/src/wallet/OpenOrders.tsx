import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { every } from '../api/query.ts';
import { AmountText } from '../ui/Amount.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { type Order, openOrdersQuery } from './wallet-api.ts';

/** What was ordered and is not decided yet, to be paid or canceled. Nothing where there is none. */
export function OpenOrders() {
  const { data, isError, error, refetch } = useQuery({ ...openOrdersQuery, refetchInterval: every(15_000) });
  if (data === undefined) {
    return isError ? (
      <ErrorCard title="Your open orders could not be read." error={error} onRetry={() => void refetch()} />
    ) : null;
  }
  if (data.length === 0) return null;
  return (
    <section className="card" aria-labelledby="open-orders">
      <h2 id="open-orders" className="text-lg font-bold">
        Not paid yet
      </h2>
      <ul className="grid gap-3 pt-3">
        {data.map((order) => (
          <li key={order.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <span>
              <b>
                <AmountText amount={order.bought} />
              </b>{' '}
              for {order.price.display}
              <span className="block text-sm text-fg-3">{standing(order)}</span>
            </span>
            <Link
              to="/wallet/orders/$id"
              params={{ id: order.id }}
              {...buttonLook({ kind: 'soft', size: 'sm' })}
              aria-label={`${order.state === 'awaiting_payment' ? 'Pay or cancel' : 'See'} ${order.bought.display}`}
            >
              {order.state === 'awaiting_payment' ? 'Pay or cancel' : 'See it'}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function standing({ state, expiresAt }: Order) {
  switch (state) {
    case 'awaiting_payment':
      return (
        <>
          To be paid until <Time at={expiresAt} look="stamp" />
        </>
      );
    case 'in_review':
      return 'Somebody looks at the payment';
    default:
      return 'We ask the provider what became of it';
  }
}
