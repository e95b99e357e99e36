import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft, CircleCheck, Download } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { Paged } from '../ui/Paged.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { moneyOf } from './money-words.ts';
import {
  ACCOUNT_TITLES,
  type Adding,
  fileAddress,
  linesQuery,
  type MonthStatement,
  monthText,
  type PaperKind,
  readTotals,
  type Sheet,
  type StatementLine,
  statementQuery,
  type Totals,
} from './papers-api.ts';
import './papers.css';

const walletRoute = getRouteApi('/wallet/statements/$month');
const studioRoute = getRouteApi('/studio/statements/$month');

/** One month of what was bought and given. */
export function WalletStatement() {
  const { month } = walletRoute.useParams();
  return <SignedStatement of="fan" month={month} />;
}

/** One month of what was earned and withdrawn. */
export function StudioStatement() {
  const { month } = studioRoute.useParams();
  return <SignedStatement of="creator" month={month} />;
}

interface Asked {
  readonly of: PaperKind;
  readonly month: string;
}

function SignedStatement(asked: Asked) {
  return (
    <Signed title="Statement" why="Sign in to see your statement.">
      {() => <Statement key={`${asked.of} ${asked.month}`} {...asked} />}
    </Signed>
  );
}

function Statement({ of, month }: Asked) {
  const statement = useQuery(statementQuery(of, month));
  return (
    <div className="page-body max-w-[1080px]!">
      <Link to={of === 'fan' ? '/wallet/statements' : '/studio/statements'} className="back-link">
        <ArrowLeft aria-hidden />
        Statements
      </Link>
      {statement.data ? (
        <Paper of={of} statement={statement.data} />
      ) : statement.isError ? (
        <NoStatement error={statement.error} onRetry={() => void statement.refetch()} />
      ) : (
        <Skeleton height={420} className="rounded-[22px]!" />
      )}
    </div>
  );
}

function Paper({ of, statement }: { readonly of: PaperKind; readonly statement: MonthStatement }) {
  const { month, soFar, asOf, accounts, notes, lineCount } = statement;
  return (
    <>
      <PageHead
        title={monthText(month)}
        tab={`Statement of ${monthText(month)}`}
        sub={
          soFar ? (
            <>
              So far: the month is not over. As of <Time at={asOf} look="stamp" />.
            </>
          ) : (
            'Midnight to midnight, UTC.'
          )
        }
      >
        {(['pdf', 'csv', 'json'] as const).map((format) => (
          <a
            key={format}
            href={fileAddress(of, month, format)}
            download
            {...buttonLook({ kind: format === 'pdf' ? 'primary' : 'ghost' })}
          >
            <Download aria-hidden />
            {format.toUpperCase()}
          </a>
        ))}
      </PageHead>
      <div className="sheets">
        {accounts.map((sheet) => (
          <AccountSheet key={sheet.account} sheet={sheet} />
        ))}
      </div>
      <Money of={of} month={month} lineCount={lineCount} />
      <Lines of={of} month={month} />
      <section className="card" aria-labelledby="notes">
        <h2 id="notes" className="text-lg!">
          How to read it
        </h2>
        <ul className="paper-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
          <li>
            P and R are the versions of the policy and of the rate behind a number.{' '}
            <Link to="/rates" className="text-link">
              Every rate, and how it was made
            </Link>
          </li>
        </ul>
      </section>
    </>
  );
}

