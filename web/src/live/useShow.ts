import { useRouter } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import type { Me } from '../api/session.ts';
import { coinBalance } from '../api/wallet.ts';
import { sayRollBack } from '../gifts/say-roll-back.ts';
import { sendStore } from '../gifts/send-store.ts';
import { ownSentence, Show } from '../gifts/show.ts';
import { goalPercent } from './GoalRing.tsx';
import type { Room } from './room.ts';

interface ShowOptions {
  readonly room: Room;
  readonly me: Me | null;
  readonly handle: string;
  readonly streakMs: number;
  /** Gifts above this tier are shown as ones of this tier. */
  readonly effectsCap: number;
  /** Told what one's own gifts came to, in a sentence. */
  readonly onOwn: (sentence: string) => void;
}

/** What gifts show on a stage: fed by the room's events and by one's own presses. */
export function useShow({ room, me, handle, streakMs, effectsCap, onOwn }: ShowOptions): Show {
  const router = useRouter();
  const mine = me?.handle;
  const avatar = me?.avatar;
  const show = useMemo(
    () =>
      new Show(mine === undefined || avatar === undefined ? null : { handle: mine, avatar }, streakMs, () =>
        goalPercent(room.view().goal),
      ),
    [mine, avatar, streakMs, room],
  );
  useEffect(() => {
    sendStore.setStreakMs(streakMs);
    const stops = [
      room.onGift((event) => show.hear({ ...event, tier: Math.min(event.tier, effectsCap) })),
      room.subscribe(() => show.showHeard()),
      sendStore.listen((effect) => {
        show.own(effect);
        if (effect.do === 'settled') onOwn(ownSentence(effect.streak, coinBalance.displayed()));
        sayRollBack(effect, handle, (path) => router.history.push(path));
      }),
      sendStore.subscribe(() => show.confirm(sendStore.state().streaks)),
    ];
    return () => {
      for (const stop of stops) stop();
      show.stop();
    };
  }, [room, show, streakMs, effectsCap, handle, router, onOwn]);
  return show;
}
