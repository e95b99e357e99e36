import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';

export const SOURCES = ['alerts', 'goal', 'leaderboard', 'match', 'question', 'ticker'] as const;
export type Source = (typeof SOURCES)[number];

/** How one overlay is set: what all have, and what some have beside it. */
export interface OverlaySettings {
  readonly theme: 'dark' | 'light' | 'clear';
  readonly accent: string;
  readonly scale: number;
  readonly position: string;
  readonly minTier?: number;
  readonly minCoins?: number;
  readonly seconds?: number;
  readonly sound?: 'chime' | 'pop' | 'fanfare' | 'none';
  readonly volume?: number;
  readonly text?: string;
  readonly showCoins?: boolean;
  readonly follows?: boolean;
  readonly followText?: string;
  readonly showNumbers?: boolean;
  readonly title?: string;
  readonly rows?: number;
  readonly period?: 'live' | 'day' | 'week' | 'all';
  readonly count?: number;
}

export interface OverlayKey {
  readonly id: string;
  readonly name: string;
  readonly endsWith: string;
  readonly mayTest: boolean;
  readonly madeAt: string;
  readonly seenAt: string | null;
  readonly openNow: boolean;
}

export interface Overlays {
  readonly keys: readonly OverlayKey[];
  readonly settings: Readonly<Record<Source, OverlaySettings>>;
}

export const overlaysQuery = queryOptions({
  queryKey: ['overlays'],
  queryFn: ({ signal }) => api.get<Overlays>('/me/overlays', { signal }),
});

export function makeKey(wish: { name: string; mayTest: boolean }) {
  return api.post<{ key: OverlayKey; token: string }>('/me/overlays/keys', wish);
}

export function revokeKey(id: string) {
  return api.delete<void>(`/me/overlays/keys/${id}`);
}

export function saveSettings(source: Source, settings: OverlaySettings) {
  return api.put<{ settings: OverlaySettings }>(`/me/overlays/${source}`, settings);
}

/** Something that did not happen, for the overlays to show. */
export interface TestWish {
  readonly type: 'gift' | 'follow' | 'goal' | 'supporters' | 'question' | 'match';
  readonly giftId?: string;
  readonly count?: number;
  readonly grows?: boolean;
  readonly nickname?: string;
}

export function sendTest(wish: TestWish) {
  return api.post<unknown>('/stages/test-events', wish);
}
