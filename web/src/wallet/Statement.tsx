import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { giftArt } from '../art/gifts.ts';
import { CsvLink } from '../ui/CsvLink.tsx';
import { Paged } from '../ui/Paged.tsx';
import { EmptyState } from '../ui/States.tsx';
import { EntryTable } from './EntryTable.tsx';
import { csvAddress } from './entry-filter.ts';
import { StatementFilters } from './StatementFilters.tsx';
import { entriesQuery } from './wallet-api.ts';

const route = getRouteApi('/wallet');

/** Every movement of a person's balances, the newest first. */
export function Statement() {
  const filter = route.useSearch();
  const entries = useInfiniteQuery(entriesQuery(filter));
  return (
    <section className="card" aria-labelledby="statement">
      <header>
        <h2 id="statement">Statement</h2>
        <CsvLink href={csvAddress(filter)} />
      </header>
      <StatementFilters filter={filter} />
      <Paged
        query={entries}
        unread={{ first: 'Your statement', next: 'The next entries' }}
        none={<NothingYet filtered={Object.keys(filter).length > 0} />}
        end={(count) => (count === 1 ? 'That is the one entry.' : `That is all: ${count} entries.`)}
      >
        {(items) => <EntryTable items={items} />}
      </Paged>
    </section>
  );
}

function NothingYet({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <EmptyState title="No entry is like this">Choose other filters, or clear them.</EmptyState>
  ) : (
    <EmptyState art={giftArt('1f339').src} title="Nothing has moved yet">
      Your first top-up and your first gift show here, each with its receipt.
    </EmptyState>
  );
}
