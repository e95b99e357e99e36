import { useCallback, useEffect, useRef, useState } from 'react';
import { coinBalance } from '../api/wallet.ts';
import type { CatalogueGift } from './catalogue.ts';
import type { GiftChoice } from './send-machine.ts';
import { sendStore } from './send-store.ts';

/** A dear gift on its way to being sent: asked about, or counting down with an Undo. */
export type Dear =
  | { readonly phase: 'ask'; readonly gift: CatalogueGift; readonly quantity: number }
  | {
      readonly phase: 'counting';
      readonly gift: CatalogueGift;
      readonly quantity: number;
      readonly until: number;
    };

interface SendingOptions {
  readonly stageId: string;
  /** The id of the guest whom gifts are for; without it, the stage's own creator. */
  readonly to?: string | undefined;
  readonly dearFrom: number;
  readonly undoMs: number;
  /** Told how many Coins are missing, before a dear gift is asked about or counts down. */
  readonly onShort: (missing: bigint) => void;
}

export interface Sending {
  readonly dear: Dear | null;
  /** Whether this many of this gift are dear: then a press is held, and can be undone. */
  readonly isDear: (gift: CatalogueGift, quantity: number) => boolean;
  /** Sends something that is not dear, at once. */
  readonly send: (gift: CatalogueGift, quantity: number, agreed?: boolean) => void;
  readonly ask: (gift: CatalogueGift, quantity: number) => void;
  readonly count: (gift: CatalogueGift, quantity: number) => void;
  /** Ends the question or the countdown; nothing is sent. */
  readonly undo: () => void;
}

/** The ways from a press to the send machine. Leaving the stage during the countdown undoes it. */
export function useSending({ stageId, to, dearFrom, undoMs, onShort }: SendingOptions): Sending {
  const [dear, setDear] = useState<Dear | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const send = useCallback(
    (gift: CatalogueGift, quantity: number, agreed?: boolean) =>
      sendStore.press({
        stageId,
        to,
        gift: choiceOf(gift),
        quantity,
        dearFrom,
        ...(agreed === undefined ? {} : { agreed }),
      }),
    [stageId, to, dearFrom],
  );
  const undo = useCallback(() => {
    clearTimeout(timer.current);
    setDear(null);
  }, []);
  const affords = useCallback(
    (gift: CatalogueGift, quantity: number) => {
      const coins = coinBalance.displayed();
      const missing = BigInt(gift.price.units) * BigInt(quantity) - (coins ?? 0n);
      if (coins === null || missing <= 0n) return true;
      onShort(missing);
      return false;
    },
    [onShort],
  );
  const ask = useCallback(
    (gift: CatalogueGift, quantity: number) => {
      if (affords(gift, quantity)) setDear({ phase: 'ask', gift, quantity });
    },
    [affords],
  );
  const count = useCallback(
    (gift: CatalogueGift, quantity: number) => {
      if (!affords(gift, quantity)) return;
      clearTimeout(timer.current);
      setDear({ phase: 'counting', gift, quantity, until: Date.now() + undoMs });
      timer.current = setTimeout(() => {
        setDear(null);
        send(gift, quantity, true);
      }, undoMs);
    },
    [undoMs, send, affords],
  );
  const isDear = useCallback(
    (gift: CatalogueGift, quantity: number) =>
      gift.dear || BigInt(gift.price.units) * BigInt(quantity) >= BigInt(dearFrom),
    [dearFrom],
  );
  return { dear, isDear, send, ask, count, undo };
}

export function choiceOf(gift: CatalogueGift): GiftChoice {
  return {
    id: gift.id,
    name: gift.name,
    art: gift.art,
    tier: gift.tier,
    price: BigInt(gift.price.units),
    streakable: gift.streakable,
  };
}
