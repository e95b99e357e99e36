import { createInterface } from 'node:readline';
import { ViewerPeer } from '../../server/test/video/peers.ts';

/**
 * Many viewers in one process; what they get is counted, nothing more. For each it prints `{"offer": …}` and reads
 * `{"answer": …}`. After `begin` it counts anew, after `end` it prints what it counted.
 */

const viewers = Number(process.argv[2]);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const peers: ViewerPeer[] = [];
const askedMs: number[] = [];

for (let viewer = 0; viewer < viewers; viewer += 1) {
  const peer = await ViewerPeer.watch(
    async (offer) => {
      askedMs.push(performance.now());
      say({ offer });
      const { value } = await lines.next();
      return (JSON.parse(String(value)) as { answer: string }).answer;
    },
    { keeps: false },
  );
  peers.push(peer);
}
say({ joined: viewers });
await lines.next();
const before = peers.map(({ videoPackets, lost, repeated }) => ({ videoPackets, lost: lost - repeated }));
await lines.next();
const packets = peers.map(({ videoPackets }, index) => videoPackets - (before[index]?.videoPackets ?? 0));
const lost = peers.map((peer, index) => peer.lost - peer.repeated - (before[index]?.lost ?? 0));
say({
  packets: sum(packets),
  lost: sum(lost),
  silent: packets.filter((count) => count === 0).length,
  firstMs: peers
    .map(({ firstMs }, index) => (firstMs ?? Number.POSITIVE_INFINITY) - (askedMs[index] ?? 0))
    .sort((a, b) => a - b),
});
await lines.next();
// Its threads would be waited for; nothing is left to keep.
process.kill(process.pid, 'SIGKILL');

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
