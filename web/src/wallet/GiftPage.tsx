import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft, ArrowRight } from 'lucide-react';
import type { Me } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import type { Amount } from '../ui/amounts.ts';
import { CopyId } from '../ui/CopyId.tsx';
import { HowLines } from '../ui/How.tsx';
import { usePageHeading } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { Timeline } from '../ui/Timeline.tsx';
import { NoEntry } from './EntryPage.tsx';
import { giftTimeline } from './gift-steps.ts';
import { MadeBy } from './MadeBy.tsx';
import { Movements } from './Movements.tsx';
import { type Delay, type GiftPerson, type GiftReceipt, giftQuery } from './wallet-api.ts';
import './wallet.css';

const route = getRouteApi('/gifts/$id');

/** One gift, from the press to the creator's Diamonds. */
export function GiftPage() {
  const { id } = route.useParams();
  return (
    <Signed title="Gift" why="Sign in to follow this gift.">
      {(me) => <OneGift id={id} me={me} />}
    </Signed>
  );
}

function OneGift({ id, me }: { readonly id: string; readonly me: Me }) {
  const gift = useQuery(giftQuery(id));
  return (
    <div className="page-body max-w-[780px]!">
      <Link to="/wallet" className="back-link">
        <ArrowLeft aria-hidden />
        Wallet
      </Link>
      {gift.data ? (
        <>
          {gift.isError ? (
            <ErrorCard
              title="We cannot reach the server, so this may be out of date."
              error={gift.error}
              onRetry={() => void gift.refetch()}
            />
          ) : null}
          <Receipt gift={gift.data} me={me} />
        </>
      ) : gift.isError ? (
        <NoEntry what="gift" error={gift.error} onRetry={() => void gift.refetch()} />
      ) : (
        <Skeleton height={320} className="rounded-[22px]!" />
      )}
    </div>
  );
}

function Receipt({ gift, me }: { readonly gift: GiftReceipt; readonly me: Me }) {
  const title = gift.quantity === 1 ? gift.gift.name : `${gift.gift.name} ×${gift.quantity}`;
  const heading = usePageHeading(`${title} to ${gift.receiver.displayName}`);
  return (
    <>
      <section className="card entry-head">
        <img src={giftArt(gift.gift.art).src} alt="" />
        <h1 ref={heading} tabIndex={-1} className="mt-1 text-[30px]! outline-none">
          {title}
        </h1>
        <p className="between">
          <Party person={gift.sender} me={me} />
          <ArrowRight aria-label="to" />
          <Party person={gift.receiver} me={me} />
        </p>
        <div className="mt-2">
          <Standing gift={gift} />
        </div>
        <dl className="facts">
          <div>
            <dt>{gift.sender.id === me.id ? 'You paid' : 'Paid'}</dt>
            <dd>
              <AmountText amount={gift.coins} />
            </dd>
          </div>
          <div>
            <dt>In money</dt>
            <dd>
              <AmountText amount={gift.money} estimate />
            </dd>
          </div>
          <div>
            <dt>{gift.receiver.id === me.id ? 'You get' : `${firstName(gift.receiver)} gets`}</dt>
            <dd>
              <AmountText amount={kept(gift)} />
            </dd>
          </div>
        </dl>
        {gift.streak === null || gift.streak.count === 1 ? null : (
          <p className="mt-2 text-sm text-fg-3">
            Part of a streak of {gift.streak.count}
            {gift.streak.final ? '.' : ', still running.'}
          </p>
        )}
      </section>
      <section className="card" aria-labelledby="way">
        <h2 id="way" className="text-lg!">
          Where it is
        </h2>
        <div className="mt-4">
          <Timeline
            label="Steps of this gift"
            steps={giftTimeline(gift).map(({ step, label, note, state, at, expected }) => ({
              key: step,
              label,
              note,
              state,
              time:
                at === null ? (
                  gift.status === 'held' ? (
                    ''
                  ) : (
                    'soon'
                  )
                ) : expected ? (
                  <>
                    {step === 'held' ? 'by' : 'on'} <Time at={at} look="stamp" />
                  </>
                ) : (
                  <Time at={at} look="stamp" />
                ),
            }))}
          />
        </div>
        {gift.delay === null ? null : <Later gift={gift} delay={gift.delay} />}
      </section>
      <section className="card" aria-labelledby="made">
        <h2 id="made" className="text-lg!">
          How these numbers were made
        </h2>
        <div className="mt-2">
          <HowLines lines={gift.how} />
        </div>
        <MadeBy policyVersion={gift.policyVersion} rateVersion={gift.rateVersion} />
      </section>
      <section className="card" aria-labelledby="moves">
        <h2 id="moves" className="text-lg!">
          In the ledger
        </h2>
        <Movements
          moves={gift.transfers}
          yours={({ amount }) => me.id === (amount.asset === 'COIN' ? gift.sender.id : gift.receiver.id)}
        />
        <p className="mt-3 border-t border-line-soft pt-3">
          <CopyId id={gift.id} what="gift" whole />
        </p>
      </section>
    </>
  );
}

/** Why the Diamonds come later than others, and what still could change their date. */
function Later({ gift, delay }: { readonly gift: GiftReceipt; readonly delay: Delay }) {
  return (
    <p className="mt-4 border-t border-line-soft pt-3 text-sm text-fg-2">
      {delay.reason} The usual date is <Time at={delay.usualAt} look="day" />; waiting for safety never takes
      longer than until <Time at={delay.latestAt} look="day" />.{' '}
      {gift.status === 'held'
        ? null
        : 'Only a dispute of the payment could hold it longer, and this page would say so. Nobody has to do anything.'}
    </p>
  );
}

function Party({ person, me }: { readonly person: GiftPerson; readonly me: Me }) {
  return (
    <Link to="/c/$handle" params={{ handle: person.handle }} className="who">
      <Avatar avatar={person.avatar} size={32} />
      {person.id === me.id ? 'You' : person.displayName}
    </Link>
  );
}

function Standing({ gift }: { readonly gift: GiftReceipt }) {
  const matures = gift.steps.find(({ step }) => step === 'available')?.expected;
  switch (gift.status) {
    case 'available':
      return <Status look="done">Available</Status>;
    case 'pending':
      return (
        <Status look="pending">
          <span>
            Pending
            {matures === undefined ? null : (
              <>
                {' until '}
                <Time at={matures} look="day" />
              </>
            )}
          </span>
        </Status>
      );
    case 'held':
      return <Status look="warning">Held until it is decided</Status>;
    case 'reversed':
      return <Status look="returned">Taken back</Status>;
    default:
      return <Status look="checking">On its way to the stage</Status>;
  }
}

/** What of its Diamonds was not taken back. */
function kept({ diamonds, reversed }: GiftReceipt): Amount {
  if (reversed === null) return diamonds;
  return { ...diamonds, units: (BigInt(diamonds.units) - BigInt(reversed.amount.units)).toString() };
}

function firstName({ displayName }: GiftPerson): string {
  return displayName.split(' ')[0] ?? displayName;
}
