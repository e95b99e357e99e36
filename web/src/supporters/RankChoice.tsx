import { useMutation } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import { keepMe, type Me } from '../api/session.ts';
import { notifyDone } from '../ui/notify.ts';
import { ErrorCard } from '../ui/States.tsx';

/** Whether rankings name a person. */
export function RankChoice({ me }: { readonly me: Me }) {
  const choose = useMutation({
    mutationFn: (inRanks: boolean) => api.patch<{ readonly me: Me }>('/me', { inRanks }),
    onSuccess: ({ me: saved }) => {
      keepMe(saved);
      void queryClient.invalidateQueries({ queryKey: ['supporters'] });
      notifyDone(saved.inRanks ? 'Rankings show your name.' : 'Rankings show “A supporter” instead of you.');
    },
  });
  return (
    <section className="card" aria-labelledby="ranks">
      <h2 id="ranks" className="text-lg!">
        Supporters’ lists
      </h2>
      {choose.error === null ? null : (
        <div className="mt-3">
          <ErrorCard title="Your choice was not saved." error={choose.error} />
        </div>
      )}
      <label className="switch mt-3">
        <span>
          Show my name in rankings
          <small>
            Without it lists of supporters say “A supporter”, with no picture, also to creators. Your gifts on
            the stage keep your name.
          </small>
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-checked={me.inRanks}
          checked={me.inRanks}
          disabled={choose.isPending}
          onChange={(event) => choose.mutate(event.target.checked)}
        />
      </label>
    </section>
  );
}
