import { ApiProblem } from '../api/problem.ts';
import { useCrowd, useSession } from '../api/session.ts';
import { notifyFailure } from '../ui/notify.ts';

/** In a demo town that has a crowd: shows that its people are lively, and quiets or wakes them. */
export function CrowdSwitch() {
  const session = useSession();
  const crowd = useCrowd();
  const on = session?.demo?.crowdOn ?? null;
  if (on === null) return null;
  return (
    <button
      type="button"
      className="crowd"
      aria-pressed={on}
      disabled={crowd.isPending}
      onClick={() =>
        crowd.mutate(!on, {
          onError: (error) => notifyFailure(ApiProblem.of(error).detail, undefined, 'crowd'),
        })
      }
    >
      <i aria-hidden="true" />
      <span className="crowd-state">{on ? 'Town is lively' : 'Town is quiet'}</span>
      <span className="crowd-act">{on ? 'Quiet the town' : 'Wake the town'}</span>
    </button>
  );
}
