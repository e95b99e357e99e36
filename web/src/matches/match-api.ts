import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { every } from '../api/query.ts';
import type { Amount } from '../ui/amounts.ts';

export interface MatchSide {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  /** The score. */
  readonly coins: Amount;
  readonly accepted: boolean;
}

export interface Match {
  readonly id: string;
  readonly state: 'invited' | 'running' | 'ended' | 'canceled';
  readonly seconds: number;
  readonly expiresAt: string;
  /** Whoever asked comes first. */
  readonly sides: readonly MatchSide[];
  readonly endsAt: string | null;
  readonly resultUntil: string | null;
  /** A handle, `draw`, or null: not over, or ended before its time. */
  readonly winner: string | null;
  readonly why: string | null;
  /** The handle of who ended it. */
  readonly by: string | null;
}

/** A match with how far the server's clock is ahead of this one, in milliseconds. */
export interface ShownMatch {
  readonly match: Match | null;
  readonly aheadMs: number;
}

interface Answer {
  readonly match: Match | null;
  readonly now: string;
}

function shown({ match, now }: Answer): ShownMatch {
  return { match, aheadMs: Date.parse(now) - Date.now() };
}

export const matchQuery = (handle: string) =>
  queryOptions({
    queryKey: ['match', handle],
    queryFn: ({ signal }) =>
      api.get<Answer>(`/stages/${encodeURIComponent(handle)}/match`, { signal }).then(shown),
  });

/** What is played now. */
export const matchesQuery = queryOptions({
  queryKey: ['matches'],
  queryFn: async ({ signal }) => {
    const { items, now } = await api.get<{ readonly items: readonly Match[]; readonly now: string }>(
      '/matches',
      { signal },
    );
    return { items, aheadMs: Date.parse(now) - Date.now() };
  },
  refetchInterval: every(5_000),
});

export const ownMatchQuery = queryOptions({
  queryKey: ['own-match'],
  queryFn: ({ signal }) => api.get<Answer>('/me/match', { signal }).then(shown),
});

export const askMatch = (handles: readonly string[]) => api.post('/me/matches', { with: handles });
export const answerMatch = (id: string, answer: 'accepted' | 'declined' | 'withdrawn' | 'stopped') =>
  api.put(`/matches/${id}/${answer}`);

/** In the order of a stage: its own creator first, the others as they came. */
export function ownFirst<One extends { readonly handle: string }>(
  all: readonly One[],
  handle: string,
): One[] {
  return [...all].sort((a, b) => Number(b.handle === handle) - Number(a.handle === handle));
}

/** "Mira leads", "It is a draw". */
export function leadText(sides: readonly MatchSide[]): string {
  const coins = sides.map((side) => BigInt(side.coins.units));
  const first = sides.filter((_side, index) => coins.every((one) => one <= (coins[index] ?? 0n)));
  const [leader] = first;
  return first.length === 1 && leader !== undefined ? `${leader.displayName} leads` : 'Level';
}

/** What became of it, in words. */
export function resultText(match: Match): { readonly title: string; readonly text: string } {
  const name = (handle: string | null) =>
    match.sides.find((side) => side.handle === handle)?.displayName ?? 'Somebody';
  if (match.winner === 'draw') return { title: 'A draw', text: 'Nobody gave in. Well played, all of you.' };
  if (match.winner !== null) {
    return { title: `${name(match.winner)} wins`, text: 'Well played, all of you.' };
  }
  const who = name(match.by);
  const text: Readonly<Record<string, string>> = {
    left: `${who} left. This is how far it came; nobody wins.`,
    live_ended: `${who} ended the live. This is how far it came; nobody wins.`,
    stopped: `${who} stopped it. This is how far it came; nobody wins.`,
  };
  return { title: 'The match ended early', text: text[match.why ?? ''] ?? 'Nobody wins.' };
}
