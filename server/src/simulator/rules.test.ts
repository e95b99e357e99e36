import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOWN } from '../../test/simulated-town.ts';
import { PRESETS } from '../policy/index.ts';
import { policyOf } from '../policy/rules.ts';
import { assumptionsOf } from './rules.ts';

const policy = policyOf(PRESETS.carat.document, { version: 1, preset: 'carat', effectiveFrom: new Date(0) });

/** What a run says of withdrawals, where so much was withdrawn and earned in the thirty days before. */
function lineOf(withdrawnUnits: string, earnedUnits: string): string {
  const inputs = { ...TOWN, start: { ...TOWN.start, withdrawnUnits, earnedUnits } };
  const line = assumptionsOf(inputs, policy, null).find((text) => text.startsWith('Each creator asks'));
  assert.ok(line);
  return line;
}

test('a share of withdrawals that nobody measured is called a guess, with its reason', () => {
  assert.match(lineOf('0', '1000'), / 60 % .*\(nobody withdrew so far: it is a guess\)/);
  assert.match(lineOf('0', '0'), / 60 % .*\(nobody withdrew so far: it is a guess\)/);
  assert.match(lineOf('500', '0'), / 60 % .*\(nothing was earned in the thirty days before: it is a guess\)/);
});

test('a share that was measured says so, also where it is as much as the guess', () => {
  assert.match(lineOf('250', '1000'), / 25 % .*\(as much as was withdrawn of what was earned\)/);
  assert.match(lineOf('600', '1000'), / 60 % .*\(as much as was withdrawn of what was earned\)/);
});
