import { parentPort, workerData } from 'node:worker_threads';
import type { Policy } from '../../policy/index.ts';
import type { SimulationInputs } from '../inputs.ts';
import type { SimulationResult } from './lines.ts';
import { type Progress, simulate } from './simulate.ts';

export interface ThreadStart {
  readonly inputs: SimulationInputs;
  readonly policy: Policy;
}

/** What the thread says: how far it is, and at the end what it came to. */
export type ThreadNews = { readonly progress: Progress } | { readonly result: SimulationResult };

/** Days are short; so often it is told how far they are. */
const TELL_EVERY_MS = 50;

const { inputs, policy } = workerData as ThreadStart;
const run = simulate(inputs, policy);
let toldAtMs = Number.NEGATIVE_INFINITY;
let step = run.next();
for (; step.done !== true; step = run.next()) {
  const isNews = step.value.phase !== 'days' || performance.now() - toldAtMs >= TELL_EVERY_MS;
  if (!isNews) continue;
  toldAtMs = performance.now();
  tell({ progress: step.value });
}
tell({ result: step.value });

function tell(news: ThreadNews): void {
  parentPort?.postMessage(news);
}
