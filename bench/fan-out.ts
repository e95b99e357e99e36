import type { Report } from './fan-out/viewers.ts';
import { DESCRIPTORS_APART, needSockets, startProgram } from './program.ts';
import type { Row } from './row.ts';

/**
 * One room, many sockets: a frame of 500 B to 2 kB ten times a second, timed from the moment an event is published to
 * the moment each socket has read it. The server is the hub with its database, as the house runs it; the viewers are
 * another process on the same machine, half of them with permessage-deflate and half without.
 */

const SOCKETS = 8_000;

/** Milliseconds from publishing until 99 of 100 sockets have the frame. */
export const fanOut = {
  name: 'fan-out to 8,000 sockets at 10 Hz, p99',
  unit: 'ms',
  bar: 150,
  better: 'lower',
  limits: 'One write per socket and frame; the viewers read on the same two cores.',
  run: async ({ quick }) => {
    needSockets(SOCKETS);
    const { p50, p99, max, serverCores, viewerCores, megabitsPerSecond } = await measureFanOut(
      SOCKETS,
      quick ? 4 : 12,
    );
    const detail = `p50 ${p50} ms, max ${max} ms, server ${serverCores} and viewers ${viewerCores} of a core, ${megabitsPerSecond} Mbit/s`;
    return { value: p99, detail };
  },
} satisfies Row;

/**
 * Runs so many sockets for so many seconds against a fresh server.
 * @throws Error when the machine does not allow so many sockets, or when a socket missed a frame.
 */
export async function measureFanOut(sockets: number, seconds: number): Promise<Report> {
  const descriptors = sockets + DESCRIPTORS_APART;
  const server = startProgram('fan-out/server.ts', [String(seconds)], descriptors);
  const viewers = startProgram('fan-out/viewers.ts', [String(sockets)], descriptors);
  try {
    viewers.stdin.write(`${await server.line()}\n`);
    const entered = await viewers.line();
    if (entered !== 'entered') throw new Error(entered);
    server.stdin.write('begin\n');
    // What was published when, once all of it was.
    viewers.stdin.write(`${await server.line()}\n`);
    const report = JSON.parse(await viewers.line()) as Report;
    if (report.missed > 0) throw new Error(`${report.missed} frames did not arrive`);
    if (report.lost > 0) throw new Error(`${report.lost} sockets were lost`);
    return report;
  } finally {
    viewers.stdin.end();
    server.stdin.end();
    await Promise.all([viewers.ended, server.ended]);
  }
}
