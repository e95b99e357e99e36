import { OPUS_CLOCK } from './opus.ts';
import { ticksBetween } from './rtp.ts';
import type { Stream } from './stream.ts';

/** A moment as a publisher's report tells it: the clock on its wall, and the timestamp of the track then. */
export interface Moment {
  /** 32 bits of seconds, 32 bits of parts. */
  readonly ntp: bigint;
  readonly timestamp: number;
}

/** Reports that disagree with when packets come by more than this are not believed. */
const BELIEVED_WITHIN_MS = 2_000;

/**
 * The sound's timestamp that belongs to one of the picture: from the publisher's reports, and as long as there are none from
 * when both came; `undefined` where there is no sound.
 */
export function soundAt(
  timestamp: number,
  video: Stream,
  audio: Stream,
  moments: ReadonlyMap<string, Moment>,
): { readonly timestamp: number; readonly isReported: boolean } | undefined {
  const [picture, sound] = [video.last, audio.last];
  if (picture === undefined || sound === undefined || audio.reception === undefined) return undefined;
  const cameMs = picture.atMs + ticksBetween(picture.timestamp, timestamp) / (video.clock / 1_000);
  const byArrival = ticksOn(sound.timestamp, cameMs - sound.atMs);
  const [seen, heard] = [moments.get('video'), moments.get('audio')];
  if (seen === undefined || heard === undefined) return { timestamp: byArrival, isReported: false };
  const wallMs =
    millisecondsBetween(heard.ntp, seen.ntp) +
    ticksBetween(seen.timestamp, timestamp) / (video.clock / 1_000);
  const reported = ticksOn(heard.timestamp, wallMs);
  const apartMs = Math.abs(ticksBetween(reported, byArrival)) / (OPUS_CLOCK / 1_000);
  if (apartMs > BELIEVED_WITHIN_MS) return { timestamp: byArrival, isReported: false };
  return { timestamp: reported, isReported: true };
}

function ticksOn(timestamp: number, ms: number): number {
  return (timestamp + Math.round(ms * (OPUS_CLOCK / 1_000))) >>> 0;
}

function millisecondsBetween(from: bigint, to: bigint): number {
  return (Number(to - from) / 2 ** 32) * 1_000;
}
