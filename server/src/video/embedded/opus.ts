/** Ticks per second of Opus, whatever it was made from. */
export const OPUS_CLOCK = 48_000;
/** 20 ms of silence. */
export const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
export const SILENCE_TICKS = 960;

/** Ticks that a packet lasts (RFC 6716, 3.1); 0 when it is none. */
export function opusTicks(packet: Buffer): number {
  const head = packet[0];
  if (head === undefined) return 0;
  const frames = [1, 2, 2, (packet[1] ?? 0) & 0x3f][head & 0x03] ?? 0;
  const ticks = frames * frameTicks(head >> 3);
  return ticks <= LONGEST_TICKS ? ticks : 0;
}

const LONGEST_TICKS = 5_760;

function frameTicks(configuration: number): number {
  const step = configuration & 0x03;
  if (configuration < 12) return [480, 960, 1_920, 2_880][step] ?? 0;
  if (configuration < 16) return (configuration & 0x01) === 0 ? 480 : 960;
  return 120 << step;
}
