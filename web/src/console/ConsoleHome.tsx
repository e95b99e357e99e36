import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { PageHead } from '../ui/PageHead.tsx';
import { Console } from './Console.tsx';
import { CONSOLE_PLACES } from './places.ts';

/** Where to go in the console, and why. */
export function ConsoleHome() {
  return (
    <Console>
      {() => (
        <div className="page-body">
          <PageHead title="Console" sub="What this site asks of its operators." />
          <ul className="console-places">
            {CONSOLE_PLACES.map(({ to, label, line, icon: Icon }) => (
              <li key={to}>
                <Link to={to} className="card">
                  <Icon aria-hidden />
                  <span>
                    <b>{label}</b>
                    <small>{line}</small>
                  </span>
                  <ChevronRight aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Console>
  );
}
