import { useNavigate } from '@tanstack/react-router';
import { Button } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { ENTRY_KINDS, type EntryFilter, type EntryKind } from './entry-filter.ts';

/** Which entries of the statement are wanted. The address of the page keeps them. */
export function StatementFilters({ filter }: { readonly filter: EntryFilter }) {
  const navigate = useNavigate();
  const change = (part: { readonly [Key in keyof EntryFilter]?: EntryFilter[Key] | undefined }) => {
    const next = Object.fromEntries(
      Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined && value !== ''),
    );
    void navigate({ to: '/wallet', search: next as EntryFilter, replace: true, resetScroll: false });
  };
  return (
    <div className="filters">
      <Choices
        label="Which unit"
        items={[
          { value: 'all', label: 'All' },
          { value: 'COIN', label: 'Coins' },
          { value: 'DIAMOND', label: 'Diamonds' },
        ]}
        value={filter.asset ?? 'all'}
        onChange={(value) => change({ asset: value === 'all' ? undefined : value })}
      />
      <select
        className="input"
        data-size="sm"
        aria-label="What kind"
        value={filter.kind ?? ''}
        onChange={(event) => change({ kind: (event.target.value || undefined) as EntryKind | undefined })}
      >
        <option value="">Everything</option>
        {Object.entries(ENTRY_KINDS).map(([kind, word]) => (
          <option key={kind} value={kind}>
            {word}
          </option>
        ))}
      </select>
      <select
        className="input"
        data-size="sm"
        aria-label="Direction"
        value={filter.direction ?? ''}
        onChange={(event) =>
          change({ direction: (event.target.value || undefined) as 'in' | 'out' | undefined })
        }
      >
        <option value="">In and out</option>
        <option value="in">In</option>
        <option value="out">Out</option>
      </select>
      <span className="days-asked">
        <label className="day">
          From
          <input
            type="date"
            value={filter.from ?? ''}
            max={filter.to}
            onChange={(event) => change({ from: event.target.value })}
          />
        </label>
        <label className="day">
          to
          <input
            type="date"
            value={filter.to ?? ''}
            min={filter.from}
            onChange={(event) => change({ to: event.target.value })}
          />
        </label>
      </span>
      {Object.keys(filter).length === 0 ? null : (
        <Button
          kind="bare"
          size="sm"
          onClick={() => void navigate({ to: '/wallet', search: {}, replace: true, resetScroll: false })}
        >
          Clear
        </Button>
      )}
    </div>
  );
}
