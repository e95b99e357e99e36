import { lazy, Suspense } from 'react';
import { Sheet } from '../ui/Sheet.tsx';
import { Skeleton } from '../ui/States.tsx';

const HypeHow = lazy(() => import('./HypeHow.tsx'));

interface HypeSheetProps {
  readonly handle: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** How a hype works and who gave to it, fetched when it is opened. */
export function HypeSheet({ handle, open, onOpenChange }: HypeSheetProps) {
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title="Hype"
      description="What many supporters do together within a short time."
      side="right"
    >
      <Suspense fallback={<Skeleton height={240} />}>
        <HypeHow handle={handle} />
      </Suspense>
    </Sheet>
  );
}
