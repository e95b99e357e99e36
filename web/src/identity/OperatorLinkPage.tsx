import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { keepMe } from '../api/session.ts';
import { Button } from '../ui/Button.tsx';
import { notifyDone } from '../ui/notify.ts';
import { usePageHeading } from '../ui/PageHead.tsx';
import { ErrorCard } from '../ui/States.tsx';
import type { MeAnswer } from './people-api.ts';
import { Signed } from './Signed.tsx';
import './identity.css';

/**
 * Where the one-time link printed at the server's start leads: whoever opens it signed in becomes the first operator.
 * The token stands behind the `#`, so it is in no request until it is used.
 */
export function OperatorLinkPage() {
  const [token] = useState(() => location.hash.slice(1));
  return (
    <Signed title="Become the first operator" why="Sign in first, or open an account.">
      {() => <Offer token={token} />}
    </Signed>
  );
}

function Offer({ token }: { readonly token: string }) {
  const { history } = useRouter();
  const heading = usePageHeading('Become the first operator');
  const become = useMutation({
    mutationFn: () => api.post<MeAnswer>(`/operator-links/${encodeURIComponent(token)}`, {}),
    onSuccess: ({ me }) => {
      keepMe(me);
      notifyDone('You are the operator of this site.');
      history.replace('/live');
    },
  });
  return (
    <div className="page-body">
      <div className="door" data-alone="">
        <section className="card">
          <h1 ref={heading} tabIndex={-1} className="outline-none">
            Become the first operator
          </h1>
          <p className="mt-2 text-fg-2">
            Operators keep the policy and the books of this site, and give others their roles. This link works
            once.
          </p>
          {become.isError ? (
            <div className="mt-5">
              <ErrorCard
                title="The link did not open."
                error={become.error}
                onRetry={() => become.mutate()}
              />
            </div>
          ) : null}
          <div className="mt-6 grid">
            <Button kind="primary" size="lg" wide disabled={become.isPending} onClick={() => become.mutate()}>
              Become the operator
            </Button>
          </div>
        </section>
      </div>
    </div>
  );
}
