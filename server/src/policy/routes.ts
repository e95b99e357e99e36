import Type, { type Static } from 'typebox';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { nullable } from '../http/schemas.ts';
import { policyNow, policyVersion } from './current-policy.ts';
import type { Policy } from './schema.ts';

const RatioJson = Type.Object({ numerator: Type.String(), denominator: Type.String() });

/** What everyone may know. The limits that guard sign-in are not told. */
const PublicPolicy = Type.Object(
  {
    version: Type.Integer(),
    preset: Type.String(),
    effectiveFrom: Type.String({ format: 'date-time' }),
    coins: Type.Object({
      centsPerCoin: RatioJson,
      packs: Type.Array(Type.Object({ id: Type.String(), coins: Type.String(), priceCents: Type.String() })),
      exactMinCoins: Type.String(),
      exactMaxCoins: Type.String(),
    }),
    gifts: Type.Object({
      diamondUnitsPerCoin: RatioJson,
      quantityMax: Type.Integer(),
      streakPriceMaxCoins: Type.String(),
      streakWindowMs: Type.Integer(),
      streakCloseMs: Type.Integer(),
      dearFromCoins: Type.String(),
      undoMs: Type.Integer(),
    }),
    diamonds: Type.Object({ centsPerUnit: RatioJson, maturityDays: Type.Integer() }),
    clearing: Type.Object({ isOn: Type.Boolean(), extraMs: Type.Integer(), latestMs: Type.Integer() }),
    rates: Type.Object({
      fiatMaxAgeDays: Type.Integer(),
      fiatParkBasisPoints: Type.Integer(),
      formula: Type.Object({
        isOn: Type.Boolean(),
        bandBasisPoints: Type.Integer(),
        dayCapBasisPoints: Type.Integer(),
        windowDays: Type.Integer(),
        noticeDays: Type.Integer(),
        neutralWithdrawnPercent: Type.Integer(),
        coveragePercent: Type.Integer(),
        weights: Type.Object({
          demand: Type.Integer(),
          supply: Type.Integer(),
          market: Type.Integer(),
        }),
      }),
    }),
    tiers: Type.Object({
      windowDays: Type.Integer(),
      levels: Type.Array(
        Type.Object({
          name: Type.String(),
          followers: Type.Integer(),
          viewerMinutes: Type.Integer(),
          engagementCoins: Type.Integer(),
          yieldBasisPoints: Type.Integer(),
        }),
      ),
    }),
    chat: Type.Object({
      lengthMin: Type.Integer(),
      lengthMax: Type.Integer(),
      intervalMs: Type.Integer(),
    }),
    questions: Type.Object({
      lengthMax: Type.Integer(),
      coinsMin: Type.String(),
      coinsMax: Type.String(),
      intervalMs: Type.Integer(),
      paidOpenMax: Type.Integer(),
      waitMs: Type.Integer(),
    }),
    people: Type.Object({
      signUpAgeMin: Type.Integer(),
      adultAge: Type.Integer(),
      handleLengthMin: Type.Integer(),
      handleLengthMax: Type.Integer(),
      handleChangeDays: Type.Integer(),
      displayNameLengthMax: Type.Integer(),
      bioLengthMax: Type.Integer(),
      passwordLengthMin: Type.Integer(),
      dateOfBirthCorrectionsMax: Type.Integer(),
    }),
    goLive: Type.Object({
      ageMin: Type.Integer(),
      followersMin: Type.Integer(),
      identityNeeded: Type.Boolean(),
      twoStepSignInNeeded: Type.Boolean(),
    }),
    spending: Type.Object({
      dayCents: nullable(Type.String()),
      weekCents: nullable(Type.String()),
      monthCents: nullable(Type.String()),
      raiseAfterMs: Type.Integer(),
    }),
    withdrawals: Type.Object({
      minUnits: Type.String(),
      dayMaxCents: nullable(Type.String()),
      weekMaxCents: nullable(Type.String()),
      settledWithinDays: Type.Integer(),
    }),
  },
  { description: 'Coins, units and cents are whole numbers as text; a rate is numerator / denominator.' },
);

const PolicyAnswer = Type.Object({ policy: PublicPolicy });

export function policyRoutes(app: App, house: House): void {
  app.get(
    '/v1/policy',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The numbers in force',
        tags: ['policy'],
        response: { 200: PolicyAnswer },
      },
    },
    async () => ({ policy: publicPolicy(policyNow(house.db, house.clock.now())) }),
  );

  app.get(
    '/v1/policy/:version',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The numbers of one version, as receipts name it',
        tags: ['policy'],
        params: Type.Object({ version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
        response: { 200: PolicyAnswer },
      },
    },
    async (request) => {
      const policy = policyVersion(house.db, request.params.version);
      if (policy === undefined) throw new Refusal(NOT_FOUND);
      return { policy: publicPolicy(policy) };
    },
  );
}

/** Digits for every `bigint`; left out are the sign-in limits, and what a payer must stay below to pass unseen. */
function publicPolicy(policy: Policy): Static<typeof PublicPolicy> {
  const { signIn: _signIn, sessions: _sessions, clearing, ...told } = policy;
  const { isOn, extraMs, latestMs } = clearing;
  return JSON.parse(
    JSON.stringify({ ...told, clearing: { isOn, extraMs, latestMs } }, (_name, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    ),
  ) as Static<typeof PublicPolicy>;
}
