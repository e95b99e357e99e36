import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { HowLine } from '../http/schemas.ts';
import type { Transfer } from '../ledger/index.ts';

/** Where a line of the statement leads. `id` is public: `gift_…`, `order_…`. */
export interface EntryLink {
  readonly type: 'gift' | 'order' | 'question' | 'withdrawal' | 'transfer';
  readonly id: string;
}

/** `pending`: not yet spendable. `settled`: final. `reversed`: taken back by a later entry. */
export type EntryStatus = 'settled' | 'pending' | 'reversed';

/** Several transfers that a person did as one thing. */
export interface EntryGroup {
  /** Public: `streak_…`. */
  readonly id: string;
  /** "Rose to Mira": what all of them were. */
  readonly title: string;
  /** How many of it this entry is. */
  readonly count: number;
}

/** Coins that somebody spent on a creator, so that a statement can say where the fan's money went. */
export interface Spent {
  /** Whose Coins, and the transfer that debited them: what was paid for them is found by their place in history. */
  readonly payerId: Uuid;
  readonly coinTransferId: Uuid;
  readonly coins: bigint;
  /** What the creator got, in Diamond units. */
  readonly creatorUnits: bigint;
}

/** What a transfer takes back of something that was spent on a creator before. */
export interface TakenPart {
  /** The transfer by which the creator had got it. */
  readonly earnedTransferId: Uuid;
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  /** What had been taken back of the same before. */
  readonly coinsBefore: bigint;
  readonly unitsBefore: bigint;
}

/** Money paid for what a transfer credited. */
export interface Bought {
  readonly priceCents: bigint;
  /** What the provider kept of it. */
  readonly feeCents: bigint;
}

/** Money paid for what a transfer took. */
export interface PaidOut {
  readonly method: string;
  readonly grossCents: bigint;
  readonly feeCents: bigint;
  readonly taxCents: bigint;
  readonly netCents: bigint;
  /** ISO 4217, and what was sent in its smallest unit. */
  readonly currency: string;
  readonly payoutMinor: bigint;
}

/** The published versions by which a number can be computed again. */
export interface Versions {
  readonly policy: number;
  readonly rate: number | null;
  readonly fiat?: number | null;
}

/** What one transfer was, in words for the person who looks at it. */
export interface EntryDescription {
  /** "Rose ×12 to Mira", "219 Coins bought". Names are as the viewer may see them. */
  readonly title: string;
  /** A second, quieter line; empty when there is nothing to add. */
  readonly detail: string;
  /** Code points of its picture, where it has one. */
  readonly art?: string | null;
  /** What it is a part of, such as a streak: a screen shows entries of one group as one. */
  readonly group?: EntryGroup | null;
  readonly status: EntryStatus;
  /** The exact price in cents where it is known (what was paid); `null` lets the wallet price it by the policy. */
  readonly moneyCents: bigint | null;
  readonly link: EntryLink | null;
  /** How the amount was made, in order; shown on the receipt. */
  readonly how: readonly HowLine[];
  /** By which versions. */
  readonly versions?: Versions | null;
  /** What a statement needs to say where money came from or went; at most one of these. */
  readonly spent?: Spent | null;
  readonly bought?: Bought | null;
  readonly paidOut?: PaidOut | null;
  readonly takesBack?: readonly TakenPart[] | null;
  /** Earlier transfers that it takes back, wholly or in part: a statement names their months. */
  readonly corrects?: readonly Uuid[];
}

/** Says what transfers were. Registered by the slice that posts them. */
export interface Describer {
  /** The word by which a person filters: `purchase`, `gift`. One kind may serve several codes. */
  readonly kind: string;
  /**
   * Describes many transfers in a fixed number of questions to the database.
   * A transfer left out of the answer is shown by its kind alone.
   */
  describe(db: Queryable, transfers: readonly Transfer[]): Promise<ReadonlyMap<Uuid, EntryDescription>>;
}

const describers = new Map<number, Describer>();

/**
 * Registers who describes the transfers with this code (`TransferCodes`). Called once per code when a slice
 * is loaded; the wallet stands above the slices that post, so it asks through this list and imports none of them.
 */
export function describeTransfers(code: number, describer: Describer): void {
  const known = describers.get(code);
  if (known !== undefined && known !== describer) throw new Error(`transfer code ${code} is described twice`);
  describers.set(code, describer);
}

/** The word for transfers with this code; `transfer` when nobody has registered one. */
export function kindOf(code: number): string {
  return describers.get(code)?.kind ?? 'transfer';
}

/** Every kind a statement can be filtered by, in alphabetical order. */
export function entryKinds(): string[] {
  return [...new Set([...describers.values()].map((describer) => describer.kind))].sort();
}

/** Describes a page of transfers: one call per describer, however many transfers there are. */
export async function describeAll(
  db: Queryable,
  transfers: readonly Transfer[],
): Promise<ReadonlyMap<Uuid, EntryDescription>> {
  const byDescriber = new Map<Describer, Transfer[]>();
  for (const transfer of transfers) {
    const describer = describers.get(transfer.code);
    if (describer === undefined) continue;
    const own = byDescriber.get(describer);
    if (own === undefined) byDescriber.set(describer, [transfer]);
    else own.push(transfer);
  }
  const descriptions = new Map<Uuid, EntryDescription>();
  for (const [describer, own] of byDescriber) {
    for (const [id, description] of await describer.describe(db, own)) descriptions.set(id, description);
  }
  return descriptions;
}
