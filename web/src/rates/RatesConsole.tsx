import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { PenLine } from 'lucide-react';
import { useState } from 'react';
import { type Rates, ratesQuery } from '../api/rates.ts';
import { Console } from '../console/Console.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { Paged } from '../ui/Paged.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { DraftCard } from './DraftCard.tsx';
import { DraftForm } from './DraftForm.tsx';
import { draftsQuery, type RateDraft } from './drafts-api.ts';
import { FiatDesk } from './FiatDesk.tsx';
import './rates.css';
import './console.css';

/** Where operators draft rates, approve each other's, and look after the other currencies. */
export function RatesConsole() {
  return <Console>{() => <Desk />}</Console>;
}

function Desk() {
  const rates = useQuery(ratesQuery);
  const drafts = useInfiniteQuery(draftsQuery);
  const [editing, setEditing] = useState<RateDraft | 'new' | null>(null);
  const bounds = drafts.data?.pages[0];
  return (
    <div className="page-body rates-page">
      <PageHead
        title="Rates"
        tab="Rates, console"
        sub="A rate takes two operators and is told ahead; a table of other currencies takes one."
      >
        {bounds === undefined ? null : (
          <Button kind="primary" icon={<PenLine aria-hidden />} onClick={() => setEditing('new')}>
            Draft a rate
          </Button>
        )}
      </PageHead>
      {rates.data === undefined ? (
        rates.isError ? (
          <ErrorCard
            title="The rate could not be read."
            error={rates.error}
            onRetry={() => void rates.refetch()}
          />
        ) : (
          <Skeleton height={140} className="rounded-[22px]!" />
        )
      ) : (
        <Now rates={rates.data} />
      )}
      <section className="card" aria-labelledby="drafts">
        <h2 id="drafts" className="text-lg!">
          Drafts
        </h2>
        <Paged
          query={drafts}
          unread={{ first: 'The drafts', next: 'The older drafts' }}
          none={
            <EmptyState title="Nobody has drafted a rate">
              A draft changes nothing until another operator approves it.
            </EmptyState>
          }
          end={(count) => (count === 1 ? 'The only one.' : `All ${count}.`)}
        >
          {(items) => (
            <ul className="rate-drafts">
              {items.map((draft) => (
                <DraftCard key={draft.id} draft={draft} onEdit={() => setEditing(draft)} />
              ))}
            </ul>
          )}
        </Paged>
      </section>
      <FiatDesk />
      {editing === null || bounds === undefined ? null : (
        <Sheet
          open
          onOpenChange={(open) => {
            if (!open) setEditing(null);
          }}
          title={editing === 'new' ? 'Draft a rate' : 'Change your draft'}
          description="It changes nothing yet: you ask for approval afterwards."
        >
          <DraftForm
            draft={editing === 'new' ? null : editing}
            earliestStart={bounds.earliestStart}
            highest={bounds.highest}
            onDone={() => setEditing(null)}
          />
        </Sheet>
      )}
    </div>
  );
}

function Now({ rates: { current, announced, formula } }: { readonly rates: Rates }) {
  const [next] = announced;
  return (
    <section className="cell rate-now" data-look="ice" aria-labelledby="rate-now">
      <h2 id="rate-now">1,000 Diamonds are worth</h2>
      <p className="sum" data-size="big">
        <AmountText amount={current.money} />
      </p>
      <p className="worth">
        Version {current.version}, in force since <Time at={current.from} look="stamp" />. {current.reason}
      </p>
      <p className="worth">
        {next === undefined ? (
          'Nothing else is announced.'
        ) : (
          <>
            Next: <AmountText amount={next.money} /> from <Time at={next.from} look="stamp" />
            {announced.length > 1 ? `, and ${announced.length - 1} more announced` : ''}.
          </>
        )}{' '}
        The formula is {formula.isOn ? 'on' : 'off'}.{' '}
        <Link to="/rates" className="text-link">
          What everybody sees
        </Link>
      </p>
    </section>
  );
}
