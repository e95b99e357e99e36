import { useQuery } from '@tanstack/react-query';
import { AmountText, Money } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { HowLines } from '../ui/How.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { useCoinMoney } from '../ui/useCoinMoney.ts';
import { bestText, hypeQuery, supportersText } from './hype-api.ts';
import '../ui/paper.css';
import './hype.css';

/** How the hype of a stage works, with the very numbers, and who gave to it. */
export default function HypeHow({ handle }: { readonly handle: string }) {
  const hype = useQuery({ ...hypeQuery(handle), refetchOnMount: 'always', refetchInterval: 3_000 });
  const moneyOf = useCoinMoney();
  const { data } = hype;
  if (data === undefined) {
    return hype.isError ? (
      <ErrorCard title="The hype could not be read." error={hype.error} onRetry={() => void hype.refetch()} />
    ) : (
      <Skeleton height={240} />
    );
  }
  const shown = data.running ?? data.last;
  return (
    <div className="hype-how">
      {shown === null ? null : (
        <section aria-labelledby="hype-who">
          <h3 id="hype-who">
            {data.running === null ? 'The last one: ' : ''}
            <AmountText amount={shown.total} /> <Money units={moneyOf(BigInt(shown.total.units))} estimate />{' '}
            <small>by {supportersText(shown)}</small>
          </h3>
          <ol className="givers">
            {data.contributions.map((one) => (
              <li key={one.rank}>
                <span className="rank">{one.rank}</span>
                {one.avatar === null ? <span className="nobody" /> : <Avatar avatar={one.avatar} size={32} />}
                <span className="name">{one.displayName}</span>
                <AmountText amount={one.coins} />
              </li>
            ))}
          </ol>
          {data.yours.units === '0' ? null : (
            <p className="yours">
              You gave <AmountText amount={data.yours} /> to it.
            </p>
          )}
        </section>
      )}
      <section aria-labelledby="hype-how">
        <h3 id="hype-how">How it works</h3>
        <HowLines lines={data.rules.how} />
      </section>
      <p className="yours">
        {data.best === null ? 'No hype has ended on this stage yet.' : bestText(data.best)}
      </p>
    </div>
  );
}
