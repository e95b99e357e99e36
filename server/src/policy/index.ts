import { goRounds } from '../core/rounds.ts';
import type { Slice } from '../house.ts';
import { currentPolicy, POLICY_REFRESH_MS, refreshPolicies } from './current-policy.ts';
import { policyRoutes } from './routes.ts';

export { adoptPolicy } from './adopt-policy.ts';
export {
  currentPolicy,
  policyNow,
  policyVersion,
  policyVersions,
  refreshPolicies,
} from './current-policy.ts';
export { PRESETS } from './presets.ts';
export { highestYield } from './rules.ts';
export {
  type CoinPack,
  type FormulaRules,
  HYPE_LEVELS,
  type HypeRules,
  PAYOUT_METHODS,
  PAYOUT_WORLDS,
  type PayoutMethodName,
  type PayoutRules,
  type PayoutTerms,
  PICTURE_SIDES,
  type PictureSide,
  type Policy,
  type PolicyDocument,
  type PresetName,
  type TierLevel,
} from './schema.ts';

export const policy: Slice = {
  name: 'policy',
  routes: policyRoutes,
  async start(house) {
    await currentPolicy(house.db, house.clock.now());
    const rounds = goRounds('policy', POLICY_REFRESH_MS, house.log, () => refreshPolicies(house.db));
    return () => rounds.stop();
  },
};
