import { Time } from '../ui/Time.tsx';
import { Timeline } from '../ui/Timeline.tsx';
import type { Step } from './refunds-api.ts';

/** What happened to something, for operators: who did it and what they said. */
export function StepList({ steps, label }: { readonly steps: readonly Step[]; readonly label: string }) {
  return (
    <details className="how">
      <summary>{label}</summary>
      <Timeline
        label={label}
        steps={steps.map(({ at, title, note, by }) => ({
          key: `${at} ${title}`,
          label: by === null ? title : `${title}, by ${by}`,
          ...(note === null ? {} : { note }),
          time: <Time at={at} look="stamp" />,
          state: 'done' as const,
        }))}
      />
    </details>
  );
}
