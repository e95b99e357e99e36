import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import { giftArt } from '../art/gifts.ts';
import type { Amount } from '../ui/amounts.ts';

export interface CatalogueGift {
  readonly id: string;
  readonly name: string;
  readonly art: string;
  /** 1 Spark, 2 Glow, 3 Shine, 4 Brilliant, 5 Legend. */
  readonly tier: number;
  readonly price: Amount;
  /** The price in real money, rounded up to a cent. */
  readonly money: Amount;
  /** What the creator gets for one. */
  readonly creatorGets: Amount;
  readonly streakable: boolean;
  /** Held, confirmed, and undone for some seconds. */
  readonly dear: boolean;
  readonly tabs: readonly string[];
  readonly keywords: readonly string[];
}

export interface Catalogue {
  readonly version: string;
  readonly gifts: readonly CatalogueGift[];
}

/** The tray's gifts. Kept for ten minutes: what was on the tray stays there while the line is down. */
export const catalogueQuery = queryOptions({
  queryKey: ['gifts', 'catalogue'],
  queryFn: ({ signal }) => api.get<Catalogue>('/gifts/catalogue', { signal }),
  staleTime: 60_000,
  gcTime: 600_000,
});

/** Gets the gifts, and the pictures of the first tab, before the tray is opened: by then the line may be down. */
export async function prefetchGifts(): Promise<void> {
  await queryClient.prefetchQuery(catalogueQuery);
  const catalogue = queryClient.getQueryData(catalogueQuery.queryKey);
  if (catalogue === undefined) return;
  const [first = ''] = tabsOf(catalogue);
  for (const { art, tabs } of catalogue.gifts) {
    if (tabs.includes(first)) new Image().src = giftArt(art).src;
  }
}

const TAB_NAMES: Readonly<Record<string, string>> = { for_you: 'For you', classic: 'Classic', luxe: 'Luxe' };

export function tabName(tab: string): string {
  return TAB_NAMES[tab] ?? tab.charAt(0).toUpperCase() + tab.slice(1).replaceAll('_', ' ');
}

/** The tabs of a catalogue in the order in which its gifts name them. */
export function tabsOf(catalogue: Catalogue): string[] {
  return [...new Set(catalogue.gifts.flatMap((gift) => gift.tabs))];
}
