import { performance } from 'node:perf_hooks';
import { newId, type Uuid } from '../../server/src/core/ids.ts';
import { accountId, userAccount } from '../../server/src/ledger/chart.ts';
import { legId, transferEvent } from '../../server/src/ledger/event.ts';
import { type Ledger, openLedger } from '../../server/src/ledger/post.ts';
import { dropDatabase, freshDatabase } from './server.ts';

/** What a run of gifts to one creator came to. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How long after the last gift its history was indexed. */
  readonly catchUpMs: number;
}

/**
 * Every sender sends a gift, waits until it is committed on disk, and sends the next. A gift is two linked
 * transfers, fan:coins → coins_spent and diamonds_issued → creator:diamonds_pending, under ids that no gift
 * had before. History is indexed meanwhile.
 */
export async function hotCreator(senders: number, seconds: number): Promise<Load> {
  const db = await freshDatabase();
  const ledger = await openLedger({ db });
  try {
    const creator = accountId(newId(), 'diamonds_pending', 'DIAMOND');
    const fans = Array.from({ length: senders }, () => accountId(newId(), 'coins', 'COIN'));
    await open(ledger, creator, fans);
    await run(ledger, creator, fans, WARM_UP_SECONDS);
    const load = await run(ledger, creator, fans, seconds);
    return { ...load, catchUpMs: await caughtUp(db) };
  } finally {
    await ledger.close();
    await dropDatabase(db);
  }
}

export function detailOf({ p50Ms, p99Ms, catchUpMs }: Load): string {
  return `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, history behind by ${catchUpMs.toFixed(0)} ms at the end`;
}

const WARM_UP_SECONDS = 2;
const COINS_ISSUED = accountId('platform', 'coins_issued', 'COIN');
const COINS_SPENT = accountId('platform', 'coins_spent', 'COIN');
const DIAMONDS_ISSUED = accountId('platform', 'diamonds_issued', 'DIAMOND');

async function open(ledger: Ledger, creator: Uuid, fans: readonly Uuid[]): Promise<void> {
  await ledger.openAccounts([
    { ...userAccount(newId(), 'diamonds_pending', 'DIAMOND'), id: creator },
    ...fans.map((id) => ({ ...userAccount(newId(), 'coins', 'COIN'), id })),
  ]);
  await Promise.all(
    fans.map((to) =>
      ledger.post({
        transfers: [
          transferEvent({
            id: newId(),
            from: COINS_ISSUED,
            to,
            asset: 'COIN',
            units: 1_000_000_000n,
            code: 'coins_issued',
          }),
        ],
      }),
    ),
  );
}

async function run(
  ledger: Ledger,
  creator: Uuid,
  fans: readonly Uuid[],
  seconds: number,
): Promise<Omit<Load, 'catchUpMs'>> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    fans.map(async (fan) => {
      for (let sentAt = performance.now(); sentAt < end; ) {
        await gift(ledger, fan, creator);
        const answeredAt = performance.now();
        latencies.push(answeredAt - sentAt);
        sentAt = answeredAt;
      }
    }),
  );
  const tookMs = performance.now() - start;
  latencies.sort((one, other) => one - other);
  return {
    perSecond: (latencies.length * 1_000) / tookMs,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

async function gift(ledger: Ledger, fan: Uuid, creator: Uuid): Promise<void> {
  const id = newId();
  const posted = await ledger.post({
    transfers: [
      transferEvent({
        id: legId(id, 1),
        from: fan,
        to: COINS_SPENT,
        asset: 'COIN',
        units: 5n,
        code: 'gift',
        reference: id,
      }),
      transferEvent({
        id: legId(id, 2),
        from: DIAMONDS_ISSUED,
        to: creator,
        asset: 'DIAMOND',
        units: 2_500n,
        code: 'gift_earned',
        reference: id,
      }),
    ],
  });
  if (posted.kind !== 'posted') throw new Error(`a gift was not posted: ${JSON.stringify(posted)}`);
}

/** Waits until no full stretch is left to index. */
async function caughtUp(db: Awaited<ReturnType<typeof freshDatabase>>): Promise<number> {
  const start = performance.now();
  for (;;) {
    const [row] = await db.query<{ is_done: boolean }>(
      `select coalesce((select max(until_timestamp) from ledger_marks), 0) <= until_timestamp as is_done
         from ledger_history_head`,
    );
    if (row?.is_done === true) return performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
