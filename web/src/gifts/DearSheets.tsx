import { useEffect, useRef, useState } from 'react';
import { giftArt } from '../art/gifts.ts';
import { Coins, Diamonds, Money } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import type { CatalogueGift } from './catalogue.ts';
import type { Dear, Sending } from './useSending.ts';

interface DearSheetProps {
  readonly sending: Sending;
  readonly hostName: string;
  /** The whole price in cents. */
  readonly moneyOf: (gift: CatalogueGift, quantity: number) => bigint;
}

/** "Send Comet, 9,999 Coins, about $134.99?": for those who cannot hold a button. */
export function DearSheet({ sending, hostName, moneyOf }: DearSheetProps) {
  const { dear } = sending;
  const cancel = useRef<HTMLButtonElement>(null);
  const asked = dear?.phase === 'ask' ? dear : null;
  const units = asked === null ? 0n : BigInt(asked.gift.price.units) * BigInt(asked.quantity);
  return (
    <Sheet
      open={asked !== null}
      onOpenChange={(open) => {
        if (!open) sending.undo();
      }}
      first={cancel}
      title={
        asked === null
          ? 'Send'
          : `Send ${asked.quantity > 1 ? `${asked.quantity} × ` : ''}${asked.gift.name}?`
      }
    >
      {asked === null ? null : (
        <>
          <div className="flex items-center gap-4">
            <img src={giftArt(asked.gift.art).src} alt="" className="size-20" />
            <div className="grid gap-1">
              <b className="font-display text-3xl">
                <Coins units={units} />
              </b>
              <span className="text-fg-3">
                <Money units={moneyOf(asked.gift, asked.quantity)} estimate /> · {hostName} gets{' '}
                <Diamonds units={BigInt(asked.gift.creatorGets.units) * BigInt(asked.quantity)} />
              </span>
            </div>
          </div>
          <div className="flex gap-2">
            <Button ref={cancel} kind="ghost" size="lg" onClick={sending.undo}>
              Cancel
            </Button>
            <Button kind="primary" size="lg" wide onClick={() => sending.count(asked.gift, asked.quantity)}>
              Send
            </Button>
          </div>
        </>
      )}
    </Sheet>
  );
}

/** "Sending in 5 s [Undo]". The countdown is said at its start only. */
export function UndoBar({ dear, onUndo }: { readonly dear: Dear | null; readonly onUndo: () => void }) {
  const undo = useRef<HTMLButtonElement>(null);
  const [now, setNow] = useState(Date.now);
  const until = dear?.phase === 'counting' ? dear.until : null;
  useEffect(() => {
    if (until === null) return;
    setNow(Date.now());
    // After the dialog has given the focus back to where it came from.
    const focus = setTimeout(() => undo.current?.focus(), 80);
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => {
      clearTimeout(focus);
      clearInterval(timer);
    };
  }, [until]);
  if (dear?.phase !== 'counting' || until === null) return null;
  const seconds = Math.max(1, Math.ceil((until - now) / 1000));
  return (
    <div className="undo-bar">
      <img src={giftArt(dear.gift.art).src} alt="" />
      <p>
        <span className="sr-only" role="status">
          Sending {dear.gift.name}. You can undo it for some seconds.
        </span>
        <b aria-hidden="true">
          Sending {dear.quantity > 1 ? `${dear.quantity} × ` : ''}
          {dear.gift.name} in {seconds} s
        </b>
      </p>
      <button type="button" ref={undo} onClick={onUndo}>
        Undo
      </button>
      <i
        style={{ animationDuration: `${Math.max(1, until - Date.now())}ms` }}
        key={until}
        aria-hidden="true"
      />
    </div>
  );
}
