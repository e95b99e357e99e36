import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ChevronDown, CircleCheck, Download, Hourglass, Plus, ShoppingBag } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type Known, useLastKnown } from '../api/last-known.ts';
import { every } from '../api/query.ts';
import { rateQuery } from '../api/rates.ts';
import { type Me, useSession } from '../api/session.ts';
import { type Wallet, walletQuery } from '../api/wallet.ts';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import type { Amount } from '../ui/amounts.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { CopyId } from '../ui/CopyId.tsx';
import { CoinGlyph, DiamondGlyph } from '../ui/Glyph.tsx';
import { How } from '../ui/How.tsx';
import { LastKnown } from '../ui/LastKnown.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { ratioText } from '../ui/ratios.ts';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { Worth } from '../ui/Worth.tsx';
import { EntrySign } from './EntrySign.tsx';
import { ACCOUNT_WORDS, EntryStatus, statusWord } from './EntryStatus.tsx';
import { csvAddress, ENTRY_KINDS, type EntryFilter, type EntryKind } from './entry-filter.ts';
import { type EntryRow, entryRows } from './entry-rows.ts';
import { worthOf } from './prices.ts';
import { type Entry, entriesQuery } from './wallet-api.ts';
import './wallet.css';

const route = getRouteApi('/wallet');

/** What a person has, and every movement that made it so. */
export function WalletPage() {
  return (
    <Signed title="Wallet" why="Your wallet opens when you sign in.">
      {(me) => <OwnWallet me={me} />}
    </Signed>
  );
}

function OwnWallet({ me }: { readonly me: Me }) {
  const query = useQuery({ ...walletQuery, refetchInterval: every(15_000) });
  const wallet = useLastKnown<Wallet>(`wallet.${me.id}`, query);
  return (
    <div className="page-body">
      <PageHead title="Wallet">
        <Link
          to="/wallet/top-up"
          search={{ return: '/wallet' }}
          {...buttonLook({ kind: 'primary' })}
          data-desk-only=""
        >
          <Plus aria-hidden />
          Top up
        </Link>
      </PageHead>
      <Balances me={me} wallet={wallet} onRetry={() => void query.refetch()} />
      <Statement />
    </div>
  );
}

interface BalancesProps {
  readonly me: Me;
  readonly wallet: Known<Wallet>;
  readonly onRetry: () => void;
}

function Balances({ me, wallet: { data, at, stale, error }, onRetry }: BalancesProps) {
  if (data === undefined) {
    if (error !== null) {
      return <ErrorCard title="Your balance could not be read." error={error} onRetry={onRetry} />;
    }
    return (
      <div className="balances">
        <Skeleton height={228} className="rounded-[22px]!" />
        <Skeleton height={228} className="rounded-[22px]!" />
      </div>
    );
  }
  return (
    <>
      {stale && at !== undefined ? (
        <LastKnown what="Your balance" at={at} error={error} onRetry={onRetry} />
      ) : null}
      <div className={stale ? 'balances stale' : 'balances'}>
        <CoinsCell wallet={data} />
        <DiamondsCell wallet={data} earns={me.roles.includes('creator')} />
      </div>
    </>
  );
}

function CoinsCell({ wallet }: { readonly wallet: Wallet }) {
  const perCoin = useSession()?.site.coin.moneyPerCoin;
  const none = wallet.coins.units === '0';
  return (
    <section className="cell" data-look="coin" aria-labelledby="coins">
      <h2 id="coins">
        <CoinGlyph />
        Coins
      </h2>
      <p className="sum" data-size="big">
        <AmountText amount={wallet.coins} />
      </p>
      <p className="worth">
        {none ? (
          'No Coins yet. The smallest top-up is a few cents.'
        ) : (
          <>
            <AmountText amount={wallet.coinsMoney} estimate /> at today’s price
          </>
        )}
      </p>
      <div className="mt-auto pt-3">
        {none ? (
          <Link
            to="/wallet/top-up"
            search={{ return: '/wallet' }}
            {...buttonLook({ kind: 'primary', size: 'sm' })}
          >
            Get your first Coins
          </Link>
        ) : (
          <How
            lines={[
              {
                label: 'Your Coins',
                value: <AmountText amount={wallet.coins} />,
                note: 'Every top-up less every gift; the statement below has each of them',
              },
              ...(perCoin === undefined
                ? []
                : [
                    {
                      label: 'Price of one Coin',
                      value: `${ratioText(perCoin)}¢`,
                      note: 'The same at every size',
                    },
                  ]),
              {
                label: 'At that price',
                value: <AmountText amount={wallet.coinsMoney} estimate />,
                note: 'Coins are for gifts. They are not paid out.',
              },
            ]}
          />
        )}
      </div>
    </section>
  );
}

