import type { Work } from './work.ts';

/**
 * The works that wait, in order. Two lanes: works that must run as the very batch they are in (a batch that the
 * database refused is tried again in smaller ones), and all others, which go together as they come.
 */
export class Backlog {
  readonly #batches: Work[][] = [];
  #works: Work[] = [];
  #next = 0;

  get isEmpty(): boolean {
    return this.#batches.length === 0 && this.#next === this.#works.length;
  }

  /** Works that go together as they come. */
  get waiting(): number {
    return this.#works.length - this.#next;
  }

  add(work: Work): void {
    this.#works.push(work);
  }

  /** Puts works back to where they came from: before all others. */
  addFirst(works: readonly Work[]): void {
    this.#works = [...works, ...this.#works.slice(this.#next)];
    this.#next = 0;
  }

  /** Batches to be run next, one at a time and as they are. */
  addBatches(batches: readonly (readonly Work[])[]): void {
    this.#batches.unshift(...batches.filter((batch) => batch.length > 0).map((batch) => [...batch]));
  }

  get hasBatches(): boolean {
    return this.#batches.length > 0;
  }

  takeBatch(): Work[] | undefined {
    return this.#batches.shift();
  }

  /** Takes works in order until they have `limit` events. */
  take(limit: number): Work[] {
    const start = this.#next;
    let events = 0;
    while (this.#next < this.#works.length) {
      events += eventsOf(this.#works[this.#next] as Work);
      if (events > limit && this.#next > start) break;
      this.#next += 1;
    }
    const taken = this.#works.slice(start, this.#next);
    if (this.#next === this.#works.length) {
      this.#works = [];
      this.#next = 0;
    }
    return taken;
  }

  /** Takes every work for which `isDue` holds out of both lanes. */
  takeWhere(isDue: (work: Work) => boolean): Work[] {
    const due: Work[] = [];
    const keep = (work: Work) => {
      if (!isDue(work)) return true;
      due.push(work);
      return false;
    };
    this.#works = this.#works.slice(this.#next).filter(keep);
    this.#next = 0;
    const batches = this.#batches.splice(0).map((batch) => batch.filter(keep));
    this.addBatches(batches);
    return due;
  }
}

function eventsOf(work: Work): number {
  switch (work.kind) {
    case 'chain':
      return work.events.length + work.statements.length;
    case 'open':
      return work.events.length;
    case 'expire':
      return work.pendingIds.length;
  }
}
