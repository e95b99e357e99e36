import { Link } from '@tanstack/react-router';
import { House } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Me } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState } from '../ui/States.tsx';
import { ClockWarning } from './ClockWarning.tsx';
import { ConfirmFirst } from './ConfirmFirst.tsx';
import { CONSOLE_PLACES } from './places.ts';
import './console.css';

/**
 * The frame round every page of the console: `<Console>{(me) => <div className="page-body">…</div>}</Console>`.
 * The server refuses whoever is no operator; here they are told so.
 */
export function Console({ children }: { readonly children: (me: Me) => ReactNode }) {
  return (
    <Signed title="Console" why="Sign in to open the console.">
      {(me) =>
        me.roles.includes('operator') ? (
          <div className="console">
            <nav className="console-nav" aria-label="Console">
              <Link
                to="/console"
                activeOptions={{ exact: true }}
                activeProps={{ 'aria-current': 'page' }}
                aria-label="Overview"
              >
                <House aria-hidden />
              </Link>
              {CONSOLE_PLACES.map(({ to, label, icon: Icon }) => (
                <Link key={to} to={to} activeProps={{ 'aria-current': 'page' }}>
                  <Icon aria-hidden />
                  {label}
                </Link>
              ))}
            </nav>
            <ClockWarning />
            {children(me)}
            <ConfirmFirst />
          </div>
        ) : (
          <NotForYou />
        )
      }
    </Signed>
  );
}

function NotForYou() {
  return (
    <div className="page-body">
      <PageHead title="Console" />
      <section className="card">
        <EmptyState
          art={giftArt('1f52e').src}
          title="The console is for operators"
          action={
            <Link to="/live" {...buttonLook({ kind: 'primary' })}>
              See who is live
            </Link>
          }
        >
          An operator of this site can give you that role.
        </EmptyState>
      </section>
    </div>
  );
}
