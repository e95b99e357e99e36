import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import { rateQuery } from '../api/rates.ts';
import { useSession } from '../api/session.ts';
import { AmountText } from '../ui/Amount.tsx';
import type { Amount } from '../ui/amounts.ts';
import { EntryId, GroupedRow, type Grouping, Thing } from '../ui/GroupedRow.tsx';
import { Time } from '../ui/Time.tsx';
import { Worth } from '../ui/Worth.tsx';
import { EntrySign } from './EntrySign.tsx';
import { ACCOUNT_WORDS, EntryStatus, statusWord } from './EntryStatus.tsx';
import { entryRows } from './entry-rows.ts';
import { worthOf } from './prices.ts';
import type { Entry } from './wallet-api.ts';

/** The rows of the statement; a streak is one of them and opens into its entries. */
export function EntryTable({ items }: { readonly items: readonly Entry[] }) {
  const perCoin = useSession()?.site.coin.moneyPerCoin;
  const perUnit = useQuery(rateQuery).data?.centsPerUnit;
  const price = (asset: Amount['asset'], units: bigint) => worthOf(asset, units, { perCoin, perUnit });
  return (
    <table className="rows statement">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Ledger entry</th>
          <th scope="col">Status</th>
          <th scope="col" className="num">
            Amount
          </th>
          <th scope="col" className="num">
            Balance after
          </th>
        </tr>
      </thead>
      <tbody>
        {entryRows(items, price).map((row) => (
          <GroupedRow key={row.key} entry={row.entry} parts={row.parts} keyOf={({ id }) => id}>
            {(entry, grouping) => <EntryCells entry={entry} grouping={grouping} />}
          </GroupedRow>
        ))}
      </tbody>
    </table>
  );
}

function EntryCells({ entry, grouping }: { readonly entry: Entry; readonly grouping: Grouping }) {
  const { group, part } = grouping;
  const what = (
    <>
      <EntrySign entry={entry} />
      <span className="min-w-0">
        <b>{entry.title}</b>
        <small>
          <span className="only-hand">
            <Time at={entry.at} />
            {entry.status === 'settled' ? '' : ` · ${statusWord(entry)}`}
            {part || entry.detail === '' ? '' : ' · '}
          </span>
          {part ? null : `${entry.detail} `}
          {group === null ? null : <ChevronDown aria-hidden className="turns" />}
        </small>
      </span>
    </>
  );
  return (
    <tr data-part={part ? '' : undefined}>
      <td className="when">
        <Time at={entry.at} />
      </td>
      <td className="what">
        <Thing
          grouping={grouping}
          link={(className, to) => (
            <Link to="/wallet/tx/$id" params={{ id: entry.id }} className={className}>
              {to}
            </Link>
          )}
        >
          {what}
        </Thing>
      </td>
      <td className="id">
        <EntryId grouping={grouping} id={entry.id} />
      </td>
      <td className="state">
        <EntryStatus entry={entry} />
      </td>
      <td className="num amt">
        <b className={entry.amount.units.startsWith('-') ? undefined : 'gain'}>
          <AmountText amount={entry.amount} signed />
        </b>
        {entry.money === null ? null : (
          <span className="sub">
            {entry.kind === 'purchase' ? (
              <AmountText amount={entry.money} />
            ) : (
              <Worth of={entry.amount} money={entry.money} />
            )}
          </span>
        )}
      </td>
      <td className="num after">
        <AmountText amount={entry.balanceAfter} />{' '}
        {entry.account === 'coins' ? null : (
          <span className="sub">{ACCOUNT_WORDS[entry.account].replace(' Diamonds', '').toLowerCase()}</span>
        )}
      </td>
    </tr>
  );
}
