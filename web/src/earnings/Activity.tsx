import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { giftArt } from '../art/gifts.ts';
import { AmountText, Diamonds } from '../ui/Amount.tsx';
import { groupDigits } from '../ui/amounts.ts';
import { Choices } from '../ui/Choices.tsx';
import { CsvLink } from '../ui/CsvLink.tsx';
import { EntryId, GroupedRow, type Grouping, Thing } from '../ui/GroupedRow.tsx';
import { Paged } from '../ui/Paged.tsx';
import { EmptyState } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { type EarningEntry, type EarningStatus, earningEntriesQuery, earningsCsv } from './earnings-api.ts';
import { keptUnits, streaksAsOne } from './streaks-as-one.ts';

/** Every gift and answer that brought something, the newest first. */
export function Activity() {
  const [status, setStatus] = useState<EarningStatus>();
  const entries = useInfiniteQuery(earningEntriesQuery(status));
  return (
    <section className="card" aria-labelledby="activity">
      <header>
        <h2 id="activity">Activity</h2>
        <Choices
          label="Which gifts"
          items={[
            { value: 'all', label: 'All' },
            { value: 'pending', label: 'Pending' },
            { value: 'held', label: 'Held' },
            { value: 'available', label: 'Available' },
            { value: 'reversed', label: 'Reversed' },
          ]}
          value={status ?? 'all'}
          onChange={(value) => setStatus(value === 'all' ? undefined : value)}
        />
        <CsvLink href={earningsCsv(status)} />
      </header>
      <Paged
        query={entries}
        unread={{ first: 'Your activity', next: 'The next gifts' }}
        none={<NothingYet status={status} />}
        end={(count) =>
          count === 1 ? 'That is the one gift.' : `That is all: ${groupDigits(BigInt(count))} entries.`
        }
      >
        {(items) => <Gifts items={items} />}
      </Paged>
    </section>
  );
}

function NothingYet({ status }: { readonly status: EarningStatus | undefined }) {
  return status === undefined ? (
    <EmptyState art={giftArt('1f339').src} title="Your first gift shows here">
      With who sent it, what you get for it, and the day on which you can withdraw it.
    </EmptyState>
  ) : (
    <EmptyState title={`No gift is ${status}`}>{NONE[status]}</EmptyState>
  );
}

const NONE: Readonly<Record<EarningStatus, string>> = {
  pending: 'The Diamonds of every gift are available.',
  held: 'A gift is held while the payment for it is disputed with a bank.',
  available: 'The Diamonds of a gift are available once its day has come.',
  reversed: 'A gift is reversed when its payment is taken back before its day has come. Never after.',
};

/** Where a gift stands, in words, and what of it was taken back. */
function StatusWords({ entry }: { readonly entry: EarningEntry }) {
  return (
    <>
      <Standing entry={entry} />
      {entry.status === 'reversed' || entry.reversed === null ? null : (
        <>
          {'; '}
          <AmountText amount={entry.reversed.amount} /> of <AmountText amount={entry.amount} /> taken back
        </>
      )}
    </>
  );
}

function Standing({ entry }: { readonly entry: EarningEntry }) {
  switch (entry.status) {
    case 'available':
      return 'Available';
    case 'reversed':
      return <>Reversed: {entry.reversed?.reason.toLowerCase()}</>;
    case 'held':
      return (
        <>
          Held: {entry.held?.reason.toLowerCase()}. {entry.held?.decidedBy} decides, by{' '}
          <Time at={entry.held?.until ?? entry.maturesAt} look="day" />
        </>
      );
    case 'pending':
      return (
        <>
          Pending until <Time at={entry.maturesAt} look="day" />
          {entry.delay === null ? null : ': longer than usual, in case a bank takes the payment back'}
        </>
      );
  }
}

const STATUS_LOOKS = {
  available: 'done',
  reversed: 'returned',
  held: 'warning',
  pending: 'pending',
} as const;

function Gifts({ items }: { readonly items: readonly EarningEntry[] }) {
  return (
    <table className="rows activity">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Ledger entry</th>
          <th scope="col">Status</th>
          <th scope="col" className="num">
            Diamonds
          </th>
        </tr>
      </thead>
      <tbody>
        {streaksAsOne(items).map((row) => (
          <GroupedRow
            key={row.key}
            entry={row.entry}
            parts={row.parts}
            keyOf={({ transferId }) => transferId}
          >
            {(entry, grouping) => <GiftCells entry={entry} grouping={grouping} />}
          </GroupedRow>
        ))}
      </tbody>
    </table>
  );
}

function GiftCells({ entry, grouping }: { readonly entry: EarningEntry; readonly grouping: Grouping }) {
  const { group, part } = grouping;
  const what = (
    <>
      <img src={giftArt(entry.art).src} alt="" />
      <span className="min-w-0">
        <b>
          {entry.quantity === 1 ? '' : `${groupDigits(BigInt(entry.quantity))} × `}
          {entry.giftName} from {entry.sender.displayName}
        </b>
        <small>
          <span className="only-hand">
            <Time at={entry.at} />
            {' · '}
            <StatusWords entry={entry} />
          </span>
          {group === null ? null : (
            <span className="whitespace-nowrap">
              <span className="not-in-hand">A streak</span> <ChevronDown aria-hidden className="turns" />
            </span>
          )}
        </small>
      </span>
    </>
  );
  return (
    <tr data-part={part ? '' : undefined}>
      <td className="when">
        <Time at={entry.at} />
      </td>
      <td>
        <Thing
          grouping={grouping}
          link={(className, to) =>
            entry.giftId === null ? (
              <Link to="/wallet/tx/$id" params={{ id: entry.transferId }} className={className}>
                {to}
              </Link>
            ) : (
              <Link to="/gifts/$id" params={{ id: entry.giftId }} className={className}>
                {to}
              </Link>
            )
          }
        >
          {what}
        </Thing>
      </td>
      <td className="id">
        <EntryId grouping={grouping} id={entry.transferId} />
      </td>
      <td className="state">
        <Status look={STATUS_LOOKS[entry.status]}>
          <span>
            <StatusWords entry={entry} />
          </span>
        </Status>
      </td>
      <td className="num">
        {entry.status === 'reversed' ? (
          <s className="text-fg-3">
            <AmountText amount={entry.amount} signed />
          </s>
        ) : (
          <b>
            <Diamonds units={keptUnits(entry)} signed />
          </b>
        )}
      </td>
    </tr>
  );
}
