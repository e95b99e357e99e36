import type { Slice } from '../house.ts';
import { useVerified } from '../identity/index.ts';
import { startVerification, tellUnknownKeys } from './jobs.ts';
import { verificationRoutes } from './routes.ts';
import { approvedCases, newestCase } from './store.ts';

export { matchPapers, type PaperName } from './names.ts';
export type { CaseState, IdentityCase } from './rules.ts';
export { approvedCases, newestCase } from './store.ts';

useVerified(async ({ db }, userId) => {
  const approved = (await approvedCases(db, [userId])).has(userId);
  return approved ? 'approved' : ((await newestCase(db, userId))?.state ?? 'none');
});

/** Who creators are: cases with papers, looked at by operators, and pictures that are erased afterwards. */
export const verification: Slice = {
  name: 'verification',
  routes: verificationRoutes,
  async start(house) {
    await tellUnknownKeys(house);
    const rounds = startVerification(house);
    return async () => {
      await Promise.all(rounds.map((one) => one.stop()));
    };
  },
};
