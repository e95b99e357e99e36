import { HOUR_MS } from '../core/clock.ts';
import { publicId } from '../core/ids.ts';
import type { ScheduledLive } from './schedule-store.ts';
import type { NextView } from './schema.ts';

/** Whoever is late is still expected for so long. */
const LATE_MS = 2 * HOUR_MS;

/** An announced live that was to begin after this instant is still to come. */
export function stillToCome(nowMs: number): Date {
  return new Date(nowMs - LATE_MS);
}

/** An announced live as pages show it. */
export function nextView(live: ScheduledLive): NextView {
  return {
    id: publicId('sched', live.id),
    title: live.title,
    startsAt: live.startsAt.toISOString(),
    reminders: live.reminders,
    reminded: live.reminded,
  };
}
