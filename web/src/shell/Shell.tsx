import { Link, Outlet, useMatchRoute } from '@tanstack/react-router';
import { ChartNoAxesColumn, HandCoins, Radio, Scale, UserRound, Wallet } from 'lucide-react';
import { type ReactNode, Suspense, useEffect } from 'react';
import { useMe } from '../api/session.ts';
import { Notifications } from '../ui/Notifications.tsx';
import { TopBar } from './TopBar.tsx';
import { pinDark } from './theme.ts';
import './shell.css';

/** The frame round every page. On a stage it is always dark, and in the hand it steps aside. */
export function Shell() {
  const onStage = useMatchRoute()({ to: '/live/$handle' }) !== false;
  useEffect(() => pinDark(onStage), [onStage]);
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <div className="shell" data-stage={onStage ? '' : undefined}>
        <div className="banner-slot" id="banner-slot" />
        <TopBar />
        <nav className="rail" aria-label="Main">
          <Places />
        </nav>
        <main className="page" id="main" tabIndex={-1}>
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
        <nav className="tabbar" aria-label="Main">
          <Places />
        </nav>
      </div>
      <Notifications />
    </>
  );
}

function Places() {
  const me = useMe();
  const earns = me?.roles.includes('creator') === true;
  return (
    <>
      <Place to="/live" icon={<Radio aria-hidden />}>
        Live
      </Place>
      <Place to="/wallet" icon={<Wallet aria-hidden />}>
        Wallet
      </Place>
      {earns ? (
        <Place to="/studio/earnings" icon={<HandCoins aria-hidden />}>
          Earnings
        </Place>
      ) : null}
      <Place to="/rates" icon={earns ? <Scale aria-hidden /> : <ChartNoAxesColumn aria-hidden />}>
        Rates
      </Place>
      {/* Until it is known who somebody is, nobody is told to sign in. */}
      <Place to={me === null ? '/login' : '/settings/profile'} icon={<UserRound aria-hidden />}>
        {me === null ? 'Sign in' : 'You'}
      </Place>
    </>
  );
}

interface PlaceProps {
  readonly to: '/live' | '/wallet' | '/studio/earnings' | '/rates' | '/settings/profile' | '/login';
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

function Place({ to, icon, children }: PlaceProps) {
  return (
    <Link to={to} activeProps={{ 'aria-current': 'page' }}>
      {icon}
      {children}
    </Link>
  );
}
