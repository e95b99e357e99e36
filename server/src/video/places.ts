/** How many video sessions each person and network has open. A session without either is not counted. */
export class SessionPlaces {
  readonly #most: number;
  readonly #bySession = new Map<string, string>();
  readonly #open = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  get most(): number {
    return this.#most;
  }

  isFull(holder: string | null): boolean {
    return holder !== null && (this.#open.get(holder) ?? 0) >= this.#most;
  }

  take(holder: string | null, session: string): void {
    if (holder === null) return;
    this.#bySession.set(session, holder);
    this.#open.set(holder, (this.#open.get(holder) ?? 0) + 1);
  }

  leave(session: string): void {
    const holder = this.#bySession.get(session);
    if (holder === undefined) return;
    this.#bySession.delete(session);
    const left = (this.#open.get(holder) ?? 1) - 1;
    if (left === 0) this.#open.delete(holder);
    else this.#open.set(holder, left);
  }
}
