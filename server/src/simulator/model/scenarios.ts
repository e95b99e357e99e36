import type { Scenario } from '../inputs.ts';

/** A scenario in words, and in the numbers that the model lives by. */
export interface ScenarioRules {
  readonly title: string;
  /** What happens in it, in a sentence. */
  readonly line: string;
  /** What is bought on a day, in thousandths of an ordinary one; day 1 is the first. */
  readonly salesPermille: (day: number) => number;
  /** Whether on this day every creator asks for all they can. */
  readonly allWithdraw: (day: number) => boolean;
}

const PLAIN = 1_000;
const never = () => false;

/** The last word of `viral`: five times an ordinary day. */
const VIRAL_TOP = 5_000;

export const SCENARIO_RULES: Readonly<Record<Scenario, ScenarioRules>> = {
  ordinary: {
    title: 'An ordinary time',
    line: 'Every day is like the days before it, a fifth more or less.',
    salesPermille: () => PLAIN,
    allWithdraw: never,
  },
  viral: {
    title: 'A viral month',
    line: 'From day 3 on more is bought each day, until on day 12 it is five times as much; by day 24 it is as before.',
    salesPermille: (day) => {
      if (day <= 3 || day >= 24) return PLAIN;
      const share = day <= 12 ? (day - 3) / 9 : (24 - day) / 12;
      return PLAIN + Math.round((VIRAL_TOP - PLAIN) * share);
    },
    allWithdraw: never,
  },
  quiet: {
    title: 'A quiet season',
    line: 'Each day two percent of an ordinary day less is bought, until it is half of one.',
    salesPermille: (day) => Math.max(PLAIN / 2, PLAIN - 20 * (day - 1)),
    allWithdraw: never,
  },
  run: {
    title: 'A run on withdrawals',
    line: 'From day 3 to day 10 every creator asks each day for all that they may withdraw, and from day 3 on four tenths of an ordinary day is bought.',
    salesPermille: (day) => (day < 3 ? PLAIN : 400),
    allWithdraw: (day) => day >= 3 && day <= 10,
  },
};

/** The most that a day of any scenario sells, in thousandths of an ordinary one, with its chance. */
export const SALES_TOP_PERMILLE = 6_000;
