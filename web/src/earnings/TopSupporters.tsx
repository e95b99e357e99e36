import { Link } from '@tanstack/react-router';
import { AmountText, Diamonds } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import type { Earnings, Supporter } from './earnings-api.ts';
import { sinceText } from './since.ts';

/** From whom the most came, and what everybody together gave: the rows add up to it. */
export function TopSupporters({ earnings }: { readonly earnings: Earnings }) {
  const { supporters, kept, reversed } = earnings;
  const hasReversed = reversed !== undefined && reversed.units !== '0';
  const shown = supporters.slice(0, SHOWN);
  const unpaid = BigInt(earnings.unpaid?.units ?? 0);
  const others = shown.reduce(
    (left, { amount }) => left - BigInt(amount.units),
    BigInt(kept?.units ?? 0) - unpaid,
  );
  return (
    <section className="card" aria-labelledby="supporters">
      <header>
        <h2 id="supporters">Top supporters</h2>
      </header>
      {shown.length === 0 ? (
        <p className="mt-3 text-fg-3">Whoever sends you gifts stands here, the most generous first.</p>
      ) : (
        <ol className="supporters">
          {shown.map((person, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is the key; not everybody has a name here
            <li key={index}>
              <span className="rank">{index + 1}</span>
              {person.handle === null ? (
                <span className="person">
                  <Face person={person} />
                </span>
              ) : (
                <Link to="/c/$handle" params={{ handle: person.handle }} className="person">
                  <Face person={person} />
                </Link>
              )}
              <AmountText amount={person.amount} />
            </li>
          ))}
        </ol>
      )}
      {kept === undefined || kept.units === '0' ? null : (
        <dl className="sums everybody">
          {others > 0n ? (
            <div>
              <dt>Everybody else</dt>
              <dd>
                <Diamonds units={others} />
              </dd>
            </div>
          ) : null}
          {unpaid > 0n ? (
            <div>
              <dt>
                Yours to keep
                <small>The payment was taken back after these were available.</small>
              </dt>
              <dd>
                <Diamonds units={unpaid} />
              </dd>
            </div>
          ) : null}
          <div>
            <dt>All supporters, ever</dt>
            <dd>
              <b>
                <AmountText amount={kept} />
              </b>
            </dd>
          </div>
        </dl>
      )}
      {shown.length === 0 && !hasReversed ? null : (
        <p className="note">
          {shown.length === 0 ? null : 'What each of them brought you since their first gift. '}
          {hasReversed ? (
            <>
              <AmountText amount={reversed} /> that were taken back count for nobody.
            </>
          ) : null}
        </p>
      )}
    </section>
  );
}

const SHOWN = 5;

function Face({ person }: { readonly person: Supporter }) {
  return (
    <>
      <Avatar avatar={person.avatar} size={36} />
      <span className="min-w-0">
        <b>{person.displayName}</b>
        <small>{sinceText(person.since, new Date())}</small>
      </span>
    </>
  );
}