function AccountSheet({ sheet: { account, opening, sections, closing } }: { readonly sheet: Sheet }) {
  return (
    <section className="card sheet-of" aria-labelledby={`of-${account}`}>
      <h2 id={`of-${account}`} className="text-lg!">
        {ACCOUNT_TITLES[account]}
      </h2>
      <dl className="adds">
        <div>
          <dt>Opening balance</dt>
          <dd>
            <AmountText amount={opening.free} />
          </dd>
        </div>
        {sections.map(({ title, lines, change }) => (
          <div key={title}>
            <dt>
              {title} <small>{lines === 1 ? '1 line' : `${lines} lines`}</small>
            </dt>
            <dd>
              <AmountText amount={change} signed />
            </dd>
          </div>
        ))}
        <div className="sum-line">
          <dt>Closing balance</dt>
          <dd>
            <AmountText amount={closing.free} />
          </dd>
        </div>
        {closing.held.units === '0' ? null : (
          <div>
            <dt>Held besides, for what is not decided yet</dt>
            <dd>
              <AmountText amount={closing.held} />
            </dd>
          </div>
        )}
      </dl>
      <p className="proof">
        <CircleCheck aria-hidden />
        The lines lead from one to the other, to the last unit.
      </p>
    </section>
  );
}

interface MoneyProps extends Asked {
  readonly lineCount: number;
}

/** Where the money went; a long month shows how far it has been added up. */
function Money({ of, month, lineCount }: MoneyProps) {
  const [adding, setAdding] = useState<Adding>({ lines: 0, of: lineCount });
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try reads it again
  useEffect(() => {
    const ended = new AbortController();
    setError(null);
    readTotals(of, month, setAdding, ended.signal).catch((failure: unknown) => {
      if (!ended.signal.aborted) setError(failure);
    });
    return () => ended.abort();
  }, [of, month, tries]);
  return (
    <section className="card" aria-labelledby="money">
      <h2 id="money" className="text-lg!">
        Where the money went
      </h2>
      {error !== null ? (
        <div className="mt-3">
          <ErrorCard
            title="The sums could not be read."
            error={error}
            onRetry={() => setTries((count) => count + 1)}
          />
        </div>
      ) : adding.totals === undefined ? (
        <div className="adding">
          <progress max={Math.max(1, adding.of)} value={adding.lines} aria-label="Lines added up" />
          <span role="status">
            Adding up: {adding.lines.toLocaleString('en')} of {adding.of.toLocaleString('en')} lines
          </span>
        </div>
      ) : (
        <Sums of={of} totals={adding.totals} />
      )}
    </section>
  );
}

function Sums({
  of,
  totals: { split, bought, paidOut },
}: {
  readonly of: PaperKind;
  readonly totals: Totals;
}) {
  return (
    <div className="sums">
      <dl className="adds">
        <div>
          <dt>{of === 'fan' ? 'You paid for the Coins you gave' : 'Fans paid for what you got'}</dt>
          <dd>{split.fanPaid.display}</dd>
        </div>
        <div>
          <dt>Kept by payment providers</dt>
          <dd>{split.providerFee.display}</dd>
        </div>
        <div>
          <dt>The platform’s share</dt>
          <dd>{split.platform.display}</dd>
        </div>
        <div className="sum-line">
          <dt>{of === 'fan' ? 'The creators’ share' : 'Your share'}</dt>
          <dd>{split.creator.display}</dd>
        </div>
      </dl>
      {of === 'fan' ? (
        <dl className="adds">
          <div className="sum-line">
            <dt>You paid for Coins and Diamonds, less refunds</dt>
            <dd>
              <AmountText amount={bought.price} />
            </dd>
          </div>
          <div>
            <dt>Kept by payment providers, also of what was refunded</dt>
            <dd>
              <AmountText amount={bought.providerFee} />
            </dd>
          </div>
        </dl>
      ) : (
        <dl className="adds">
          <div>
            <dt>Withdrawn, before fees</dt>
            <dd>
              <AmountText amount={paidOut.gross} />
            </dd>
          </div>
          <div>
            <dt>Fees of withdrawals</dt>
            <dd>
              <AmountText amount={paidOut.fee} />
            </dd>
          </div>
          <div>
            <dt>Tax withheld</dt>
            <dd>
              <AmountText amount={paidOut.tax} />
            </dd>
          </div>
          <div className="sum-line">
            <dt>Paid out</dt>
            <dd>
              <AmountText amount={paidOut.net} />
            </dd>
          </div>
        </dl>
      )}
    </div>
  );
}

