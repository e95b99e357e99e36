import { lazy, type ReactNode, type RefObject, Suspense, useEffect, useState } from 'react';

export interface SheetProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** One sentence under the title; also the dialog's description for screen readers. */
  readonly description?: ReactNode;
  /** Where it stands on a wide screen. On a narrow one it always rises from the bottom. */
  readonly side?: 'right' | 'center';
  /** Where the keyboard begins: what is safe and likely to be wanted. Without it at Close. */
  readonly first?: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}

/** A page that has settled fetches the dialog for later: it must open also when the server is away. */
const FETCH_AFTER_MS = 4_000;

const fetchDialog = () => import('./SheetDialog.tsx');
const Dialog = lazy(fetchDialog);

/** A modal sheet: focus stays inside, Escape and the scrim close it, focus returns to its opener. */
export function Sheet(props: SheetProps) {
  const [isWanted, setWanted] = useState(props.open);
  if (props.open && !isWanted) setWanted(true);
  useEffect(() => {
    const timer = setTimeout(() => void fetchDialog().catch(() => {}), FETCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isWanted) return null;
  return (
    <Suspense fallback={null}>
      <Dialog {...props} />
    </Suspense>
  );
}
