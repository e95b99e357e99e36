import { approvals } from './approvals/index.ts';
import { earnings } from './earnings/index.ts';
import { gifts } from './gifts/index.ts';
import { guests } from './guests/index.ts';
import type { Slice } from './house.ts';
import { hype } from './hype/index.ts';
import { identity } from './identity/index.ts';
import { live } from './live/index.ts';
import { lives } from './lives/index.ts';
import { matches } from './matches/index.ts';
import { notices } from './notices/index.ts';
import { overlays } from './overlays/index.ts';
import { papers } from './papers/index.ts';
import { policy } from './policy/index.ts';
import { polls } from './polls/index.ts';
import { purchases } from './purchases/index.ts';
import { questions } from './questions/index.ts';
import { rates } from './rates/index.ts';
import { refunds } from './refunds/index.ts';
import { simulator } from './simulator/index.ts';
import { spending } from './spending/index.ts';
import { staff } from './staff/index.ts';
import { supporters } from './supporters/index.ts';
import { tiers } from './tiers/index.ts';
import { town } from './town/index.ts';
import { verification } from './verification/index.ts';
import { video } from './video/index.ts';
import { wallet } from './wallet/index.ts';
import { withdrawals } from './withdrawals/index.ts';

/**
 * THE LIST. A slice imports slices above it, never below; `server/test/house/import-order.test.ts` proves it.
 * When a lower slice must tell a higher one something, the higher one offers a registration.
 */
export const SLICE_ORDER = [
  'policy',
  'identity',
  'notices',
  'approvals',
  'staff',
  'rates',
  'wallet',
  'spending',
  'purchases',
  'tiers',
  'gifts',
  'live',
  'questions',
  'polls',
  'hype',
  'guests',
  'matches',
  'supporters',
  'lives',
  'video',
  'overlays',
  'earnings',
  'refunds',
  'verification',
  'withdrawals',
  'papers',
  'simulator',
  'town',
] as const;

export const slices: readonly Slice[] = [
  policy,
  identity,
  notices,
  approvals,
  staff,
  rates,
  wallet,
  spending,
  purchases,
  tiers,
  gifts,
  live,
  questions,
  polls,
  hype,
  guests,
  matches,
  supporters,
  lives,
  video,
  overlays,
  earnings,
  refunds,
  verification,
  withdrawals,
  papers,
  simulator,
  town,
];
