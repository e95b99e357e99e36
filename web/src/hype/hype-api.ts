import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { RoomEvent } from '../realtime/frames.ts';
import { type Amount, groupDigits } from '../ui/amounts.ts';
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

/** `3 supporters` */
export function supportersText({ supporters }: Pick<Hype, 'supporters'>): string {
  return `${supporters} ${supporters === 1 ? 'supporter' : 'supporters'}`;
}

/** How far it came, and with whom. */
export function farText(hype: Hype): string {
  const far = hype.full ? 'all five levels' : `level ${hype.level}`;
  const coins = BigInt(hype.total.units);
  return `${far}, ${groupDigits(coins)} ${coins === 1n ? 'Coin' : 'Coins'} by ${supportersText(hype)}`;
}

/** The one that came furthest, in a sentence. */
export function bestText(best: Hype): string {
  return `Best so far: ${farText(best)}.`;
}
