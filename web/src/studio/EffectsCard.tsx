import { useMutation } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { EffectsChoice } from '../live/EffectsChoice.tsx';
import { stageQuery } from '../live/stage-api.ts';
import { notifyDone } from '../ui/notify.ts';
import { capEffects } from './lives-api.ts';

/** How much of the stage gifts may take, for everybody from now on. */
export function EffectsCard({
  handle,
  effectsCap,
}: {
  readonly handle: string;
  readonly effectsCap: number;
}) {
  const cap = useMutation({
    mutationFn: capEffects,
    onSuccess: (_answer, chosen) => {
      queryClient.setQueryData(
        stageQuery(handle).queryKey,
        (stage) => stage && { ...stage, effectsCap: chosen },
      );
      notifyDone('Everybody’s stage follows.');
    },
  });
  return (
    <section className="card effects-card" aria-label="Effects">
      <EffectsChoice
        value={cap.isPending ? cap.variables : effectsCap}
        disabled={cap.isPending}
        onChange={(chosen) => cap.mutate(chosen)}
      />
      {cap.isError ? (
        <p role="alert" className="mt-2 text-sm text-bad">
          {ApiProblem.of(cap.error).detail} {ApiProblem.of(cap.error).remedy}
        </p>
      ) : null}
    </section>
  );
}