function Lines({ of, month }: Asked) {
  const lines = useInfiniteQuery(linesQuery(of, month));
  return (
    <section className="card" aria-labelledby="lines">
      <h2 id="lines" className="text-lg!">
        Every line
      </h2>
      <Paged
        query={lines}
        unread={{ first: 'The lines', next: 'The next lines' }}
        none={<EmptyState title="Nothing moved in this month">The balance stayed as it was.</EmptyState>}
        end={(count) => (count === 1 ? 'That is the one line.' : `That is all: ${count} lines.`)}
      >
        {(items) => <LineTable of={of} items={items} />}
      </Paged>
    </section>
  );
}

function LineTable({ of, items }: { readonly of: PaperKind; readonly items: readonly StatementLine[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scrolls" tabIndex={0} aria-label="Lines of the statement">
      <table className="rows paper-lines">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col" className="num">
              Change
            </th>
            <th scope="col" className="num">
              Balance after
            </th>
            <th scope="col" className="num">
              Money
            </th>
            <th scope="col" className="num">
              {of === 'fan' ? 'It cost you' : 'Fan paid'}
            </th>
            <th scope="col" className="num">
              Provider fee
            </th>
            <th scope="col" className="num">
              Platform
            </th>
            <th scope="col" className="num">
              {of === 'fan' ? 'Creator' : 'You'}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((line) => (
            <tr key={line.number}>
              <td className="when">
                <Time at={line.at} />
              </td>
              <td>
                <LineLink line={line}>
                  <span>
                    <b>{line.title}</b>
                    <small>
                      {ACCOUNT_TITLES[line.account]}
                      {line.detail === '' ? '' : ` · ${line.detail}`}
                      {line.policyVersion === null ? '' : ` · P${line.policyVersion}`}
                      {line.rateVersion === null ? '' : ` R${line.rateVersion}`}
                      {line.corrects.length === 0
                        ? ''
                        : ` · Takes back ${line.corrects.map(monthText).join(', ')}`}
                    </small>
                  </span>
                </LineLink>
              </td>
              <td className="num">
                <b className={line.change.units.startsWith('-') ? undefined : 'gain'}>
                  <AmountText amount={line.change} signed />
                </b>
              </td>
              <td className="num">
                <AmountText amount={line.balanceAfter} />
              </td>
              <MoneyCells line={line} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A line leads to its entry; money that came back is on no account of one's own, and leads to what had been bought. */
function LineLink({ line, children }: { readonly line: StatementLine; readonly children: ReactNode }) {
  return line.kind === 'money_back' && line.reference !== null ? (
    <Link to="/wallet/orders/$id" params={{ id: line.reference }} className="thing">
      {children}
    </Link>
  ) : (
    <Link to="/wallet/tx/$id" params={{ id: line.transferId }} className="thing">
      {children}
    </Link>
  );
}

/** The money that moved with the line; then, of a gift alone, where what had been paid for it went. */
function MoneyCells({ line }: { readonly line: StatementLine }) {
  const { split } = line;
  const { words, note } = moneyOf(line);
  return (
    <>
      <td className="num money">
        {words}
        {note === '' ? null : <small>{note}</small>}
      </td>
      {[split?.fanPaid, split?.providerFee, split?.platform, split?.creator].map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: four columns that never move
        <td key={index} className="num money">
          {part?.display}
        </td>
      ))}
    </>
  );
}

function NoStatement({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { status } = ApiProblem.of(error);
  if (status === 404 || status === 400) {
    return (
      <section className="card">
        <EmptyState
          heading="h1"
          title="There is no statement of this month"
          action={
            <Button kind="ghost" onClick={() => window.history.back()}>
              Go back
            </Button>
          }
        >
          It is before you came, or has not begun yet.
        </EmptyState>
      </section>
    );
  }
  return (
    <>
      <PageHead title="Your statement" />
      <ErrorCard title="This statement is not shown." error={error} onRetry={onRetry} />
    </>
  );
}
