import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { sumEntriesAfter } from '../ledger/index.ts';

/** Coins that go back to whoever paid for them. The slice that knows of them stands below this one and registers itself. */
export interface Returns {
  /** Codes of transfers that take Coins of a purchase, or hold them, to give its money back. */
  readonly codes: ReadonlySet<number>;
  /** Of these people, those of whom Coins were ever taken so. */
  peopleTakenFrom(db: Queryable, userIds: readonly Uuid[]): Promise<ReadonlySet<Uuid>>;
}

let returns: Returns | undefined;

/** Says what goes back. Called when the slice that knows it is loaded. */
export function useReturns(known: Returns): void {
  returns = known;
}

/** How many Coins of an account were taken or are held for going back, of all up to an instant. */
export interface TakenUpto {
  readonly coins: bigint;
  /** Nanoseconds since 1970. */
  readonly upto: bigint;
}

export const NOTHING_TAKEN: TakenUpto = { coins: 0n, upto: 0n };

export async function peopleTakenFrom(db: Queryable, userIds: readonly Uuid[]): Promise<ReadonlySet<Uuid>> {
  return (await returns?.peopleTakenFrom(db, userIds)) ?? new Set();
}

/** Reads on from what is known, up to an instant or to the last entry there is. */
export async function takenUpto(
  db: Queryable,
  accountId: Uuid,
  known: TakenUpto,
  instant: bigint | null,
): Promise<TakenUpto> {
  let { coins, upto } = known;
  for (;;) {
    const { sums, last } = await sumEntriesAfter(db, accountId, upto, instant ?? FOREVER, READ_AT_ONCE);
    if (last === null) return { coins, upto: instant ?? upto };
    for (const { code, isDebit, posted, heldDebit } of sums) {
      if (isDebit && returns?.codes.has(code)) coins += heldDebit - posted;
    }
    upto = last;
  }
}

const READ_AT_ONCE = 8_192;
const FOREVER = 9_223_372_036_854_775_807n;
