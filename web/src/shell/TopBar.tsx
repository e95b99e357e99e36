import { Link, useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { type FormEvent, useEffect, useRef } from 'react';
import { useMe } from '../api/session.ts';
import { useCoins } from '../api/wallet.ts';
import { Coins } from '../ui/Amount.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { Mark } from '../ui/Glyph.tsx';
import { AccountButton } from './AccountButton.tsx';
import { Bell } from './Bell.tsx';
import { CrowdSwitch } from './CrowdSwitch.tsx';
import { shortcutsOn } from './shortcuts.ts';

export function TopBar() {
  const me = useMe();
  return (
    <header className="top">
      <Link to="/live" className="logo" aria-label="Carat, home">
        <Mark />
        <b aria-hidden="true">Carat</b>
      </Link>
      <SearchBox />
      <div className="top-end">
        <CrowdSwitch />
        {me ? <Balance /> : null}
        {me ? <Bell /> : null}
        {me === null ? (
          <Link to="/login" {...buttonLook({ kind: 'primary', size: 'sm' })}>
            Sign in
          </Link>
        ) : null}
        {me ? <AccountButton me={me} /> : null}
      </div>
    </header>
  );
}

function Balance() {
  const coins = useCoins();
  return (
    <div className="balance">
      <Link to="/wallet" className="number">
        <span className="sr-only">Wallet, </span>
        <Coins units={coins} />
      </Link>
      <Link to="/wallet/top-up" className="top-up">
        Top up
      </Link>
    </div>
  );
}

function SearchBox() {
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || !shortcutsOn(event)) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const q = input.current?.value.trim() ?? '';
    void navigate({ to: '/live', search: q === '' ? {} : { q } });
  };
  return (
    <search>
      <form className="search" onSubmit={submit}>
        <Search aria-hidden />
        <input
          ref={input}
          type="search"
          name="q"
          placeholder="Search creators and tags"
          aria-label="Search"
        />
        <kbd className="kbd">/</kbd>
      </form>
    </search>
  );
}
