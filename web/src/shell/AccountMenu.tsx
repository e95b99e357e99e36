import { Link, useNavigate } from '@tanstack/react-router';
import {
  Layers,
  LayoutDashboard,
  LogOut,
  MessageCircleQuestionMark,
  Moon,
  Radio,
  Settings2,
  Sun,
  SunMoon,
  Wallet,
} from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { type Me, useSignOut } from '../api/session.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { chooseTheme, type ThemeChoice, themeChoice } from './theme.ts';

const NEXT_THEME: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_WORD: Record<ThemeChoice, string> = { system: 'as the system', light: 'light', dark: 'dark' };

/** The menu behind one's picture; opened as soon as it is there, for it is fetched when it is asked for. */
export function AccountMenu({ me }: { readonly me: Me }) {
  const navigate = useNavigate();
  const signOut = useSignOut();
  const [theme, setTheme] = useState(themeChoice);
  return (
    <DropdownMenu.Root defaultOpen>
      <DropdownMenu.Trigger className="rounded-full" aria-label={`Account of ${me.displayName}`}>
        <Avatar avatar={me.avatar} size={38} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={8}>
          <div className="px-3 pt-2 pb-1">
            <b className="block">{me.displayName}</b>
            <span className="text-sm text-fg-3">@{me.handle}</span>
          </div>
          <hr />
          <DropdownMenu.Item asChild>
            <Link to="/settings/profile">
              <Settings2 aria-hidden />
              Profile
            </Link>
          </DropdownMenu.Item>
          <DropdownMenu.Item asChild>
            <Link to="/studio/go-live">
              <Radio aria-hidden />
              Go live
            </Link>
          </DropdownMenu.Item>
          {me.roles.includes('creator') ? (
            <DropdownMenu.Item asChild>
              <Link to="/studio/overlays">
                <Layers aria-hidden />
                Overlays
              </Link>
            </DropdownMenu.Item>
          ) : null}
          <DropdownMenu.Item asChild>
            <Link to="/wallet">
              <Wallet aria-hidden />
              Wallet
            </Link>
          </DropdownMenu.Item>
          <DropdownMenu.Item asChild>
            <Link to="/questions">
              <MessageCircleQuestionMark aria-hidden />
              Your questions
            </Link>
          </DropdownMenu.Item>
          {me.roles.includes('operator') ? (
            <DropdownMenu.Item asChild>
              <Link to="/console">
                <LayoutDashboard aria-hidden />
                Console
              </Link>
            </DropdownMenu.Item>
          ) : null}
          <DropdownMenu.Item
            onSelect={(event) => {
              event.preventDefault();
              const next = NEXT_THEME[theme];
              chooseTheme(next);
              setTheme(next);
            }}
          >
            {theme === 'light' ? (
              <Sun aria-hidden />
            ) : theme === 'dark' ? (
              <Moon aria-hidden />
            ) : (
              <SunMoon aria-hidden />
            )}
            Theme: {THEME_WORD[theme]}
          </DropdownMenu.Item>
          <hr />
          <DropdownMenu.Item
            onSelect={() => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: '/live' }) })}
          >
            <LogOut aria-hidden />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
