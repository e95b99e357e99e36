import { ChevronDown, Ellipsis, RotateCw } from 'lucide-react';
import {
  type CSSProperties,
  lazy,
  memo,
  type ReactNode,
  type RefObject,
  Suspense,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { giftArt } from '../art/gifts.ts';
import type { Quote } from '../realtime/frames.ts';
import { Avatar } from '../ui/Avatar.tsx';
import type { ChatRows, Row } from './chat-ring.ts';
import type { Room } from './room.ts';
import './room.css';

/** What one may do with the lines of others. */
export interface LineActs {
  readonly stage: string;
  /** One's own handle. */
  readonly me: string;
  readonly role: 'host' | 'moderator' | null;
  readonly onReply: (line: Quote) => void;
}

interface ChatProps {
  /** `null` for whoever is not signed in. */
  readonly acts: LineActs | null;
  readonly room: Room;
}

interface ChatListProps extends ChatProps {
  readonly chat: ChatRows;
}

/** So many rows are laid out and moved as one. */
const ROWS_TOGETHER = 16;
/** No row is lower than this. */
const ROW_PX = 30;
/** Beyond the box, so that there is something to scroll to. */
const ROWS_BEYOND = 4;
/** So many more rows are in the page each time one scrolls up to the first. */
const ROWS_MORE = 48;
const END_PX = 48;
const FIRST_PX = 400;

/** What is said in a room, or `quiet` while nothing is. */
export function Chat({ quiet, ...props }: ChatProps & { readonly quiet: ReactNode }) {
  const chat = useSyncExternalStore(props.room.subscribe, props.room.chat);
  return chat.rows.length === 0 ? quiet : <ChatList {...props} chat={chat} />;
}

/**
 * The chat, anchored to its end: the box is filled from below, so what comes moves it without a line of script. Whoever
 * scrolls up keeps what they read and is told how many are new.
 */
function ChatList({ chat: { before, rows }, acts, room }: ChatListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  /** The last row of whoever does not read along. */
  const [heldAt, setHeldAt] = useState<string | null>(null);
  const [more, setMore] = useState(0);
  const heightPx = useHeight(scroller);

  // A row so old that it is gone holds nobody any more.
  const held = heldAt === null ? -1 : rows.findLastIndex(({ id }) => id === heldAt);
  const end = held === -1 ? rows.length : held + 1;
  // As many as fill the box, however low they are: each row costs a busy stage layout and paint in every frame.
  const first = Math.max(0, end - Math.ceil(heightPx / ROW_PX) - ROWS_BEYOND - more);
  const onSayAgain = useCallback((id: string) => room.sayAgain(id), [room]);
  const fresh = rows.length - end;

  const readAlong = () => {
    setHeldAt(null);
    setMore(0);
  };
  const scrolled = ({ scrollTop, scrollHeight, clientHeight }: HTMLDivElement) => {
    // It counts from the end: nothing at the end, less and less above it.
    if (scrollTop > -END_PX) return readAlong();
    if (held === -1) setHeldAt(rows.at(-1)?.id ?? null);
    if (first > 0 && scrollHeight - clientHeight + scrollTop < FIRST_PX) setMore(more + ROWS_MORE);
  };
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
        onScroll={(event) => scrolled(event.currentTarget)}
      >
        <div className="chat-rows">
          {together(rows, before, first, end).map(({ place, rows: some }) => (
            <div key={place}>
              {some.map((row) => (
                <ChatRow key={row.id} row={row} acts={acts} onSayAgain={onSayAgain} />
              ))}
            </div>
          ))}
        </div>
      </div>
      {fresh > 0 ? (
        <button
          type="button"
          className="jump"
          onClick={() => {
            scroller.current?.scrollTo({ top: 0 });
            readAlong();
          }}
        >
          <ChevronDown aria-hidden />
          {fresh} new {fresh === 1 ? 'message' : 'messages'}
        </button>
      ) : null}
    </div>
  );
}

/**
 * The rows from the one at `first` to before `end`, by where they are among all that ever came: rows that stay together
 * keep their place among each other, so one more below moves them all at once and paints none of them again.
 */
function together(
  rows: readonly Row[],
  before: number,
  first: number,
  end: number,
): readonly { readonly place: number; readonly rows: readonly Row[] }[] {
  const parts = [];
  const firstPlace = Math.floor((before + first) / ROWS_TOGETHER);
  for (let place = firstPlace; place * ROWS_TOGETHER < before + end; place++) {
    const from = Math.max(0, place * ROWS_TOGETHER - before);
    parts.push({ place, rows: rows.slice(from, Math.min(end, (place + 1) * ROWS_TOGETHER - before)) });
  }
  return parts;
}

/** CSS pixels of the box's height, at first the window's. The browser tells them when it has laid out the page. */
function useHeight(box: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(window.innerHeight);
  useEffect(() => {
    if (box.current === null) return;
    const sizes = new ResizeObserver(([seen]) => {
      // A box that is not shown has none.
      if (seen !== undefined && seen.contentRect.height > 0) setHeight(seen.contentRect.height);
    });
    sizes.observe(box.current);
    return () => sizes.disconnect();
  }, [box]);
  return height;
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
  const mayAct = acts !== null && row.state === 'said';
  return (
    <div
      className="msg"
      data-host={user.host || undefined}
      data-state={row.state}
      data-acts={mayAct ? '' : undefined}
    >
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
      {mayAct ? <LineButton row={row} acts={acts} /> : null}
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
