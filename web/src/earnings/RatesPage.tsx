import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type Policy, policyQuery } from '../api/policy.ts';
import { type Rate, ratesQuery } from '../api/rates.ts';
import { AmountText, Coins, Diamonds, Money } from '../ui/Amount.tsx';
import { diamondText } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { CoinGlyph, DiamondGlyph } from '../ui/Glyph.tsx';
import { How, HowLines } from '../ui/How.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { percentText, ratioText } from '../ui/ratios.ts';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { coinsPrice } from '../wallet/prices.ts';
import { wayOfCoins } from './way-of-coins.ts';
import './earnings.css';

const EXAMPLE_COINS = 1_000n;

/** What Coins cost and Diamonds are worth, now and before, and how the numbers are made. Open to everyone. */
export function RatesPage() {
  const rates = useInfiniteQuery(ratesQuery);
  const policy = useQuery(policyQuery);
  const current = rates.data?.pages[0]?.current;
  return (
    <div className="page-body">
      <PageHead
        title="Rates"
        sub="What a Coin costs, what a Diamond is worth, and what was before. The same for everyone."
      />
      {current === undefined ? (
        rates.isError ? (
          <ErrorCard
            title="The rates could not be read."
            error={rates.error}
            onRetry={() => void rates.refetch()}
          />
        ) : (
          <Skeleton height={260} className="rounded-[22px]!" />
        )
      ) : (
        <>
          <div className="flow">
            <CoinPrice policy={policy.data} error={policy.error} onRetry={() => void policy.refetch()} />
            <span />
            <DiamondRate rate={current} />
          </div>
          {policy.data === undefined ? null : <Way policy={policy.data} rate={current} />}
          <History
            rates={rates.data?.pages.flatMap((page) => page.history) ?? []}
            current={current.version}
            more={rates.hasNextPage}
            busy={rates.isFetchingNextPage}
            onMore={() => void rates.fetchNextPage()}
          />
        </>
      )}
    </div>
  );
}

interface CoinPriceProps {
  readonly policy: Policy | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
}

function CoinPrice({ policy, error, onRetry }: CoinPriceProps) {
  return (
    <section className="cell" data-look="coin" aria-labelledby="coin-price">
      <h2 id="coin-price">
        <CoinGlyph />A Coin costs
      </h2>
      {policy === undefined ? (
        error ? (
          <ErrorCard title="The price could not be read." error={error} onRetry={onRetry} />
        ) : (
          <Skeleton height={60} />
        )
      ) : (
        <>
          <p className="sum" data-size="big">
            {ratioText(policy.coins.centsPerCoin)}¢
          </p>
          <p className="worth">in a pack of any size, or one by one</p>
          <div className="how">
            <HowLines
              lines={[
                {
                  label: 'Set by',
                  value: `Policy version ${policy.version}`,
                  note: `Preset ${policy.preset}`,
                },
                {
                  label: '1,000 Coins',
                  value: <Money units={coinsPrice(1_000n, policy.coins.centsPerCoin)} />,
                  note: 'Rounded up to a cent; no size is cheaper by the Coin',
                },
                {
                  label: 'Coins back into money',
                  value: 'No',
                  note: 'Coins are for gifts; Diamonds become money',
                },
              ]}
            />
          </div>
        </>
      )}
    </section>
  );
}

function DiamondRate({ rate }: { readonly rate: Rate }) {
  return (
    <section className="cell" data-look="ice" aria-labelledby="diamond-rate">
      <h2 id="diamond-rate">
        <DiamondGlyph />
        1,000 Diamonds are worth
      </h2>
      <p className="sum" data-size="big">
        <AmountText amount={rate.money} />
      </p>
      <p className="worth">
        Rate version {rate.version}, set on <Time at={rate.from} look="day" />
      </p>
      <How lines={rate.how} open />
    </section>
  );
}

/** A thousand Coins from the fan to the creator. */
function Way({ policy, rate }: { readonly policy: Policy; readonly rate: Rate }) {
  const way = wayOfCoins(EXAMPLE_COINS, policy, rate);
  return (
    <section className="card" aria-labelledby="way">
      <h2 id="way" className="text-lg!">
        Where 1,000 Coins go
      </h2>
      <ol className="way">
        <li>
          <span className="step">A fan sends a gift</span>
          <b>
            <Coins units={EXAMPLE_COINS} />
          </b>
          <small>
            bought for <Money units={way.paidCents} />
          </small>
        </li>
        <li>
          <span className="step">The creator gets</span>
          <b>
            <Diamonds units={way.diamondUnits} />
          </b>
          <small>{perCoinText(policy)} for each Coin</small>
        </li>
        <li>
          <span className="step">Worth, {policy.diamonds.maturityDays} days later</span>
          <b>
            <Money units={way.worthCents} estimate />
          </b>
          <small>
            {percentText({ numerator: way.worthCents, denominator: way.paidCents })} of what the fan paid
          </small>
        </li>
      </ol>
    </section>
  );
}

/** What one Coin brings: `½ Diamond`. */
function perCoinText({ gifts }: Policy): string {
  const { numerator, denominator } = gifts.diamondUnitsPerCoin;
  const units = BigInt(numerator) / BigInt(denominator);
  const thousandths = BigInt(numerator) % BigInt(denominator) === 0n;
  const many = thousandths
    ? diamondText(units)
    : ratioText({ numerator, denominator: (BigInt(denominator) * 1000n).toString() });
  return `${many} ${units > 1000n ? 'Diamonds' : 'Diamond'}`;
}

interface HistoryProps {
  readonly rates: readonly Rate[];
  readonly current: number;
  readonly more: boolean;
  readonly busy: boolean;
  readonly onMore: () => void;
}

function History({ rates, current, more, busy, onMore }: HistoryProps) {
  return (
    <section className="card" aria-labelledby="history">
      <h2 id="history" className="text-lg!">
        Every rate there was
      </h2>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">From</th>
            <th scope="col" className="max-sm:hidden">
              Why
            </th>
            <th scope="col" className="num max-sm:whitespace-normal!">
              1,000 Diamonds
            </th>
          </tr>
        </thead>
        <tbody>
          {rates.map((rate) => (
            <tr key={rate.version}>
              <td className="whitespace-nowrap">
                {rate.version === current ? (
                  <Status look="done">{rate.version}, now</Status>
                ) : (
                  <span className="pl-2">{rate.version}</span>
                )}
              </td>
              <td className="when">
                <Time at={rate.from} look="stamp" />
                <span className="block text-sm whitespace-normal sm:hidden">{rate.reason}</span>
              </td>
              <td className="max-sm:hidden">{rate.reason}</td>
              <td className="num">
                <b>
                  <AmountText amount={rate.money} />
                </b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more ? (
        <div className="more">
          <Button kind="ghost" busy={busy} onClick={onMore}>
            Load more
          </Button>
        </div>
      ) : null}
      <p className="mt-3 text-sm text-fg-3">
        A rate is never changed: a new one takes its place, and every receipt names the one it was made with.
      </p>
    </section>
  );
}
