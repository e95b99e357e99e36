import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { RoomEvent } from '../realtime/frames.ts';
import type { Amount } from '../ui/amounts.ts';
import type { HowLine } from '../ui/How.tsx';

export interface Hype {
  readonly id: string;
  readonly state: 'running' | 'ended';
  /** The level that fills now, 1 to 5. */
  readonly level: number;
  readonly percent: number;
  readonly full: boolean;
  readonly progress: Amount;
  readonly goal: Amount;
  readonly total: Amount;
  readonly supporters: number;
  readonly endsAt: string;
}

export interface Contribution {
  readonly rank: number;
  /** `null`: they are in no ranking by name. */
  readonly handle: string | null;
  readonly displayName: string;
  readonly avatar: string | null;
  readonly coins: Amount;
}

export interface StageHype {
  readonly live: boolean;
  readonly on: boolean;
  readonly running: Hype | null;
  readonly last: Hype | null;
  readonly best: Hype | null;
  readonly contributions: readonly Contribution[];
  readonly yours: Amount;
  /** Different people who gave lately, where none runs. */
  readonly warm: number;
  readonly restsUntil: string | null;
  readonly rules: { readonly supportersNeeded: number; readonly how: readonly HowLine[] };
}

export const hypeQuery = (handle: string) =>
  queryOptions({
    queryKey: ['hype', handle],
    queryFn: ({ signal }) => api.get<StageHype>(`/stages/${encodeURIComponent(handle)}/hype`, { signal }),
  });

export const switchHype = (on: boolean) => api.put<StageHype>('/me/stage/hype', { on });

/** What the room tells of a hype. */
export interface ToldHype extends Hype {
  readonly moment: 'started' | 'running' | 'levelUp' | 'ended';
  /** It ended, and no other one of the stage came so far. */
  readonly isBest: boolean;
}

/** The event `hype`, see docs/events.md. */
export function toldHype(event: RoomEvent): ToldHype {
  const coins = (units: unknown): Amount => ({ asset: 'COIN', units: String(units), display: '' });
  return {
    id: String(event.hypeId),
    state: event.state === 'ended' ? 'ended' : 'running',
    level: Number(event.level),
    percent: Number(event.percent),
    full: event.full === true,
    progress: coins(event.progressCoins),
    goal: coins(event.goalCoins),
    total: coins(event.totalCoins),
    supporters: Number(event.supporters),
    endsAt: String(event.endsAt),
    moment: event.state as ToldHype['moment'],
    isBest: event.best === true,
  };
}

/** The one that came furthest, in a sentence. */
export function bestText({ level, full, total, supporters }: Hype): string {
  return `Best so far: ${full ? 'all five levels' : `level ${level}`}, ${total.display} by ${supporters} supporters.`;
}
