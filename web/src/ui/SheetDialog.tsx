import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { IconButton } from './Button.tsx';
import type { SheetProps } from './Sheet.tsx';

/** What `Sheet` fetches. */
export default function SheetDialog({
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
