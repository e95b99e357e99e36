import type { Way as ViewersWay } from './fan-out/server.ts';
import type { Report } from './fan-out/viewers.ts';
import { DESCRIPTORS_APART, needSockets, startProgram } from './program.ts';
import type { Measured, Row } from './row.ts';
import type { Outcome, Run } from './whole-path/load.ts';
import type { Way } from './whole-path/server.ts';

/**
 * The whole path of a gift while a crowd watches: 400 senders give 1,000 gifts a second in a room with 8,000 sockets,
 * each of which is told of them ten times a second. All take deflated frames, as browsers do. Server, senders, viewers and PostgreSQL
 * share the machine.
 */

const SENDERS = 400;
const SOCKETS = 8_000;

/** Milliseconds until 99 of 100 gifts are answered. */
export const giftsIntoCrowd = {
  name: '1,000 gifts/s into a room with 8,000 sockets, acknowledgement p99',
  unit: 'ms',
  bar: 150,
  better: 'lower',
  limits:
    '80,000 writes a second to sockets, from the event loop that takes the gifts in; each gift waits for some turns of it. Small gifts go out as one sum a frame.',
  run: async ({ quick }) => {
    needSockets(SOCKETS + SENDERS);
    return measureCrowded(SOCKETS, quick ? 4 : 12);
  },
} satisfies Row;

/** @throws Error when a gift was refused or a viewer was not told of every one: then the figures mean nothing. */
async function measureCrowded(sockets: number, seconds: number): Promise<Measured> {
  const descriptors = sockets + SENDERS + DESCRIPTORS_APART;
  const server = startProgram('whole-path/server.ts', [String(SENDERS), 'crowd'], descriptors);
  const load = startProgram('whole-path/load.ts', []);
  const viewers = startProgram('fan-out/viewers.ts', [String(sockets)], descriptors);
  try {
    const line = await server.line();
    const { origin, stage, ticketPort } = JSON.parse(line) as Way;
    // The senders' tickets go stale while the crowd comes in: they go first.
    load.stdin.write(`${line}\n`);
    const way: ViewersWay = {
      port: Number(new URL(origin).port),
      stage,
      ticketPort: Number(ticketPort),
      browsers: true,
    };
    viewers.stdin.write(`${JSON.stringify(way)}\n`);
    const entered = await viewers.line();
    if (entered !== 'entered') throw new Error(entered);
    const run: Run = { perSecond: 1_000, seconds, warmUpSeconds: 2 };
    load.stdin.write(`${JSON.stringify(run)}\n`);
    const outcome = JSON.parse(await load.line()) as Outcome;
    if (outcome.refused > 0 || outcome.notShown !== 0) {
      throw new Error(`refused ${outcome.refused}, not shown ${outcome.notShown}`);
    }
    viewers.stdin.write(`${JSON.stringify({ events: [], cores: 0 })}\n`);
    const { lost } = JSON.parse(await viewers.line()) as Report;
    if (lost > 0) throw new Error(`${lost} sockets were closed or not told of the last gift`);
    const { p50, p99, perSecond, shownAfter } = outcome;
    const detail = `p50 ${p50.toFixed(1)} ms, ${Math.round(perSecond)} gifts/s, the last shown ${Math.round(shownAfter)} ms after its answer`;
    return { value: p99, detail };
  } finally {
    load.stdin.end();
    viewers.stdin.end();
    server.stdin.end();
    await Promise.all([load.ended, viewers.ended, server.ended]);
  }
}
