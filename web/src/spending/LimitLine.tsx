import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { AmountText, Money } from '../ui/Amount.tsx';
import { Skeleton } from '../ui/States.tsx';
import { usedPercent } from './limit-text.ts';
import { type Span, spendingQuery } from './spending-api.ts';
import './spending.css';

const WORDS: Readonly<Record<Span, string>> = {
  day: 'Limit of today',
  week: 'Limit of seven days',
  month: 'Limit of thirty days',
};

interface LimitLineProps {
  /** What is about to be paid, in cents; `null` where it is not known. */
  readonly cents: bigint | null;
}

/** The limit that is nearest to being reached by what is about to be paid, where there is one. */
export function LimitLine({ cents }: LimitLineProps) {
  const { data, isPending } = useQuery(spendingQuery);
  // Its room is kept: what one is about to press must not move away.
  if (isPending) {
    return (
      <div className="limit-line">
        <Skeleton height={62} />
      </div>
    );
  }
  if (data === undefined) return null;
  const limited = (['day', 'week', 'month'] as const).flatMap((span) => {
    const { limit, bought } = data[span];
    if (limit === null) return [];
    return [{ span, limit, bought, left: BigInt(limit.units) - BigInt(bought.units) }];
  });
  const nearest = limited.reduce<(typeof limited)[number] | undefined>(
    (near, one) => (near === undefined || one.left < near.left ? one : near),
    undefined,
  );
  if (nearest === undefined) return null;
  const { span, limit, bought, left } = nearest;
  const isOver = cents !== null && cents > left;
  return (
    <div className="limit-line">
      <div className="limit-used" data-full={isOver ? '' : undefined}>
        <span>{WORDS[span]}</span>
        <span>
          <AmountText amount={bought} /> of <AmountText amount={limit} />
        </span>
        <i aria-hidden="true">
          <i style={{ inlineSize: `${usedPercent(BigInt(bought.units), BigInt(limit.units))}%` }} />
        </i>
      </div>
      {isOver ? (
        <p role="status">
          This is more than the <Money units={left > 0n ? left : 0n} /> that your limit leaves.
        </p>
      ) : null}
      <Link to="/wallet/limits">Change limits</Link>
    </div>
  );
}
