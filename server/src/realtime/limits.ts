import type { HubLimits } from './hub.ts';
import { FRAMES_PER_SECOND } from './pace.ts';

/** A client's message may be this long; gifts and chat lines need a tenth of it. */
export const MESSAGE_BYTES_MAX = 16 * 1024;

/** Events that a returning client is sent at once; whoever missed more starts from the stage as it is. */
export const MISSED_EVENTS_MAX = 500;

export const DEFAULT_LIMITS: HubLimits = {
  socketsMax: 10_000,
  // What the configuration says, where there is one.
  socketsPerNetworkMax: 500,
  // A thumb taps a combo 15 times a second at most.
  messagesPerSecond: 50,
  messagesAtOnce: 150,
  roomsPerSocketMax: 8,
  heartbeatMs: 20_000,
  framesPerSecond: FRAMES_PER_SECOND,
  viewersMs: 1_000,
  pollAloneMs: 1_000,
  pollInCompanyMs: 100,
  presenceMs: 2_000,
};
