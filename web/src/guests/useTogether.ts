import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { queryClient } from '../api/query.ts';
import { matchQuery, type ShownMatch } from '../matches/match-api.ts';
import type { RoomEvent, ServerFrame } from '../realtime/frames.ts';
import { line } from '../realtime/socket.ts';
import { type Guest, guestsQuery } from './guests-api.ts';

/** Who is live together on a stage, and their match; both follow what the room is told. */
export function useTogether(handle: string): {
  readonly guests: readonly Guest[];
  readonly match: ShownMatch;
} {
  useEffect(() => {
    const again = () => {
      void queryClient.invalidateQueries({ queryKey: guestsQuery(handle).queryKey });
      void queryClient.invalidateQueries({ queryKey: matchQuery(handle).queryKey });
    };
    return line.listen((frame) => {
      if (!('stage' in frame) || frame.stage.toLowerCase() !== handle.toLowerCase()) return;
      if (frame.t === 'joined') again();
      for (const event of eventsOf(frame)) {
        if (event.type === 'guests' || event.type === 'match') again();
        if (event.type === 'matchScore') takeScore(handle, event);
      }
    });
  }, [handle]);
  const guests = useQuery(guestsQuery(handle)).data ?? NOBODY;
  const match = useQuery(matchQuery(handle)).data ?? NO_MATCH;
  return { guests, match };
}

const NOBODY: readonly Guest[] = [];
const NO_MATCH: ShownMatch = { match: null, aheadMs: 0 };

function eventsOf(frame: ServerFrame): readonly RoomEvent[] {
  return frame.t === 'frame' ? frame.events : [];
}

/** Scores only grow while a match runs; an old one that comes late changes nothing. */
function takeScore(handle: string, event: RoomEvent): void {
  const told = event.sides as readonly { readonly uniqueId: string; readonly coins: string }[];
  queryClient.setQueryData(matchQuery(handle).queryKey, (known) => {
    if (known === undefined || known.match === null) return known;
    if (known.match.id !== event.matchId || known.match.state !== 'running') return known;
    const sides = known.match.sides.map((side) => {
      const units = told.find(({ uniqueId }) => uniqueId === side.handle)?.coins ?? side.coins.units;
      return BigInt(units) > BigInt(side.coins.units) ? { ...side, coins: { ...side.coins, units } } : side;
    });
    return { ...known, match: { ...known.match, sides } };
  });
}
