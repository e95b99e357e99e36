import { type ReactNode, useEffect, useRef } from 'react';
import './paper.css';

interface PageHeadProps {
  readonly title: string;
  /** The title in the browser's tab, where it says more than the heading. */
  readonly tab?: string;
  /** A quiet line under the heading. */
  readonly sub?: ReactNode;
  /** What can be done on this page. */
  readonly children?: ReactNode;
}

/** The heading of a page. Coming from another page, focus goes to it, so that a screen reader starts there. */
export function PageHead({ title, tab, sub, children }: PageHeadProps) {
  const heading = usePageHeading(tab ?? title);
  return (
    <header className="page-head">
      <div className="grid gap-1.5">
        <h1 ref={heading} tabIndex={-1} className="outline-none">
          {title}
        </h1>
        {sub === undefined ? null : <div className="text-md text-fg-3">{sub}</div>}
      </div>
      {children === undefined ? null : <div className="flex flex-wrap gap-2.5">{children}</div>}
    </header>
  );
}

/** Names the browser's tab, and gives the ref of the heading that takes focus when a page opens. */
export function usePageHeading(tab: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab} · Carat`;
  }, [tab]);
  useEffect(() => {
    // The first page of a visit is read from its top; who has typed already is not interrupted.
    const typing = document.activeElement?.matches('input, textarea, select') === true;
    if (opened && !typing) heading.current?.focus({ preventScroll: true });
    opened = true;
  }, []);
  return heading;
}

let opened = false;
