import { type ComponentProps, lazy, Suspense } from 'react';
import { fetched } from '../router/fetched.ts';

type Panel = typeof import('./SupporterPanel.tsx').SupporterPanel;

const Fetched = lazy(() =>
  fetched(import('./SupporterPanel.tsx')).then((chunk) => ({ default: chunk.SupporterPanel })),
);

/** The list of supporters, fetched when somebody looks at it: a stage opens without. */
export function LazySupporterPanel(props: ComponentProps<Panel>) {
  return (
    <Suspense>
      <Fetched {...props} />
    </Suspense>
  );
}
