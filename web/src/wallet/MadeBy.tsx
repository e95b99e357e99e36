import { Link } from '@tanstack/react-router';

interface MadeByProps {
  readonly policyVersion: number;
  /** Coins are sold without a rate. */
  readonly rateVersion: number | null;
}

/** By which versions a receipt's numbers were made; each is published as it was. */
export function MadeBy({ policyVersion, rateVersion }: MadeByProps) {
  return (
    <p className="mt-3 text-sm text-fg-3">
      Made by{' '}
      <a href={`/v1/policy/${policyVersion}`} className="text-link">
        policy version {policyVersion}
      </a>
      {rateVersion === null ? null : (
        <>
          {' '}
          and{' '}
          <a href={`/v1/rates/${rateVersion}`} className="text-link">
            rate version {rateVersion}
          </a>
        </>
      )}
      .{' '}
      <Link to="/rates" className="text-link">
        See all rates
      </Link>
    </p>
  );
}
