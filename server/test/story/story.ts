import type { Uuid } from '../../src/core/ids.ts';
import type { Random } from '../../src/core/random.ts';
import type { Answer } from '../test-house.ts';
import type { Platform, Someone } from './platform.ts';

/** A Saturday; the story's first full day is the first of November. */
export const BEGIN_MS = Date.UTC(2026, 9, 31, 8);

/** How much happens in a story. */
export interface Size {
  readonly days: number;
  readonly maturityDays: number;
  readonly fans: number;
  readonly creators: number;
  /** Things that people do in an hour in which they do something. */
  readonly actsAnHour: number;
  /** Hours of a day in which they do. */
  readonly hours: number;
  /** Of all calls to the companies, how many go wrong, in the worst case; 0 = none. */
  readonly faults: number;
  readonly kills: number;
}

export interface StageOf {
  readonly creator: Someone;
  readonly stageId: string;
  /** Another one once its creator gave it again. */
  account: AccountOf | null;
}

export interface AccountOf {
  readonly id: string;
  readonly method: 'sepa' | 'ach' | 'manual' | 'stripe' | 'btcpay' | 'paypal';
}

/** A gift that was acknowledged to whoever gave it. */
export interface GivenGift {
  readonly id: string;
  readonly from: Uuid;
  readonly to: Uuid;
}

export interface OrderOf {
  readonly fan: Someone;
  readonly id: string;
  readonly method: string;
  readonly at: number;
}

/** Everybody in it, what they know of what they did, and what went otherwise than it may. */
export class Story {
  readonly platform: Platform;
  readonly random: Random;
  readonly seed: number;
  readonly size: Size;
  readonly fans: Someone[] = [];
  readonly stages: StageOf[] = [];
  /** Two: neither does alone what takes two. */
  readonly operators: Someone[] = [];
  readonly catalogue: { readonly id: string; readonly coins: bigint; readonly streakable: boolean }[] = [];
  /** Packs of Coins that most can pay. */
  readonly packs: string[] = [];
  readonly orders: OrderOf[] = [];
  /** Orders that had no page yet when they were made. */
  readonly unopened: OrderOf[] = [];
  /** Invoices that nobody paid in time. */
  readonly left: { readonly order: OrderOf; readonly url: string }[] = [];
  readonly given: GivenGift[] = [];
  readonly counts = new Map<string, number>();
  /** Answers that nobody should get. */
  readonly wrong: string[] = [];
  acts = 0;

  constructor(platform: Platform, random: Random, seed: number, size: Size) {
    this.platform = platform;
    this.random = random;
    this.seed = seed;
    this.size = size;
  }

  get now(): number {
    return this.platform.now();
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Whether it was done. It may be refused for these reasons; anything else is a fault. */
  took(what: string, answer: Answer, mayBeRefused: readonly string[]): boolean {
    if (answer.status < 300) {
      this.count(what);
      return true;
    }
    const code = String(answer.body?.code);
    if (!mayBeRefused.includes(code)) {
      this.wrong.push(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    this.count(`${what}: ${code}`);
    return false;
  }
}
