import { DAY_MS } from '../core/clock.ts';
import type { Policy } from '../policy/index.ts';

/** Why something becomes available later than others. */
export type DelayReason = 'new_payer';

/** When what was earned at an instant becomes available; instants are milliseconds since 1970. */
export interface Clearing {
  readonly maturesAtMs: number;
  /** `null`: on the usual date. */
  readonly delay: {
    readonly reason: DelayReason;
    /** When it would be due like others. */
    readonly usualAtMs: number;
    /** Fixed now: nothing may be later, whatever happens. */
    readonly latestAtMs: number;
  } | null;
}

/** What is known of whoever pays. */
export interface Payer {
  /** All the Coins they have given, with what they give now. */
  readonly givenCoins: bigint;
  /** When their first payment arrived; `null` when they never paid. */
  readonly firstPaidAtMs: number | null;
}

/** Whether it must be known when somebody first paid: only of those who have given so much. */
export function mayDelay({ clearing }: Pick<Policy, 'clearing'>, givenCoins: bigint): boolean {
  return clearing.isOn && givenCoins >= clearing.fromCoins;
}

/**
 * The date on which something earned now becomes available. A fan whose first payment is young and who has given much
 * since makes it later: never earlier than the usual date, never later than the latest one.
 */
export function clearingOf(
  policy: Pick<Policy, 'clearing' | 'diamonds'>,
  payer: Payer,
  earnedAtMs: number,
): Clearing {
  const { newPayerMs, extraMs, latestMs } = policy.clearing;
  const usualAtMs = earnedAtMs + policy.diamonds.maturityDays * DAY_MS;
  const latestAtMs = earnedAtMs + latestMs;
  const maturesAtMs = Math.min(usualAtMs + extraMs, latestAtMs);
  const isNewPayer = payer.firstPaidAtMs !== null && earnedAtMs - payer.firstPaidAtMs < newPayerMs;
  if (!mayDelay(policy, payer.givenCoins) || !isNewPayer || maturesAtMs <= usualAtMs) {
    return { maturesAtMs: usualAtMs, delay: null };
  }
  return { maturesAtMs, delay: { reason: 'new_payer', usualAtMs, latestAtMs } };
}
