import { useEffect, useState } from 'react';
import { confirmWith } from '../api/client.ts';
import { Sheet } from '../ui/Sheet.tsx';
import { Confirm } from '../withdrawals/Confirm.tsx';

/**
 * Asks for the password when the server wants it before something that moves money or gives power, and lets what was
 * asked go on by itself. Several requests at once are answered by one confirmation.
 */
export function ConfirmFirst() {
  const [isOpen, setOpen] = useState(false);
  useEffect(
    () =>
      confirmWith(() => {
        setOpen(true);
        return new Promise((answer) => waiting.push(answer));
      }),
    [],
  );
  const answer = (isConfirmed: boolean) => {
    setOpen(false);
    for (const tell of waiting.splice(0)) tell(isConfirmed);
  };
  return (
    <Sheet
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) answer(false);
      }}
      title="Confirm that it is you"
      description="This moves money or gives somebody power."
    >
      <Confirm
        label="Confirm and go on"
        busy={false}
        why="Give your password again. It counts for some minutes, for this browser alone."
        onConfirmed={() => answer(true)}
        onBack={() => answer(false)}
      />
    </Sheet>
  );
}

/** Requests that wait for the person. */
const waiting: ((isConfirmed: boolean) => void)[] = [];
