import { lazy, Suspense, useState } from 'react';
import type { Me } from '../api/session.ts';
import { Avatar } from '../ui/Avatar.tsx';

const load = () => import('./AccountMenu.tsx');
const AccountMenu = lazy(() => load().then(({ AccountMenu: menu }) => ({ default: menu })));

/** One's picture in the top bar. Its menu is fetched when a pointer or the focus comes near. */
export function AccountButton({ me }: { readonly me: Me }) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className="rounded-full"
      aria-label={`Account of ${me.displayName}`}
      aria-haspopup="menu"
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
    >
      <Avatar avatar={me.avatar} size={38} />
    </button>
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <AccountMenu me={me} />
    </Suspense>
  );
}
