import { amountJson } from '../core/money.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import { type RankedSupporter, type RankPeriod, rankedSupporters, standingOf } from '../gifts/index.ts';
import type { House } from '../house.ts';
import type { Principal } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { nameInRanks, peopleByIds } from '../identity/index.ts';
import { stageNamed } from '../live/index.ts';
import { coinsToNext, type ListAt, listAt } from './rules.ts';
import type { SupportersAnswer } from './schema.ts';

/**
 * One page of who gave a creator most in a period, with the asker's own place.
 * Refuses with `not_found` when nobody by that name has a stage, or `invalid_request` (cursor).
 */
export async function listSupporters(
  house: House,
  handle: string,
  asker: Principal,
  asked: { readonly period: RankPeriod; readonly cursor?: string; readonly limit: number },
): Promise<SupportersAnswer> {
  const stage = await stageNamed(house, handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const at = listAt(asked.period, stage, house.clock.now());
  const askerId = asker.kind === 'user' && asker.userId !== stage.creatorId ? asker.userId : null;
  const place = readPlace(asked.cursor, at.key);
  const page = await readPage(house, at, place, asked.limit, askerId);
  const shown = page.rows.slice(0, asked.limit);
  const last = shown.at(-1);
  const people = await peopleByIds(house.db, [
    ...shown.map(({ senderId }) => senderId),
    ...(askerId === null ? [] : [askerId]),
  ]);
  const { own } = page;
  return {
    period: asked.period,
    since: at.sinceMs === null ? null : new Date(at.sinceMs).toISOString(),
    items: shown.map(({ senderId, coins, diamondUnits }, index) => ({
      rank: place.rank + index + 1,
      ...nameInRanks(people.get(senderId)),
      coins: amountJson('COIN', coins),
      diamonds: amountJson('DIAMOND', diamondUnits),
      you: senderId === askerId,
    })),
    nextCursor:
      page.rows.length > asked.limit && last !== undefined
        ? encodeCursor([at.key, `${last.coins}`, `${last.reached}`, place.rank + shown.length])
        : null,
    you:
      askerId === null
        ? null
        : {
            rank: own?.place ?? null,
            coins: amountJson('COIN', own?.coins ?? 0n),
            diamonds: amountJson('DIAMOND', own?.diamondUnits ?? 0n),
            toNext: toNextJson(coinsToNext(own)),
            inRanks: people.get(askerId)?.inRanks ?? true,
          },
  };
}

/** The page and the asker's place as of one instant. */
async function readPage(
  { db }: House,
  { list }: ListAt,
  { after }: Place,
  limit: number,
  askerId: string | null,
) {
  if (list === null) return { rows: [], own: undefined };
  return db.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return {
      rows: await rankedSupporters(tx, list, { after, limit: limit + 1 }),
      own: askerId === null ? undefined : await standingOf(tx, list, askerId),
    };
  });
}

/** Where a page begins. */
export interface Place {
  /** The rank before the page's first. */
  readonly rank: number;
  readonly after: Pick<RankedSupporter, 'coins' | 'reached'> | null;
}

/** The place that a cursor of this list names; the first without one. Refuses one of another list. */
export function readPlace(cursor: string | undefined, listKey: string): Place {
  if (cursor === undefined) return { rank: 0, after: null };
  const [key, coins, reached, rank] = decodeCursor(cursor, 4) ?? [];
  if (key !== listKey || !isDigits(coins) || !isDigits(reached) || !Number.isSafeInteger(rank)) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave, or the period has ended since' },
      '/cursor',
    );
  }
  return { rank: rank as number, after: { coins: BigInt(coins), reached: BigInt(reached) } };
}

function isDigits(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9][0-9]{0,18}$/.test(value);
}

function toNextJson(coins: bigint | null) {
  return coins === null ? null : amountJson('COIN', coins);
}
