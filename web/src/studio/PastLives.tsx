import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { AmountText } from '../ui/Amount.tsx';
import { Paged } from '../ui/Paged.tsx';
import { Time } from '../ui/Time.tsx';
import { pastLivesQuery } from './lives-api.ts';

/** The lives that ended, newest first. `besides`: the one whose page this is. */
export function PastLives({ besides }: { readonly besides?: string }) {
  const query = useInfiniteQuery(pastLivesQuery);
  return (
    <section className="card past-lives" aria-labelledby="past-lives">
      <header>
        <h2 id="past-lives">Past lives</h2>
      </header>
      <Paged
        query={query}
        unread={{ first: 'Your past lives', next: 'The next lives' }}
        none={<p className="none-yet">Your first live shows here when it has ended.</p>}
        end={(count) => (count === 1 ? 'That is the only one.' : `That is all ${count}.`)}
      >
        {(lives) => (
          <ul>
            {lives.map((live) => (
              <li key={live.id}>
                <Link
                  to="/studio/live/$sessionId"
                  params={{ sessionId: live.id }}
                  aria-current={live.id === besides ? 'page' : undefined}
                >
                  <span>
                    <b>{live.title}</b>
                    <small>
                      <Time at={live.startedAt} />
                    </small>
                  </span>
                  <AmountText amount={live.diamonds} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </section>
  );
}
