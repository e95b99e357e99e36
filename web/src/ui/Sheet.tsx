import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode, RefObject } from 'react';
import { IconButton } from './Button.tsx';

interface SheetProps {
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

/** A modal sheet: focus stays inside, Escape and the scrim close it, focus returns to its opener. */
export function Sheet({
  open,
  onOpenChange,
  title,
  description,
  side = 'center',
  first,
  children,
}: SheetProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="sheet-scrim" />
        <Dialog.Content
          className="sheet"
          data-side={side}
          onOpenAutoFocus={(event) => {
            if (first?.current == null) return;
            event.preventDefault();
            first.current.focus();
          }}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header>
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label="Close">
                <X aria-hidden />
              </IconButton>
            </Dialog.Close>
          </header>
          {description === undefined ? null : (
            <Dialog.Description className="-mt-2 text-md text-fg-2">{description}</Dialog.Description>
          )}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
