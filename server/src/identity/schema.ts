import Type, { type Static } from 'typebox';
import { checkSchema, nullable, publicIdSchema, strictObject } from '../http/schemas.ts';
import { GATES } from './rules.ts';

export const roleSchema = Type.Enum(['fan', 'creator', 'operator', 'support']);

/** Loose on purpose: the rules behind it name what is wrong with a handle. */
const anyHandle = Type.String({ maxLength: 100 });
const anyPassword = Type.String({ maxLength: 1_000 });
const anyDate = Type.String({ maxLength: 40, description: 'YYYY-MM-DD' });
const anyEmail = Type.String({ maxLength: 320 });
const anyName = Type.String({ maxLength: 1_000 });

/** The signed-in person. */
export const Me = strictObject({
  id: publicIdSchema('user'),
  handle: Type.String(),
  displayName: Type.String(),
  email: Type.String(),
  avatar: Type.String({ description: 'Key of the art set, such as fox.' }),
  bio: Type.String(),
  roles: Type.Array(roleSchema),
  dateOfBirth: nullable(Type.String(), { description: 'YYYY-MM-DD' }),
  adult: Type.Boolean(),
  followers: Type.Integer(),
  following: Type.Integer(),
  inRanks: Type.Boolean({
    description: 'Whether rankings name them; otherwise they are “A supporter” there.',
  }),
});
export type Me = Static<typeof Me>;

export const MeAnswer = strictObject({ me: Me });

/** A person as everyone sees them. */
export const PublicPerson = strictObject({
  id: publicIdSchema('user'),
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
  bio: Type.String(),
  roles: Type.Array(roleSchema),
  followers: Type.Integer(),
  following: Type.Boolean({ description: 'Whether the signed-in person follows them.' }),
  live: Type.Boolean(),
});
export type PublicPerson = Static<typeof PublicPerson>;

export const DemoPerson = strictObject({
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
  role: roleSchema,
  line: Type.String(),
});

export const SessionAnswer = strictObject({
  me: nullable(Me),
  demo: nullable(strictObject({ people: Type.Array(DemoPerson), crowdOn: nullable(Type.Boolean()) })),
  site: strictObject({
    name: Type.String(),
    coin: strictObject({
      moneyPerCoin: strictObject({ numerator: Type.String(), denominator: Type.String() }),
    }),
    dearFromCoins: Type.Integer(),
    undoMs: Type.Integer(),
    streakMs: Type.Integer(),
  }),
});
export type SessionAnswer = Static<typeof SessionAnswer>;

export const SignUpBody = strictObject({
  email: anyEmail,
  password: anyPassword,
  displayName: anyName,
  handle: anyHandle,
  dateOfBirth: anyDate,
});

export const SignInBody = strictObject({ email: anyEmail, password: anyPassword });

export const ProfileBody = Type.Partial(
  strictObject({
    displayName: anyName,
    handle: anyHandle,
    bio: Type.String({ maxLength: 5_000 }),
    avatar: Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }),
    inRanks: Type.Boolean(),
  }),
  { additionalProperties: false, minProperties: 1 },
);

export const PasswordBody = strictObject({ currentPassword: anyPassword, newPassword: anyPassword });

/** People of the demonstration town have no password, and confirm with a click. */
export const ConfirmationBody = strictObject({ password: Type.Optional(anyPassword) });

export const DateOfBirthBody = strictObject({ dateOfBirth: anyDate });

export const HandleParams = Type.Object({ handle: Type.String({ maxLength: 100 }) });

export const gateSchema = Type.Enum([...GATES]);

export const ExplainAnswer = strictObject({
  gate: gateSchema,
  passed: Type.Boolean(),
  checks: Type.Array(checkSchema),
});

export const FollowAnswer = strictObject({ following: Type.Boolean(), followers: Type.Integer() });

/** Why something was done to an account; kept for ever. */
const reason = Type.String({ minLength: 1, maxLength: 500, pattern: '^[^\\u0000-\\u001f]*$' });

export const FreezeBody = strictObject({
  gates: Type.Array(gateSchema, { minItems: 1, maxItems: GATES.length, uniqueItems: true }),
  reason,
  until: nullable(Type.String({ maxLength: 40 }), {
    description: 'ISO 8601 instant; null = until it is lifted.',
  }),
});
export const FreezeAnswer = strictObject({ id: publicIdSchema('freeze') });
export const LiftBody = strictObject({ reason });

export const TokenParams = Type.Object({ token: Type.String({ maxLength: 100 }) });
