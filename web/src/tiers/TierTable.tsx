import type { Policy } from '../api/policy.ts';
import { groupDigits } from '../ui/amounts.ts';
import { moreText } from './tiers-api.ts';

/** The published table of tiers. */
export default function TierTable({ tiers }: { readonly tiers: Policy['tiers'] }) {
  const many = (count: number) => groupDigits(BigInt(count));
  return (
    <section className="card" aria-labelledby="tiers">
      <h2 id="tiers" className="text-lg!">
        Tiers of creators
      </h2>
      <p className="mt-2 text-fg-2">
        Popular creators get more of each gift. A tier is counted once a day over {tiers.windowDays} days, and
        starts at the next midnight UTC.
      </p>
      {/* A region that scrolls is reached by the keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section className="overflow-x-auto" tabIndex={0} aria-label="The table of tiers">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Tier</th>
              <th scope="col" className="num">
                A gift brings
              </th>
              <th scope="col" className="num">
                Followers
              </th>
              <th scope="col" className="num">
                Viewer-minutes
              </th>
              <th scope="col" className="num">
                Coins per 1,000
              </th>
            </tr>
          </thead>
          <tbody>
            {tiers.levels.map((level) => (
              <tr key={level.name}>
                <td>
                  <b>{level.name}</b>
                </td>
                <td className="num">
                  <b>{moreText(level.yieldBasisPoints)}</b>
                </td>
                <td className="num">{many(level.followers)}</td>
                <td className="num">{many(level.viewerMinutes)}</td>
                <td className="num">{many(level.engagementCoins)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
