import { Type } from 'typebox';
import { DAY_MS } from '../core/clock.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { nullable, strictObject } from '../http/schemas.ts';
import { personByHandle } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { tierNow } from './current-tier.ts';
import { windowOf } from './make-tiers.ts';
import { conditionsOf, levelOf, PLAIN_YIELD } from './rules.ts';
import { inputsOf, newestTier } from './store.ts';

const reachedSchema = strictObject({
  what: Type.Enum(['followers', 'viewerMinutes', 'engagementCoins']),
  have: Type.String(),
  need: Type.String(),
  reached: Type.Boolean(),
});
const tierSchema = strictObject({
  name: nullable(Type.String(), { description: 'Null: none of the tiers.' }),
  yieldBasisPoints: Type.Integer({
    description: 'Hundredths of a percent of what a gift brings; 10,000 is plain.',
  }),
});

const answerSchema = strictObject({
  now: tierSchema,
  tomorrow: strictObject({
    ...tierSchema.properties,
    from: Type.String({
      format: 'date-time',
      description: 'When the tier that was told last starts or started.',
    }),
  }),
  counted: strictObject({
    ...tierSchema.properties,
    reached: Type.Boolean({ description: 'Whether the inputs come to any tier.' }),
  }),
  inputs: strictObject({
    from: Type.String({ description: 'The first day that counts, UTC.' }),
    to: Type.String({ description: 'The first day that does not count yet.' }),
    followers: Type.String(),
    viewerMinutes: Type.String(),
    coins: Type.String(),
    engagementCoins: Type.String({ description: 'Coins for 1,000 viewer-minutes, rounded down.' }),
  }),
  next: nullable(strictObject({ ...tierSchema.properties, conditions: Type.Array(reachedSchema) }), {
    description: 'The next tier with what is missing; null above the highest.',
  }),
  levels: Type.Array(
    strictObject({
      name: Type.String(),
      followers: Type.Integer(),
      viewerMinutes: Type.Integer(),
      engagementCoins: Type.Integer(),
      yieldBasisPoints: Type.Integer(),
    }),
    {
      description:
        'The published table, from the lowest to the highest. Empty: gifts bring everybody the same.',
    },
  ),
  policyVersion: Type.Integer(),
});

export function tierRoutes(app: App, house: House): void {
  app.get(
    '/v1/creators/:handle/tier',
    {
      config: { access: 'public' },
      schema: {
        summary: 'A creator’s tier, what it is made from, and what is missing to the next',
        tags: ['tiers'],
        params: Type.Object({ handle: Type.String({ maxLength: 40 }) }),
        response: { 200: answerSchema },
      },
    },
    async (request) => {
      const { db, clock } = house;
      const nowMs = clock.now();
      const person = await personByHandle(db, request.params.handle.toLowerCase());
      if (person === undefined) throw new Refusal(NOT_FOUND);
      const policy = await currentPolicy(db, nowMs);
      const range = windowOf(policy, Math.floor(nowMs / DAY_MS) * DAY_MS);
      const [[found], told, now] = await Promise.all([
        inputsOf(db, { after: null, only: person.id, ...range, limit: 1 }),
        newestTier(db, person.id),
        tierNow(db, person.id, nowMs),
      ]);
      if (found === undefined) throw new Refusal(NOT_FOUND);
      const { levels } = policy.tiers;
      const reached = levels[levelOf(levels, found)];
      const next = levels[levelOf(levels, found) + 1];
      const engagement = conditionsOf(
        { name: '', followers: 0, viewerMinutes: 0, engagementCoins: 0, yieldBasisPoints: PLAIN_YIELD },
        found,
      )[2];
      const started = told !== undefined && told.effectiveFrom.getTime() <= nowMs;
      return {
        now: {
          name: started ? told.name : (now?.name ?? null),
          yieldBasisPoints: now?.yieldBasisPoints ?? PLAIN_YIELD,
        },
        tomorrow: {
          name: told?.name ?? null,
          yieldBasisPoints: told?.yieldBasisPoints ?? PLAIN_YIELD,
          from: (told?.effectiveFrom ?? new Date(nowMs)).toISOString(),
        },
        counted: {
          name: reached?.name ?? null,
          yieldBasisPoints: reached?.yieldBasisPoints ?? PLAIN_YIELD,
          reached: reached !== undefined,
        },
        inputs: {
          ...range,
          followers: String(found.followers),
          viewerMinutes: found.viewerMinutes.toString(),
          coins: found.coins.toString(),
          engagementCoins: (engagement?.have ?? 0n).toString(),
        },
        next:
          next === undefined
            ? null
            : {
                name: next.name,
                yieldBasisPoints: next.yieldBasisPoints,
                conditions: conditionsOf(next, found).map(({ what, have, need }) => ({
                  what,
                  have: have.toString(),
                  need: need.toString(),
                  reached: have >= need,
                })),
              },
        levels: levels.map((level) => ({ ...level })),
        policyVersion: policy.version,
      };
    },
  );
}
