import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { every } from '../api/query.ts';
import { skewsQuery } from './console-api.ts';

/** While a clock is wrong, money waits longer: said on every page of the console. */
export function ClockWarning() {
  const { data } = useQuery({ ...skewsQuery, refetchInterval: every(30_000) });
  if (data === undefined || data.items.length === 0) return null;
  const times = data.items.reduce((sum, one) => sum + Number(one.times), 0);
  return (
    <div className="console-warning">
      <p className="notice" data-tone="warn" role="status">
        <CircleAlert aria-hidden />
        <span>
          <b>A clock is wrong.</b> {times} {times === 1 ? 'message' : 'messages'} of payment providers came at
          a time that cannot be, so payments wait longer. Check this server’s clock.{' '}
          <Link to="/console/reconciliation" className="text-link">
            See more
          </Link>
        </span>
      </p>
    </div>
  );
}
