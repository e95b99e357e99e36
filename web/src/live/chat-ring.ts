import type { ChatLine, Quote } from '../realtime/frames.ts';

/** One row of the chat. */
export type Row =
  | {
      readonly kind: 'chat';
      readonly id: string;
      readonly user: ChatLine['user'];
      readonly text: string;
      /** What it answers. */
      readonly replyTo?: Quote | undefined;
      /** One's own line: on its way, not sent (with the reason), or said. */
      readonly state: 'said' | 'sending' | 'unsent';
      readonly why?: string;
    }
  | {
      readonly kind: 'gift';
      readonly id: string;
      readonly handle: string;
      readonly nickname: string;
      readonly avatar: string;
      readonly giftName: string;
      readonly art: string;
      readonly tier: number;
      readonly count: number;
      /** Whom it was for, when it was a guest. */
      readonly to?: string | undefined;
    }
  | {
      /** In a crowd of gifts: the small ones that came together. */
      readonly kind: 'small';
      readonly id: string;
      readonly gifts: readonly { readonly giftName: string; readonly art: string; readonly count: number }[];
    }
  | { readonly kind: 'note'; readonly id: string; readonly text: string }
  | ({ readonly kind: 'thanks'; readonly id: string } & ShoutOut);

/** The creator thanked somebody for a gift. */
export interface ShoutOut {
  readonly seq: number;
  readonly host: string;
  /** Who is thanked; without handle and picture when they are in no ranking by name. */
  readonly to: {
    readonly handle: string | null;
    readonly displayName: string;
    readonly avatar: string | null;
  };
  readonly giftName: string;
  readonly art: string;
  readonly count: number;
}

/** The rows of the chat, the newest last. */
export interface ChatRows {
  /** How many rows came before the first and are no longer kept. */
  readonly before: number;
  readonly rows: readonly Row[];
}

const ROWS_MAX = 500;

/** The last 500 rows of a chat, and what is shown of them: that changes when it is told to, and not with each row. */
export class ChatRing {
  #rows: readonly Row[];
  /** Rows that are no longer in the ring. */
  #before = 0;
  #shown: ChatRows;
  /** Lines that were taken down; one may still arrive. */
  readonly #gone = new Set<string>();

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    this.#shown = { before: 0, rows };
  }

  shown = (): ChatRows => this.#shown;

  /** Shows the rows as they are now. */
  show(): void {
    if (this.#shown.rows !== this.#rows) this.#shown = { before: this.#before, rows: this.#rows };
  }

  last(): Row | undefined {
    return this.#rows.at(-1);
  }

  push(row: Row): void {
    if (this.#rows.length === ROWS_MAX) this.#before += 1;
    this.#rows = [...this.#rows.slice(-(ROWS_MAX - 1)), row];
  }

  /** In the place of the row with its id, or as the newest. */
  put(row: Row): void {
    const known = this.#rows.findLastIndex(({ id }) => id === row.id);
    if (known >= 0) this.#rows = this.#rows.with(known, row);
    else this.push(row);
  }

  change(id: string, how: (row: Row) => Row): void {
    this.#rows = this.#rows.map((row) => (row.id === id ? how(row) : row));
  }

  /** A line that somebody said. False for one that is there already, or was taken down. */
  hear(row: Row): boolean {
    if (this.#gone.has(row.id) || this.#has(row.id)) return false;
    this.push(row);
    return true;
  }

  /** One's own line was said: it is the one of this id now, unless that was heard before. */
  said(key: string, id: string): void {
    if (this.#has(id)) this.#rows = this.#rows.filter((row) => row.id !== key);
    else this.change(key, (row) => (row.kind === 'chat' ? { ...row, id, state: 'said' } : row));
  }

  /** Lines that the creator or a moderator took down are gone, and so is what quotes them. `ofUser`: all of theirs as well. */
  takeDown(lineIds: readonly string[], ofUser: unknown): void {
    const ids = new Set(lineIds);
    for (const row of this.#rows) if (row.kind === 'chat' && row.user.id === ofUser) ids.add(row.id);
    for (const id of ids) this.#gone.add(id);
    this.#rows = this.#rows
      .filter((row) => !ids.has(row.id))
      .map((row) =>
        row.kind === 'chat' && row.replyTo !== undefined && ids.has(row.replyTo.id)
          ? { ...row, replyTo: undefined }
          : row,
      );
  }

  #has(id: string): boolean {
    return this.#rows.some((row) => row.id === id);
  }
}
