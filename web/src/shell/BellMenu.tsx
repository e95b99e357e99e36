import { Link } from '@tanstack/react-router';
import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useEffect } from 'react';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { whenText } from '../ui/dates.ts';
import { type Notice, noticesQuery } from './Bell.tsx';

interface BellMenuProps {
  readonly label: string;
  readonly notices: readonly Notice[];
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The newest notices. Whoever opens them has read them. */
export default function BellMenu({ label, notices, onClose, children }: BellMenuProps) {
  useEffect(() => {
    api
      .post('/me/notices/read', {})
      .then(() => queryClient.invalidateQueries({ queryKey: noticesQuery.queryKey }))
      .catch(() => {
        // They stay new; the next look marks them.
      });
  }, []);
  const now = new Date();
  return (
    <DropdownMenu.Root defaultOpen onOpenChange={(open) => (open ? undefined : onClose())}>
      <DropdownMenu.Trigger className="icon-btn bell" aria-label={label}>
        {children}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu notices" align="end" sideOffset={8}>
          {notices.length === 0 ? (
            <p className="px-3 py-2 text-md text-fg-2">
              Nothing yet. Follow somebody, and you read here when they are live.
            </p>
          ) : (
            notices.map((notice) => (
              <DropdownMenu.Item key={notice.id} asChild>
                <Link to={notice.link}>
                  <Avatar avatar={notice.about?.avatar ?? 'star'} size={34} />
                  <span className="min-w-0">
                    <b className="block">{notice.title}</b>
                    <small className="block text-fg-3">
                      {notice.text} · {whenText(new Date(notice.at), now)}
                    </small>
                  </span>
                </Link>
              </DropdownMenu.Item>
            ))
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
