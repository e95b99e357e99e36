import { useQuery } from '@tanstack/react-query';
import { CalendarClock, ChevronDown, SearchCheck, SquareFunction } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { type Policy, policyQuery } from '../api/policy.ts';
import { type Rate, type Rates, ratesQuery } from '../api/rates.ts';
import { wayOfCoins } from '../earnings/way-of-coins.ts';
import { AmountText, Coins, Diamonds, Money } from '../ui/Amount.tsx';
import { diamondText } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { CoinGlyph, DiamondGlyph } from '../ui/Glyph.tsx';
import { How, HowLines } from '../ui/How.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { percentText, ratioText } from '../ui/ratios.ts';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { coinsPrice } from '../wallet/prices.ts';
import { FiatTable } from './FiatTable.tsx';
import { RateHistory } from './RateHistory.tsx';
import '../earnings/earnings.css';
import './rates.css';

const TierTable = lazy(() => import('../tiers/TierTable.tsx'));
const CheckRate = lazy(() => import('./CheckRate.tsx'));

const EXAMPLE_COINS = 1_000n;
const SHOWN_NEXT = 3;

/** What Coins cost and Diamonds are worth, now, next and before, and how the numbers are made. Open to everyone. */
export function RatesPage() {
  const rates = useQuery(ratesQuery);
  const policy = useQuery(policyQuery);
  const [checked, setChecked] = useState<number | null>(null);
  return (
    <div className="page-body rates-page">
      <PageHead
        title="Rates"
        sub="What a Coin costs, what a Diamond is worth, what comes next and what was before. The same for everyone."
      />
      {rates.data === undefined ? (
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
            <DiamondRate rate={rates.data.current} onCheck={setChecked} />
          </div>
          <Next rates={rates.data} onCheck={setChecked} />
          {policy.data === undefined ? null : <Way policy={policy.data} rate={rates.data.current} />}
          <RateHistory current={rates.data.current.version} onCheck={setChecked} />
          <HowItMoves formula={rates.data.formula} />
          {policy.data === undefined || policy.data.tiers.levels.length === 0 ? null : (
            <Suspense>
              <TierTable tiers={policy.data.tiers} />
            </Suspense>
          )}
          <FiatTable />
        </>
      )}
      {checked === null ? null : (
        <Suspense>
          <CheckRate version={checked} onClose={() => setChecked(null)} />
        </Suspense>
      )}
    </div>
  );
}

interface NextProps {
  readonly rates: Rates;
  readonly onCheck: (version: number) => void;
}

/** What has been told and has not started. */
function Next({ rates: { current, announced }, onCheck }: NextProps) {
  if (announced.length === 0) return null;
  return (
    <section className="card next-rates" aria-labelledby="next-rates">
      <h2 id="next-rates" className="text-lg!">
        <CalendarClock aria-hidden />
        What comes next
      </h2>
      <ul>
        {announced.slice(0, SHOWN_NEXT).map((rate) => (
          <li key={rate.version}>
            <span>
              <b>
                <AmountText amount={rate.money} />
              </b>{' '}
              for 1,000 Diamonds from <Time at={rate.from} look="stamp" />
              <small>
                Version {rate.version}, {changeText(current, rate)}. {rate.reason}
              </small>
            </span>
            <Button
              size="sm"
              kind="ghost"
              icon={<SearchCheck aria-hidden />}
              onClick={() => onCheck(rate.version)}
            >
              Check
            </Button>
          </li>
        ))}
      </ul>
      {announced.length > SHOWN_NEXT ? (
        <p className="mt-3 text-sm text-fg-3">
          And {announced.length - SHOWN_NEXT} more: the table below has all of them.
        </p>
      ) : null}
    </section>
  );
}

/** How far from the rate in force: `0.5 % more than now`. */
function changeText(current: Rate, next: Rate): string {
  const now = BigInt(current.money.units);
  const then = BigInt(next.money.units);
  if (now === then || now === 0n) return 'to a cent the same as now';
  const change = then > now ? then - now : now - then;
  const percent = percentText({ numerator: change, denominator: now });
  return `${percent === '0 %' ? 'less than 0.1 %' : percent} ${then > now ? 'more' : 'less'} than now`;
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

function DiamondRate({
  rate,
  onCheck,
}: {
  readonly rate: Rate;
  readonly onCheck: (version: number) => void;
}) {
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
        Rate version {rate.version}, in force since <Time at={rate.from} look="day" />
      </p>
      <How lines={rate.how} open />
      <div className="mt-2">
        <Button
          size="sm"
          kind="ghost"
          icon={<SearchCheck aria-hidden />}
          onClick={() => onCheck(rate.version)}
        >
          Check it yourself
        </Button>
      </div>
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

/** By which rules the rate moves, in words and as it is computed. */
function HowItMoves({ formula }: { readonly formula: Rates['formula'] }) {
  const { isOn, bandBasisPoints, dayCapBasisPoints, noticeDays, windowDays, settledDays } = formula;
  return (
    <section className="card" aria-labelledby="how-it-moves">
      <h2 id="how-it-moves" className="text-lg!">
        How the rate moves
      </h2>
      {isOn ? (
        <ul className="rules-of-rate">
          <li>
            Once a day by the formula below, from what the ledger held at midnight UTC. Two operators together
            may also set it.
          </li>
          <li>
            Within {hundredths(bandBasisPoints)} of the policy’s own rate, and at most{' '}
            {hundredths(dayCapBasisPoints)} in one day.
          </li>
          <li>Told {days(noticeDays)} before it starts. Gifts and withdrawals name the version they used.</li>
          <li>
            Demand is what was bought against what was withdrawn, over {days(windowDays)} that ended{' '}
            {days(settledDays)} ago: by then nobody can take a payment back by themselves, so buying and
            giving back moves nothing.
          </li>
        </ul>
      ) : (
        <p className="mt-2 text-fg-2">
          The formula is off: a Diamond is worth what the policy says, until a new policy, or two operators
          together, say something else {days(noticeDays)} ahead.
        </p>
      )}
      <details className="how">
        <summary>
          <SquareFunction aria-hidden />
          The formula{isOn ? '' : ', as it is when it is on'}
          <ChevronDown aria-hidden className="turns" />
        </summary>
        <pre className="formula">{formula.text}</pre>
        <p className="text-sm text-fg-3">
          Whole numbers only. Every version keeps its inputs, so anybody can do it again:{' '}
          <code>GET /v1/rates/:version</code>.
        </p>
      </details>
    </section>
  );
}

function hundredths(basisPoints: number): string {
  const digits = (basisPoints / 100).toFixed(2).replace(/\.?0+$/, '');
  return `${digits} %`;
}

function days(count: number): string {
  return count === 1 ? 'a day' : `${count} days`;
}
