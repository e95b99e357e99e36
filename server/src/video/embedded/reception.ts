import type { Reception } from './rtcp.ts';
import { ticksBetween, unwrap } from './rtp.ts';

const MISSING_MAX = 500;
/** A packet that did not come after so many requests is given up. */
const REQUESTS_MAX = 10;
const REQUEST_AGAIN_MS = 40;

interface Missing {
  requests: number;
  lastMs: number;
}

/** What comes in of one source of a publisher: what is missing, and what its sender is told. */
export class SourceReception {
  readonly source: number;
  readonly #clock: number;
  readonly #missing = new Map<number, Missing>();
  #highest: number;
  readonly #first: number;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitter = 0;
  #lastTransit: number | undefined;
  #report = { middle: 0, atMs: 0 };

  /** @param clock ticks per second of its timestamps. */
  constructor(source: number, firstSequence: number, clock: number) {
    this.source = source;
    this.#clock = clock;
    this.#first = firstSequence;
    this.#highest = firstSequence - 1;
  }

  /**
   * Notes a packet.
   * @returns its number without beginning again, or `null` when it came before.
   */
  take(sequence: number, timestamp: number, nowMs: number): number | null {
    const number = unwrap(sequence, this.#highest);
    if (number > this.#highest) {
      // After a jump, what lies between is not asked for.
      const from = Math.max(this.#highest + 1, number - MISSING_MAX);
      for (let lost = from; lost < number; lost += 1) this.#missing.set(lost, { requests: 0, lastMs: 0 });
      while (this.#missing.size > MISSING_MAX) {
        this.#missing.delete(this.#missing.keys().next().value as number);
      }
      this.#highest = number;
      this.#measureJitter(timestamp, nowMs);
    } else if (!this.#missing.delete(number)) {
      return null;
    }
    this.#received += 1;
    return number;
  }

  /** What to ask the publisher for again, and whether something was given up. */
  requests(nowMs: number): { readonly sequences: number[]; readonly gaveUp: boolean } {
    const sequences: number[] = [];
    let gaveUp = false;
    for (const [number, missing] of this.#missing) {
      if (nowMs - missing.lastMs < REQUEST_AGAIN_MS) continue;
      if (missing.requests >= REQUESTS_MAX) {
        this.#missing.delete(number);
        gaveUp = true;
        continue;
      }
      missing.requests += 1;
      missing.lastMs = nowMs;
      sequences.push(number & 0xffff);
    }
    return { sequences, gaveUp };
  }

  noteSenderReport(ntp: bigint, nowMs: number): void {
    this.#report = { middle: Number((ntp >> 16n) & 0xffffffffn), atMs: nowMs };
  }

  /** For a receiver report; begins a new interval. */
  report(nowMs: number): Reception {
    const expected = this.#highest - this.#first + 1;
    const [expectedNow, receivedNow] = [
      expected - this.#expectedBefore,
      this.#received - this.#receivedBefore,
    ];
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    const { middle, atMs } = this.#report;
    return {
      source: this.source,
      lostShare: expectedNow <= 0 ? 0 : Math.max(0, (expectedNow - receivedNow) / expectedNow),
      lostTotal: expected - this.#received,
      highestSequence: this.#highest % 2 ** 32,
      jitter: this.#jitter,
      lastReport: middle,
      sinceLastReport: middle === 0 ? 0 : Math.round((nowMs - atMs) * 65.536),
    };
  }

  /** RFC 3550, 6.4.1. */
  #measureJitter(timestamp: number, nowMs: number): void {
    const transit = ticksBetween(timestamp, Math.round((nowMs * this.#clock) / 1_000));
    if (this.#lastTransit !== undefined) {
      const change = Math.abs((transit - this.#lastTransit) | 0);
      this.#jitter += (change - this.#jitter) / 16;
    }
    this.#lastTransit = transit;
  }
}
