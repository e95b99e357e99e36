import { Clock, LoaderCircle } from 'lucide-react';
import { type CSSProperties, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { CatalogueGift } from './catalogue.ts';
import { isChecking, openStreak } from './send-machine.ts';
import { useSendState } from './send-store.ts';
import type { Sending } from './useSending.ts';

/** A dear gift is held this long before its countdown begins. */
const HOLD_MS = 700;
/** A held button begins to repeat after this long, four times a second, up to fifty. */
const REPEAT_AFTER_MS = 500;
const REPEAT_EVERY_MS = 250;
const REPEAT_MOST = 50;

interface SendButtonProps {
  readonly gift: CatalogueGift;
  readonly quantity: number;
  readonly stageId: string;
  readonly to?: string | undefined;
  readonly streakMs: number;
  readonly sending: Sending;
}

/**
 * Send, and while a streak is open, Combo with the time that is left in its ring.
 * Held, it repeats; on a dear gift it must be held, or is asked about by keyboard.
 */
export function SendButton({ gift, quantity, stageId, to, streakMs, sending }: SendButtonProps) {
  const state = useSendState();
  const ring = useRef<HTMLButtonElement>(null);
  const [holding, setHolding] = useState(false);
  const [stopped, setStopped] = useState(false);
  const held = useRef({
    timer: undefined as ReturnType<typeof setTimeout> | undefined,
    took: false,
    times: 0,
  });

  const streak = openStreak(state, stageId, gift.id, Date.now(), streakMs, to);
  const lastPressAt = streak?.lastPressAt ?? null;
  const checking = isChecking(state, stageId);
  const dear = sending.isDear(gift, quantity);
  const paused = !state.online;

  useEffect(() => {
    const button = ring.current;
    if (lastPressAt === null || button === null) return;
    let frame = 0;
    const draw = () => {
      const left = 1 - (Date.now() - lastPressAt) / streakMs;
      button.style.setProperty('--left', `${Math.max(0, left) * 100}`);
      if (left > 0) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [lastPressAt, streakMs]);

  const release = () => {
    clearTimeout(held.current.timer);
    setHolding(false);
  };
  useEffect(() => () => clearTimeout(held.current.timer), []);

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || paused || checking) return;
    held.current.took = false;
    held.current.times = 0;
    if (dear) {
      setHolding(true);
      held.current.timer = setTimeout(() => {
        held.current.took = true;
        setHolding(false);
        navigator.vibrate?.(12);
        sending.count(gift, quantity);
      }, HOLD_MS);
      return;
    }
    if (!gift.streakable) return;
    const again = () => {
      held.current.took = true;
      held.current.times += 1;
      if (held.current.times > REPEAT_MOST) {
        setStopped(true);
        return;
      }
      press();
      held.current.timer = setTimeout(again, REPEAT_EVERY_MS);
    };
    held.current.timer = setTimeout(again, REPEAT_AFTER_MS);
  };

  const press = () => {
    navigator.vibrate?.(8);
    sending.send(gift, quantity);
  };

  const onClick = (event: { readonly detail: number }) => {
    if (held.current.took) {
      held.current.took = false;
      return;
    }
    if (paused || checking) return;
    setStopped(false);
    if (!dear) press();
    // A click without a pointer came from a keyboard or a screen reader: it is asked about instead of held.
    else if (event.detail === 0) sending.ask(gift, quantity);
  };

  const count = streak !== null && streak.pressed > 0 ? streak.pressed : null;
  const inDoubt = streak !== null && streak.pressed > streak.confirmed;
  const label = paused
    ? 'Paused'
    : checking
      ? 'Checking…'
      : dear
        ? 'Hold to send'
        : count === null
          ? 'Send'
          : 'Combo';
  return (
    <>
      <button
        type="button"
        className="send"
        ref={ring}
        data-combo={count !== null && !paused && !checking ? '' : undefined}
        data-pending={inDoubt || undefined}
        data-holding={holding || undefined}
        data-dear={dear || undefined}
        aria-disabled={paused || checking || undefined}
        aria-describedby={dear ? 'send-dear' : undefined}
        onPointerDown={onPointerDown}
        onPointerUp={release}
        onPointerLeave={release}
        onPointerCancel={release}
        onContextMenu={(event) => event.preventDefault()}
        onClick={onClick}
        style={{ '--hold': `${HOLD_MS}ms` } as CSSProperties}
      >
        {checking ? <Clock aria-hidden /> : paused ? <LoaderCircle aria-hidden className="turning" /> : null}
        <span className="word">{label}</span>
        {count === null || paused || checking ? null : <span className="count">×{count}</span>}
      </button>
      {dear ? (
        <span id="send-dear" className="sr-only">
          This gift is dear. Press to review it before it is sent.
        </span>
      ) : null}
      {stopped ? (
        <span className="held-out" role="status">
          Fifty sent. Press again to go on.
        </span>
      ) : null}
    </>
  );
}
