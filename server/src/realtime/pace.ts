/** Frames a second that one room may cost: a core writes about 100,000 at most, and a fifth is left for all else. */
export const FRAMES_PER_SECOND = 80_000;
const HZ_MIN = 2;
const HZ_MAX = 10;

/** Milliseconds between two frames of a room with this many sockets: 100 up to 8,000 sockets, 500 from 40,000 on. */
export function tickMs(sockets: number, framesPerSecond: number = FRAMES_PER_SECOND): number {
  const hz = Math.min(HZ_MAX, Math.max(HZ_MIN, framesPerSecond / Math.max(1, sockets)));
  return 1_000 / hz;
}

/** What a socket with this many bytes waiting is given: everything, only what must not be missed, or the door. */
export function laneFor(waitingBytes: number): 'all' | 'events' | 'close' {
  if (waitingBytes > CLOSE_OVER_BYTES) return 'close';
  return waitingBytes > EVENTS_ONLY_OVER_BYTES ? 'events' : 'all';
}

export const EVENTS_ONLY_OVER_BYTES = 256 * 1024;
export const CLOSE_OVER_BYTES = 1024 * 1024;
