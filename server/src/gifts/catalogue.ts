import { hash } from 'node:crypto';
import type { Queryable } from '../db/database.ts';

/** One thing that can be given. Name and price never change for an id. */
export interface CatalogueGift {
  readonly id: string;
  readonly name: string;
  /** 1 Spark, 2 Glow, 3 Shine, 4 Brilliant, 5 Legend. */
  readonly tier: number;
  readonly priceCoins: bigint;
  /** File stem of its picture: the code points of an emoji, `1f339`. */
  readonly art: string;
  readonly tabs: readonly string[];
  readonly keywords: readonly string[];
  /** Included. */
  readonly validFromMs: number;
  /** Not included; `null` = until further notice. */
  readonly validUntilMs: number | null;
}

/** The catalogue as it was read at one moment. */
export interface Catalogue {
  /** Changes when anything in it changes. */
  readonly version: string;
  /** In the order of the tray. */
  readonly gifts: readonly CatalogueGift[];
  readonly byId: ReadonlyMap<string, CatalogueGift>;
}

/** How many of a gift the tray offers at one press. */
export const QUANTITY_PRESETS: readonly number[] = [1, 5, 10, 50];

/** What can be given at an instant. */
export function onTray({ gifts }: Catalogue, nowMs: number): CatalogueGift[] {
  return gifts.filter(
    ({ validFromMs, validUntilMs }) =>
      nowMs >= validFromMs && (validUntilMs === null || nowMs < validUntilMs),
  );
}

/** Reads every gift that ever was on the tray: receipts of old ones still need their names. */
export async function readCatalogue(db: Queryable): Promise<Catalogue> {
  const rows = await db.query<CatalogueRow>(
    `select g.id, g.name, g.tier, g.price_coins, g.art, g.tabs, g.keywords, w.valid_from, w.valid_until
       from gift_catalogue g
       join lateral (select valid_from, valid_until from gift_windows
                      where gift_id = g.id order by no desc limit 1) w on true
      order by g.place, g.id`,
  );
  const gifts = rows.map(
    (row): CatalogueGift => ({
      id: row.id,
      name: row.name,
      tier: row.tier,
      priceCoins: row.price_coins,
      art: row.art,
      tabs: row.tabs,
      keywords: row.keywords,
      validFromMs: row.valid_from.getTime(),
      validUntilMs: row.valid_until?.getTime() ?? null,
    }),
  );
  const version = hash(
    'sha256',
    JSON.stringify(gifts, (_key, value) => (typeof value === 'bigint' ? value.toString() : value)),
    'hex',
  ).slice(0, 16);
  return { version, gifts, byId: new Map(gifts.map((gift) => [gift.id, gift])) };
}

interface CatalogueRow {
  readonly id: string;
  readonly name: string;
  readonly tier: number;
  readonly price_coins: bigint;
  readonly art: string;
  readonly tabs: string[];
  readonly keywords: string[];
  readonly valid_from: Date;
  readonly valid_until: Date | null;
}
