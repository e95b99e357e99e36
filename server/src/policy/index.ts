import type { Slice } from '../house.ts';
import { currentPolicy, POLICY_REFRESH_MS, refreshPolicies } from './current-policy.ts';
import { policyRoutes } from './routes.ts';

export { adoptPolicy } from './adopt-policy.ts';
export { currentPolicy, policyNow, policyVersion } from './current-policy.ts';
export { PRESETS } from './presets.ts';
export type { CoinPack, Policy, PolicyDocument, PresetName } from './schema.ts';

export const policy: Slice = {
  name: 'policy',
  routes: policyRoutes,
  async start(house) {
    await currentPolicy(house.db, house.clock.now());
    const timer = setInterval(() => {
      refreshPolicies(house.db).catch((error: Error) => {
        house.log.warn({ reason: error.message }, 'the policy could not be read again; the known one stays');
      });
    }, POLICY_REFRESH_MS);
    timer.unref();
    return async () => clearInterval(timer);
  },
};
