import { RadioGroup } from 'radix-ui';
import type { Me } from '../api/session.ts';
import { Avatar } from '../ui/Avatar.tsx';
import type { Guest } from './guests-api.ts';
import { useTogether } from './useTogether.ts';
import './guests.css';

interface ChooserProps {
  readonly handle: string;
  readonly me: Me | null;
  readonly to: Guest | null;
  readonly onTo: (guest: Guest | null) => void;
}

/** Whom gifts are for: "To Mira", "To Juno". Nobody gives to themself. */
export default function Chooser({ handle, me, to, onTo }: ChooserProps) {
  const { guests } = useTogether(handle);
  if (guests.length < 2) return null;
  const choices = guests.filter((guest) => guest.handle !== me?.handle);
  const chosen = to?.handle ?? handle;
  return (
    <RadioGroup.Root
      className="to-whom"
      aria-label="Whom your gifts are for"
      value={chosen}
      onValueChange={(next) =>
        onTo(choices.find((guest) => guest.handle === next && next !== handle) ?? null)
      }
    >
      {choices.map((guest) => (
        <RadioGroup.Item key={guest.handle} value={guest.handle}>
          <Avatar avatar={guest.avatar} size={22} />
          To {guest.displayName.split(' ')[0]}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
