import type { SimulationInputs } from '../src/simulator/inputs.ts';

/** 200 fans who buy for $8 a month, twelve creators with $400 of Diamonds, and $600 in cash. */
export const TOWN: SimulationInputs = {
  scenario: 'ordinary',
  seed: 42,
  days: 40,
  viewers: 200,
  creators: 12,
  policyVersion: 1,
  now: { version: 14, centsPerUnit: { numerator: '1350', denominator: '1000000' } },
  proposed: {
    draft: null,
    dollars: '13.365',
    centsPerUnit: { numerator: '1336500', denominator: '1000000000' },
  },
  start: {
    from: 'example',
    at: '2026-11-23T00:00:00.000Z',
    heldCents: '60000',
    reserveCents: '0',
    outstandingUnits: '29629629',
    coins: '11851',
    purchasedCents: '160000',
    withdrawnUnits: '0',
    earnedUnits: '59259000',
    feeBasisPoints: 400,
    giftPrices: ['1', '5', '10', '30', '99', '500', '1000'],
    tiers: [],
  },
};
