import Type, { type Static } from 'typebox';
import { RANK_PERIODS } from '../gifts/index.ts';
import { nullable, publicIdSchema, strictObject } from '../http/schemas.ts';
import { POSITIONS, SOUNDS, SOURCES, type Source, THEMES } from './rules.ts';

const look = {
  theme: Type.Enum([...THEMES], { description: 'clear: words with an outline and nothing behind them.' }),
  accent: Type.String({ pattern: '^#[0-9a-f]{6}$', description: 'The colour of what matters.' }),
  scale: Type.Integer({ minimum: 50, maximum: 200, description: 'Percent.' }),
  position: Type.Enum([...POSITIONS], { description: 'Where on the page.' }),
};
const threshold = {
  minTier: Type.Integer({ minimum: 1, maximum: 5, description: 'Gifts below this tier are passed over.' }),
  minCoins: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Gifts and streaks of fewer Coins are passed over.',
  }),
};
const showCoins = Type.Boolean();
const sentence = Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' });

export const AlertsSettings = strictObject({
  ...look,
  ...threshold,
  seconds: Type.Integer({ minimum: 2, maximum: 20, description: 'How long one shows; dear ones longer.' }),
  sound: Type.Enum([...SOUNDS]),
  volume: Type.Integer({ minimum: 0, maximum: 100 }),
  text: Type.String({ ...sentence, description: 'With {name}, {gift}, {count}, {coins} and {money} in it.' }),
  showCoins,
  follows: Type.Boolean({ description: 'Whether new followers are shown, too.' }),
  followText: sentence,
});
export const GoalSettings = strictObject({ ...look, showNumbers: Type.Boolean() });
export const LeaderboardSettings = strictObject({
  ...look,
  title: sentence,
  rows: Type.Integer({ minimum: 1, maximum: 10 }),
  period: Type.Enum([...RANK_PERIODS]),
  showCoins,
});
export const MatchSettings = strictObject(look);
export const QuestionSettings = strictObject({ ...look, showCoins });
export const TickerSettings = strictObject({
  ...look,
  ...threshold,
  count: Type.Integer({ minimum: 1, maximum: 20, description: 'Gifts shown.' }),
  showCoins,
});

export const SETTINGS = {
  alerts: AlertsSettings,
  goal: GoalSettings,
  leaderboard: LeaderboardSettings,
  match: MatchSettings,
  question: QuestionSettings,
  ticker: TickerSettings,
} as const satisfies Record<Source, unknown>;

export interface SettingsOf {
  readonly alerts: Static<typeof AlertsSettings>;
  readonly goal: Static<typeof GoalSettings>;
  readonly leaderboard: Static<typeof LeaderboardSettings>;
  readonly match: Static<typeof MatchSettings>;
  readonly question: Static<typeof QuestionSettings>;
  readonly ticker: Static<typeof TickerSettings>;
}
export type AnySettings = SettingsOf[Source];

export const KeyView = strictObject({
  id: publicIdSchema('okey'),
  name: Type.String(),
  endsWith: Type.String({ description: 'The last characters of the token.' }),
  mayTest: Type.Boolean(),
  madeAt: Type.String({ format: 'date-time' }),
  seenAt: nullable(Type.String({ format: 'date-time' }), {
    description: 'When an overlay was open with it last.',
  }),
  openNow: Type.Boolean(),
});
export type KeyView = Static<typeof KeyView>;

export const OverlaysAnswer = strictObject({
  keys: Type.Array(KeyView),
  settings: strictObject(SETTINGS),
});
export type OverlaysAnswer = Static<typeof OverlaysAnswer>;

export const KeyBody = strictObject({
  name: Type.String({ maxLength: 200 }),
  mayTest: Type.Optional(Type.Boolean({ description: 'Whether programs may send test events with it.' })),
});
export const NewKeyAnswer = strictObject({
  key: KeyView,
  token: Type.String({ description: 'Told this once.' }),
});
export const KeyParams = strictObject({ id: Type.String({ maxLength: 100 }) });
export const StreamQuery = strictObject({
  source: Type.Enum([...SOURCES]),
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Alerts: the last seq that this page has seen.',
    }),
  ),
});
export const AlertParams = strictObject({ alert: Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,120}$' }) });
export const PlayBody = strictObject({
  done: Type.Boolean({ description: 'false: it shows now; true: it has been shown.' }),
});
