import { performance } from 'node:perf_hooks';
import { matureGifts } from '../../src/gifts/index.ts';
import { shopOf } from '../../src/purchases/index.ts';
import { findWhatWentBack, reconcileDays } from '../../src/purchases/reconciliation/reconcile.ts';
import { makeFormulaRate } from '../../src/rates/index.ts';
import { keepReserve } from '../../src/refunds/keep-reserve.ts';
import { makeTiers } from '../../src/tiers/make-tiers.ts';
import { dropLeftovers } from '../../src/withdrawals/providers/drop-leftovers.ts';
import { lookBack } from '../../src/withdrawals/providers/look-back.ts';
import { reconcilePayoutDays } from '../../src/withdrawals/providers/reconcile-payouts.ts';
import { lookAtSetUps } from '../../src/withdrawals/providers/set-up.ts';
import type { Asked } from '../server-process.ts';
import { testHouse } from '../test-house.ts';
import { SENDERS } from '../withdrawal-scene.ts';
import type { ToHouse } from './platform.ts';

/**
 * The house of a story, in a process of its own that the story kills: `DATABASE_URL SESSION_SECRET WEBHOOK_SECRET NOW_MS`.
 * Prints its address. Its clock goes on by itself and is set by the story, which also says when the jobs have their turn
 * that come only every few minutes: in a story such minutes are over at once.
 */
const [, , databaseUrl = '', session = '', webhook = '', nowMs = '0'] = process.argv;
let fromMs = Number(nowMs);
let sinceMs = performance.now();
const clock = { now: () => Math.floor(fromMs + performance.now() - sinceMs) };

const { house, origin } = await testHouse({
  databaseUrl,
  clock,
  config: { payouts: SENDERS, secrets: { session, webhook } },
});

const RARE_JOBS: readonly (() => Promise<unknown>)[] = [
  () => matureGifts(house),
  () => makeTiers(house),
  () => makeFormulaRate(house),
  () => findWhatWentBack(shopOf(house)),
  () => reconcileDays(shopOf(house)),
  () => reconcilePayoutDays(house),
  () => keepReserve(house),
  () => lookAtSetUps(house),
  () => lookBack(house),
  () => dropLeftovers(house),
];

process.on('message', (asked: Asked) => {
  answer(asked.said as ToHouse).then((said) => process.send?.({ number: asked.number, said }));
});
console.log(origin);

/** What failed of it, as a job that fails is tried again at its next turn. */
async function answer(said: ToHouse): Promise<readonly string[]> {
  if (said.turn === 'clock') {
    fromMs = said.toMs;
    sinceMs = performance.now();
    return [];
  }
  const failed: string[] = [];
  for (const job of RARE_JOBS) await job().catch((error: Error) => failed.push(`${error.stack}`));
  return failed;
}
