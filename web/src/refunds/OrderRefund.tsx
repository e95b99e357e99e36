import { useMutation, useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { HowLines } from '../ui/How.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { Timeline, type TimelineStep } from '../ui/Timeline.tsx';
import {
  askRefund,
  ON_ITS_WAY,
  type Refund,
  type RefundOffer,
  refundOfferQuery,
  refundsChanged,
} from './refunds-api.ts';
import './refunds.css';

/** What can go back of an order, why or why not, and what became of what went back. */
export function OrderRefund({
  orderId,
  ware,
}: {
  readonly orderId: string;
  readonly ware: 'Coins' | 'Diamonds';
}) {
  const offer = useQuery(refundOfferQuery(orderId));
  return (
    <section className="card order-refund" aria-labelledby="refund">
      <header>
        <h2 id="refund">Unused {ware}</h2>
      </header>
      {offer.data === undefined ? (
        offer.isError ? (
          <ErrorCard
            title="What could go back could not be read."
            error={offer.error}
            onRetry={() => void offer.refetch()}
          />
        ) : (
          <Skeleton height={72} className="mt-2" />
        )
      ) : (
        <>
          {offer.data.disputes.map((dispute) => (
            <div key={dispute.openedAt} className="grid gap-2">
              <Status look={dispute.returnedAt === null ? DISPUTE_LOOKS[dispute.state] : 'done'}>
                {disputeWords(dispute)}
              </Status>
              <p className="text-fg-2">{dispute.sentence}</p>
            </div>
          ))}
          {offer.data.refunds.map((refund) => (
            <RefundSteps key={refund.id} refund={refund} />
          ))}
          <Offer orderId={orderId} offer={offer.data} ware={ware} />
        </>
      )}
    </section>
  );
}

const DISPUTE_LOOKS = { held: 'warning', parked: 'warning', released: 'done', taken: 'returned' } as const;
const DISPUTE_WORDS = {
  dispute: {
    held: 'Disputed with the bank',
    parked: 'Disputed with the bank',
    released: 'The dispute is over',
    taken: 'Taken back by the bank',
  },
  provider_refund: {
    held: 'Refunded at the payment provider',
    parked: 'Refunded at the payment provider',
    released: 'The refund did not arrive',
    taken: 'Refunded at the payment provider',
  },
} as const;

function disputeWords({ kind, state, returnedAt }: RefundOffer['disputes'][number]): string {
  return DISPUTE_WORDS[kind][returnedAt === null ? state : 'released'];
}

function Offer({
  orderId,
  offer,
  ware,
}: {
  readonly orderId: string;
  readonly offer: RefundOffer;
  readonly ware: string;
}) {
  const [open, setOpen] = useState(false);
  const ask = useMutation({
    mutationFn: () => askRefund(orderId, offer.amount.units),
    onSuccess: () => setOpen(false),
    onSettled: () => refundsChanged(orderId),
  });
  if (!offer.possible) {
    // What is on its way says more than why there is no second one.
    if (offer.refunds.some(({ state }) => ON_ITS_WAY.has(state)) || offer.disputes.some(isOpen)) return null;
    const failing = offer.checks.find(({ passed }) => !passed);
    if (failing === undefined || (failing.code === 'nothing_unspent' && offer.refunds.length > 0))
      return null;
    return (
      <div className="grid gap-1">
        <p>
          <b>{WHY_NOT[failing.code] ?? failing.rule}</b>
        </p>
        <p className="text-fg-2">{failing.remedy}</p>
      </div>
    );
  }
  return (
    <>
      <p className="text-fg-2">
        <b className="text-fg">{offer.units.display}</b> of this order are unspent. You can give them back and
        get{' '}
        <b className="text-fg">
          <AmountText amount={offer.amount} />
        </b>
        {offer.until === null ? null : (
          <>
            {' '}
            until <Time at={offer.until} look="day" />
          </>
        )}
        .
      </p>
      <Button kind="ghost" icon={<Undo2 aria-hidden />} onClick={() => setOpen(true)}>
        Refund unused {ware}
      </Button>
      <Sheet
        open={open}
        onOpenChange={setOpen}
        title={`Refund ${offer.units.display}`}
        description="The money goes back the way it came. Your bank may take 5 to 10 days to show it."
      >
        <div className="grid gap-4">
          <HowLines lines={[...offer.how, { label: 'You get', value: <b>{offer.amount.display}</b> }]} />
          {ask.isError ? <ErrorCard title="Nothing was given back." error={ask.error} /> : null}
          <div className="flex flex-wrap gap-2.5">
            <Button kind="primary" size="lg" busy={ask.isPending} onClick={() => ask.mutate()}>
              Get {offer.amount.display} back
            </Button>
            <Button kind="ghost" size="lg" onClick={() => setOpen(false)}>
              Keep the {ware}
            </Button>
          </div>
        </div>
      </Sheet>
    </>
  );
}

function isOpen({ state }: RefundOffer['disputes'][number]): boolean {
  return state === 'held' || state === 'parked';
}

const WHY_NOT: Readonly<Record<string, string>> = {
  nothing_unspent: 'All of it is spent, so nothing can go back.',
  refund_too_late: 'The days in which you could give it back yourself are over.',
  refund_needs_a_hand: 'This payment cannot be sent back the way it came.',
};

/** Asked, sent, arrived; or what came between. */
function RefundSteps({ refund }: { readonly refund: Refund }) {
  const open = ON_ITS_WAY.has(refund.state);
  const steps = refund.steps.map(
    ({ at, title, note }, index): TimelineStep => ({
      key: `${at} ${title}`,
      label: title,
      ...(note === null ? {} : { note }),
      time: <Time at={at} look="stamp" />,
      state: open && index === refund.steps.length - 1 ? 'now' : 'done',
    }),
  );
  const ahead: TimelineStep[] = open
    ? [
        {
          key: 'ahead',
          label: 'Given back',
          note:
            refund.road === 'hand'
              ? 'Somebody of support pays it by hand. Tell them where it is to go.'
              : 'Your bank may take 5 to 10 days to show it.',
          time: '',
          state: 'ahead',
        },
      ]
    : [];
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2.5">
        <Status look={LOOKS[refund.state]}>{WORDS[refund.state]}</Status>
        <b>
          <AmountText amount={refund.amount} />
        </b>
        <span className="text-fg-3">for {refund.returned.display}</span>
      </div>
      <Timeline label={`Refund of ${refund.amount.display}`} steps={[...steps, ...ahead]} />
      {refund.failure === null ? null : (
        <p className="text-fg-2">
          {refund.failure}{' '}
          {refund.state === 'failed' || refund.state === 'rejected'
            ? refund.free.units === '0'
              ? 'Your bank had given you this money back itself, so nothing returns to your wallet.'
              : `Your ${refund.free.display} are in your wallet again.`
            : null}
        </p>
      )}
    </div>
  );
}

const LOOKS = {
  waiting: 'pending',
  asked: 'checking',
  to_pay: 'pending',
  sent: 'checking',
  parked: 'warning',
  rejecting: 'checking',
  refunded: 'done',
  failed: 'failed',
  rejected: 'failed',
} as const;

const WORDS = {
  waiting: 'Waits for approval',
  asked: 'Requested',
  to_pay: 'To be paid by hand',
  sent: 'On its way',
  parked: 'Somebody asks the provider',
  rejecting: 'Not approved',
  refunded: 'Refunded',
  failed: 'Did not work',
  rejected: 'Not refunded',
} as const;
