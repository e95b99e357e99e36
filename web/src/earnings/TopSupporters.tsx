import { Link } from '@tanstack/react-router';
import { AmountText } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import type { Supporter } from './earnings-api.ts';
import { sinceText } from './since.ts';

/** From whom the most came. */
export function TopSupporters({ supporters }: { readonly supporters: readonly Supporter[] }) {
  return (
    <section className="card" aria-labelledby="supporters">
      <header>
        <h2 id="supporters">Top supporters</h2>
      </header>
      {supporters.length === 0 ? (
        <p className="mt-3 text-fg-3">Whoever sends you gifts stands here, the most generous first.</p>
      ) : (
        <ol className="supporters">
          {supporters.slice(0, 5).map((person, index) => (
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
    </section>
  );
}

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
