import { detailOf, hotCreator } from './ledger/hot-creator.ts';
import { measurePeer, type Peer, rowAtATime, transactionPerGift } from './ledger/peers.ts';
import { tigerBeetle } from './ledger/tigerbeetle.ts';
import type { Row } from './row.ts';

/** The ledger under gifts to one hot creator, and others doing the same on the same PostgreSQL. */

const LIMITS_OF_MANY =
  'the two cores: Node decides and encodes on one while PostgreSQL writes rows, index and balances on the other, and the history index takes a share of both.';
const LIMITS_OF_FEW =
  'the round trip: a batch is at most as many gifts as there are senders, and each batch pays one commit on disk and one turn of the event loop.';

const seconds = (quick: boolean) => (quick ? 3 : 8);

export const manySenders: Row = {
  name: 'ledger, hot creator, 2,048 senders',
  unit: 'gifts/s',
  bar: 30_000,
  better: 'higher',
  limits: LIMITS_OF_MANY,
  run: async ({ quick }) => {
    const load = await hotCreator(2_048, seconds(quick));
    return { value: load.perSecond, detail: detailOf(load) };
  },
};

export const fewSenders: Row = {
  name: 'ledger, hot creator, 32 senders',
  unit: 'gifts/s',
  bar: 10_000,
  better: 'higher',
  limits: LIMITS_OF_FEW,
  run: async ({ quick }) => {
    const load = await hotCreator(32, seconds(quick));
    return { value: load.perSecond, detail: detailOf(load) };
  },
};

export const fewSendersMedian: Row = {
  name: 'ledger, hot creator, 32 senders, p50',
  unit: 'ms',
  bar: 3,
  better: 'lower',
  limits: LIMITS_OF_FEW,
  run: async ({ quick }) => {
    const load = await hotCreator(32, seconds(quick));
    return { value: load.p50Ms, detail: detailOf(load) };
  },
};

export const againstTransactions: Row = {
  name: 'ledger against one transaction per gift',
  unit: '×',
  bar: 25,
  better: 'higher',
  limits: `${LIMITS_OF_MANY} The peer waits for the row lock of the creator, held over a commit.`,
  run: async ({ quick }) => {
    const peer = await best(transactionPerGift, quick);
    const load = await hotCreator(2_048, seconds(quick));
    const detail = `${Math.round(load.perSecond)} against ${peer.detail}`;
    return { value: load.perSecond / peer.value, detail };
  },
};

export const peerTransactions: Row = {
  name: 'peer: one transaction per gift',
  unit: 'gifts/s',
  bar: null,
  better: 'higher',
  run: ({ quick }) => best(transactionPerGift, quick),
};

export const peerRows: Row = {
  name: 'peer: row-at-a-time ledger in PL/pgSQL',
  unit: 'gifts/s',
  bar: null,
  better: 'higher',
  run: ({ quick }) => best(rowAtATime, quick),
};

/** The peer at the number of connections that suits it best. */
async function best(peer: Peer, quick: boolean) {
  const figures: { connections: number; perSecond: number }[] = [];
  for (const connections of [1, 8, 32]) {
    figures.push({ connections, perSecond: await measurePeer(peer, connections, quick ? 1 : 4) });
  }
  const detail = figures.map(
    ({ connections, perSecond }) => `${Math.round(perSecond)} with ${connections} connections`,
  );
  return { value: Math.max(...figures.map(({ perSecond }) => perSecond)), detail: detail.join(', ') };
}

export const peerTigerBeetleMany: Row = {
  name: 'peer: TigerBeetle from Node, 2,048 senders',
  unit: 'gifts/s',
  bar: null,
  better: 'higher',
  run: ({ quick }) => tigerBeetle(2_048, seconds(quick)),
};

export const peerTigerBeetleFew: Row = {
  name: 'peer: TigerBeetle from Node, 32 senders',
  unit: 'gifts/s',
  bar: null,
  better: 'higher',
  run: ({ quick }) => tigerBeetle(32, seconds(quick)),
};
