import type { Uuid } from '../core/ids.ts';

/** How many people watch which room through one process. */
export type ViewersOfRooms = ReadonlyMap<Uuid, number>;

/**
 * The other processes on this database and who watches through them: as the database said last, and as they said
 * themselves since, which is newer for as long as they go on saying it.
 */
export class Company {
  readonly #believedMs: number;
  #read: ReadonlyMap<Uuid, ViewersOfRooms> = new Map();
  readonly #said = new Map<Uuid, { readonly viewers: Map<Uuid, number>; atMs: number }>();

  /** @param believedMs how long what a process says of itself goes before what the database says of it */
  constructor(believedMs: number) {
    this.#believedMs = believedMs;
  }

  get isEmpty(): boolean {
    return this.#read.size === 0 && this.#said.size === 0;
  }

  /** What the database says of every other process. */
  read(processes: ReadonlyMap<Uuid, ViewersOfRooms>, nowMs: number): void {
    this.#read = processes;
    for (const [id, { atMs }] of this.#said) if (nowMs - atMs > this.#believedMs) this.#said.delete(id);
  }

  /** What a process says of itself: all of its rooms, or those that changed. */
  hear(processId: Uuid, viewers: ViewersOfRooms, isAll: boolean, nowMs: number): void {
    const before = isAll ? undefined : this.#said.get(processId);
    // Some rooms of one that was not heard before: the others wait for what it says next.
    if (before === undefined && !isAll) return;
    const merged = new Map([...(before?.viewers ?? []), ...viewers]);
    this.#said.set(processId, { viewers: merged, atMs: nowMs });
  }

  /** A process said goodbye. */
  forget(processId: Uuid): void {
    this.#said.delete(processId);
    this.#read = new Map([...this.#read].filter(([id]) => id !== processId));
  }

  viewers(roomId: Uuid): number {
    let sum = 0;
    for (const { viewers } of this.#said.values()) sum += viewers.get(roomId) ?? 0;
    for (const [id, viewers] of this.#read) if (!this.#said.has(id)) sum += viewers.get(roomId) ?? 0;
    return sum;
  }
}