function DiamondsCell({ wallet, earns }: { readonly wallet: Wallet; readonly earns: boolean }) {
  const { purchased, purchasedMoney, pending, pendingMoney, available, availableMoney } = wallet.diamonds;
  const shown = earns || pending.units !== '0' || available.units !== '0';
  const bought = purchased.units !== '0';
  return (
    <section className="cell" aria-labelledby="diamonds">
      <h2 id="diamonds">
        <DiamondGlyph />
        Diamonds
      </h2>
      {shown || bought ? (
        <dl className="trio">
          {bought ? (
            <Balance
              icon={<ShoppingBag aria-hidden />}
              word="Purchased"
              amount={purchased}
              money={purchasedMoney}
              note="Yours to spend, not to withdraw."
            />
          ) : null}
          {shown ? (
            <>
              <Balance
                icon={<Hourglass aria-hidden />}
                word="Pending"
                amount={pending}
                money={pendingMoney}
                note="Earned; each gift has its date."
              />
              <Balance
                icon={<CircleCheck aria-hidden />}
                word="Available"
                amount={available}
                money={availableMoney}
                note="Earned and matured."
              />
            </>
          ) : null}
        </dl>
      ) : (
        <p className="mt-3 max-w-[44ch] text-fg-2">
          Creators earn Diamonds from the gifts they are sent. A Diamond has a price in money that anyone can
          look up.
        </p>
      )}
      <p className="foot flex flex-wrap gap-x-4 gap-y-1">
        <Link to="/rates" className="text-link">
          What a Diamond is worth
        </Link>
        {earns ? (
          <Link to="/studio/earnings" className="text-link">
            Earnings
          </Link>
        ) : null}
      </p>
    </section>
  );
}

interface BalanceProps {
  readonly icon: ReactNode;
  readonly word: string;
  readonly amount: Amount;
  readonly money: Amount;
  readonly note: string;
}

function Balance({ icon, word, amount, money, note }: BalanceProps) {
  return (
    <div>
      <dt>
        {icon}
        {word}
      </dt>
      <dd>
        <p className="sum">
          <AmountText amount={amount} />
        </p>
        <p className="worth">
          <AmountText amount={money} estimate />
        </p>
        <small>{note}</small>
      </dd>
    </div>
  );
}

function Statement() {
  const filter = route.useSearch();
  const entries = useInfiniteQuery(entriesQuery(filter));
  const items = entries.data?.pages.flatMap((page) => page.items);
  return (
    <section className="card" aria-labelledby="statement">
      <header>
        <h2 id="statement">Statement</h2>
        <a href={csvAddress(filter)} download {...buttonLook({ kind: 'ghost', size: 'sm' })}>
          <Download aria-hidden />
          CSV
        </a>
      </header>
      <Filters filter={filter} />
      {entries.isError ? (
        <div className="mt-4">
          <ErrorCard
            title={
              items === undefined
                ? 'Your statement could not be read.'
                : 'The next entries could not be read.'
            }
            error={entries.error}
            onRetry={() => void (items === undefined ? entries.refetch() : entries.fetchNextPage())}
          />
        </div>
      ) : null}
      {items === undefined ? (
        entries.isError ? null : (
          <RowShapes />
        )
      ) : items.length === 0 && !entries.hasNextPage ? (
        <NothingYet filtered={Object.keys(filter).length > 0} />
      ) : (
        <>
          <Entries items={items} />
          <div className="more">
            {entries.hasNextPage ? (
              <Button
                kind="ghost"
                busy={entries.isFetchingNextPage}
                onClick={() => void entries.fetchNextPage()}
              >
                Load more
              </Button>
            ) : (
              <p className="text-sm text-fg-3">
                {items.length === 1 ? 'That is the one entry.' : `That is all: ${items.length} entries.`}
              </p>
            )}
          </div>
        </>
      )}
    </section>
  );
}

function Filters({ filter }: { readonly filter: EntryFilter }) {
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

function Entries({ items }: { readonly items: readonly Entry[] }) {
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
          <Row key={row.key} row={row} />
        ))}
      </tbody>
    </table>
  );
}

/** One entry, or a streak that opens into its entries. */
function Row({ row: { entry, parts } }: { readonly row: EntryRow }) {
  const [open, setOpen] = useState(false);
  if (parts.length === 1) return <EntryCells entry={entry} />;
  return (
    <>
      <EntryCells entry={entry} parts={parts.length} open={open} onToggle={() => setOpen(!open)} />
      {open ? parts.map((part) => <EntryCells key={part.id} entry={part} part />) : null}
    </>
  );
}

interface EntryCellsProps {
  readonly entry: Entry;
  /** Given for a streak: in how many entries it came, and whether they are shown. */
  readonly parts?: number;
  readonly open?: boolean;
  readonly onToggle?: () => void;
  /** One of a streak's entries. */
  readonly part?: boolean;
}

function EntryCells({ entry, parts, open, onToggle, part = false }: EntryCellsProps) {
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
          {onToggle === undefined ? null : <ChevronDown aria-hidden className="turns" />}
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
        {onToggle === undefined ? (
          <Link to="/wallet/tx/$id" params={{ id: entry.id }} className="thing">
            {what}
          </Link>
        ) : (
          <button type="button" className="thing" aria-expanded={open} onClick={onToggle}>
            {what}
          </button>
        )}
      </td>
      <td className="id">
        {onToggle === undefined ? (
          <CopyId id={entry.id} what="entry" />
        ) : (
          <span className="text-sm text-fg-3">{parts} entries</span>
        )}
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

function NothingYet({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <EmptyState title="No entry is like this">Choose other filters, or clear them.</EmptyState>
  ) : (
    <EmptyState art={giftArt('1f339').src} title="Nothing has moved yet">
      Your first top-up and your first gift show here, each with its receipt.
    </EmptyState>
  );
}

function RowShapes() {
  return (
    <div className="mt-4 grid gap-4" aria-hidden="true">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
        <Skeleton key={key} height={40} />
      ))}
    </div>
  );
}
