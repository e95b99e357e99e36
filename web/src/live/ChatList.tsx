import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, Ellipsis, RotateCw } from 'lucide-react';
import { type CSSProperties, lazy, memo, Suspense, useEffect, useRef, useState } from 'react';
import { giftArt } from '../art/gifts.ts';
import type { Quote } from '../realtime/frames.ts';
import { Avatar } from '../ui/Avatar.tsx';
import type { Row } from './room.ts';
import './room.css';

/** What one may do with the lines of others. */
export interface LineActs {
  readonly stage: string;
  /** One's own handle. */
  readonly me: string;
  readonly role: 'host' | 'moderator' | null;
  readonly onReply: (line: Quote) => void;
}

interface ChatListProps {
  /** `null` for whoever is not signed in. */
  readonly acts: LineActs | null;
  readonly rows: readonly Row[];
  readonly onSayAgain: (id: string) => void;
}

/** So long after a reader touched the list it moves because of them. */
const MOVED_FOR_MS = 1_000;

/**
 * The chat, anchored to its end. Only rows in view are in the page; whoever scrolls up stays there
 * and is told how many are new.
 */
export function ChatList({ rows, acts, onSayAgain }: ChatListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [seenUntil, setSeenUntil] = useState<string | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 40,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 6,
    anchorTo: 'end',
    followOnAppend: true,
  });

  const last = rows.at(-1)?.id ?? null;
  useEffect(() => {
    if (atEnd) setSeenUntil(last);
  }, [atEnd, last]);
  // The first rows, and every later one while the reader is at the end: a full list has as many rows as before.
  useEffect(() => {
    if (last !== null && atEnd) virtual.scrollToEnd();
  }, [last, atEnd, virtual]);
  // A list that grows moves by itself; only a reader who moved it has left its end.
  const movedAt = useRef(Number.NEGATIVE_INFINITY);
  const moved = () => {
    movedAt.current = performance.now();
  };

  const fresh =
    atEnd || seenUntil === null ? 0 : rows.length - 1 - rows.findLastIndex((row) => row.id === seenUntil);
  return (
    <div className="chat-frame">
      <div
        className="chat"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label="Chat messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onWheel={moved}
        onTouchMove={moved}
        onPointerDown={moved}
        onKeyDown={moved}
        onScroll={() => {
          const isAtEnd = virtual.isAtEnd(48);
          if (isAtEnd || performance.now() - movedAt.current < MOVED_FOR_MS) setAtEnd(isAtEnd);
        }}
      >
        <div className="chat-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="chat-slot"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <ChatRow row={row} acts={acts} onSayAgain={onSayAgain} />
              </div>
            );
          })}
        </div>
      </div>
      {fresh > 0 ? (
        <button
          type="button"
          className="jump"
          onClick={() => {
            virtual.scrollToEnd();
            setAtEnd(true);
          }}
        >
          <ChevronDown aria-hidden />
          {fresh} new {fresh === 1 ? 'message' : 'messages'}
        </button>
      ) : null}
    </div>
  );
}

const ChatRow = memo(function ChatRow({
  row,
  acts,
  onSayAgain,
}: {
  readonly row: Row;
  readonly acts: LineActs | null;
  readonly onSayAgain: (id: string) => void;
}) {
  if (row.kind === 'thanks') {
    return (
      <p className="msg thanks-row">
        <img src={giftArt(row.art).src} alt="" width={30} height={30} />
        <span>
          <b>{row.host}</b> thanks <b>{row.to.displayName}</b> for {row.giftName} ×{row.count}
        </span>
      </p>
    );
  }
  if (row.kind === 'note') return <p className="chat-note">{row.text}</p>;
  if (row.kind === 'small') {
    return (
      <p className="msg small-gifts" data-gift="">
        <b>Together</b>
        {row.gifts.map(({ art, giftName, count }) => (
          <span key={art}>
            <img src={giftArt(art).src} alt={giftName} width={22} height={22} /> ×{count}
          </span>
        ))}
      </p>
    );
  }
  if (row.kind === 'gift') {
    const art = giftArt(row.art);
    return (
      <div className="msg" data-gift="" style={{ '--h': art.hue } as CSSProperties}>
        <Avatar avatar={row.avatar} size={26} />
        <p>
          <b>{row.nickname}</b>sent {row.to === undefined ? null : `${row.to} `}
          {row.giftName}
          <img src={art.src} alt="" width={30} height={30} />
          <em>×{row.count}</em>
        </p>
      </div>
    );
  }
  const { user } = row;
  return (
    <div className="msg" data-host={user.host || undefined} data-state={row.state}>
      <Avatar avatar={user.avatar} size={26} />
      <p>
        {user.host ? <span className="badge">Host</span> : null}
        {user.badges.map((badge) => (
          <span className="badge" data-soft="" key={badge}>
            {badgeText(badge)}
          </span>
        ))}
        <b>{user.displayName}</b>
        {row.replyTo === undefined ? null : (
          <span className="quote">
            <span className="sr-only">answers </span>
            {row.replyTo.displayName}: {row.replyTo.text}
          </span>
        )}
        {row.text}
        {row.state === 'unsent' ? (
          <span className="unsent">
            Not sent. {row.why}
            <button type="button" onClick={() => onSayAgain(row.id)}>
              <RotateCw aria-hidden /> Send again
            </button>
          </span>
        ) : null}
      </p>
      {acts === null || row.state !== 'said' ? null : <LineButton row={row} acts={acts} />}
    </div>
  );
});

const LineMenu = lazy(() => import('./LineMenu.tsx'));

/** Opens what one may do with a line; the menu itself is fetched when it is asked for. */
function LineButton({ row, acts }: { readonly row: ChatRowData; readonly acts: LineActs }) {
  const [open, setOpen] = useState(false);
  const label = `What to do with the message of ${row.user.displayName}`;
  const button = (
    <button type="button" className="line-btn" aria-label={label} onClick={() => setOpen(true)}>
      <Ellipsis aria-hidden />
    </button>
  );
  if (!open) return button;
  return (
    <Suspense fallback={button}>
      <LineMenu row={row} acts={acts} label={label} onClose={() => setOpen(false)} />
    </Suspense>
  );
}

export type ChatRowData = Extract<Row, { readonly kind: 'chat' }>;

/** `top2` → `Top 2`; any other badge with a capital. */
function badgeText(badge: string): string {
  return badge.charAt(0).toUpperCase() + badge.slice(1).replace(/(\d+)$/, ' $1');
}
