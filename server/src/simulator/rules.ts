import { DAY_MS } from '../core/clock.ts';
import { displayAmount, displayUsd, groupDigits } from '../core/money.ts';
import type { Policy } from '../policy/index.ts';
import type { SimulationInputs } from './inputs.ts';
import type { ArmSums } from './model/lines.ts';
import { simulatedTerms } from './model/payouts.ts';
import { measuredPercent, WITHDRAW_EVERY_DAYS, withdrawnPercent } from './model/plan.ts';
import { SCENARIO_RULES } from './model/scenarios.ts';

/** What a run came to, in a sentence or two: what creators would get, and what the house would hold for it. */
export function sentenceOf(
  { days }: Pick<SimulationInputs, 'days'>,
  now: ArmSums,
  proposed: ArmSums,
): string {
  if (JSON.stringify(now) === JSON.stringify(proposed)) return 'With this rate nothing would change.';
  const [before, after] = [BigInt(now.earnedCents), BigInt(proposed.earnedCents)];
  const more = after > before;
  const change = more ? after - before : before - after;
  const creators =
    change === 0n
      ? 'creators would get the same'
      : `creators would get ${before === 0n ? '' : `${shareText(change, before)} `}${more ? 'more' : 'less'} (${displayUsd(change)} in ${days} days)`;
  const held = heldSentence(now.lastCoverage, proposed.lastCoverage);
  const [short, shortNow] = [BigInt(proposed.mostShortCents), BigInt(now.mostShortCents)];
  const waits =
    short === 0n && shortNow === 0n
      ? ''
      : ` On its worst day withdrawals of ${displayUsd(short)} would wait for cash (without it ${displayUsd(shortNow)}).`;
  return `With this rate ${creators}; ${held}.${waits}`;
}

/** Shares in basis points of what is owed; `null`: nothing is. */
function heldSentence(before: string | null, after: string | null): string {
  if (after === null) return 'nothing would be owed at the end';
  const share = percentText(after);
  const end = `at the end the house would hold ${share} of what it owes`;
  if (before === null) return `${end}, where without it nothing would be owed`;
  return percentText(before) === share ? `${end}, as without it` : `${end} instead of ${percentText(before)}`;
}

/** What a run takes for granted, line by line, with its numbers. */
export function assumptionsOf(inputs: SimulationInputs, policy: Policy, each: bigint | null): string[] {
  const { scenario, viewers, creators, start } = inputs;
  return [
    startLine(inputs),
    `${SCENARIO_RULES[scenario].title}: ${SCENARIO_RULES[scenario].line}`,
    `${groupDigits(BigInt(viewers))} viewers buy packs, small ones most often, and give what they bought within a week.`,
    creators === 1
      ? 'One creator gets all gifts.'
      : `Gifts fall on ${groupDigits(BigInt(creators))} creators, most on the first: the second gets half of what the first gets, the third a third.`,
    withdrawalLine(inputs, policy),
    `Payment providers keep ${percentText(start.feeBasisPoints.toString())} of what is bought.`,
    ...(policy.refunds.reserveBasisPoints === 0
      ? []
      : [
          `${percentText(policy.refunds.reserveBasisPoints.toString())} of each day’s sales is set aside for disputes the day after. Withdrawals are paid of the cash alone.`,
        ]),
    policy.rates.formula.isOn
      ? 'The formula is on: it moves both rates from day to day, by what these books hold.'
      : 'The formula is off: both rates stay as they are.',
    ...(start.tiers.length === 0 ? [] : [tierLine(inputs)]),
    ...(each === null || each === 1n ? [] : [`One purchase stands for ${groupDigits(each)} alike.`]),
  ];
}

/** What no run knows. */
export const UNKNOWN = [
  'It does not know how people take a new rate: it assumes that nobody buys, gives or withdraws more or less because of it.',
  'It leaves out refunds, disputes, questions, Diamonds that fans buy, other currencies, and what the house spends on itself. Both rates begin on day 1, without the days of notice.',
];

function startLine({ start }: SimulationInputs): string {
  const held = displayUsd(BigInt(start.heldCents));
  const reserve =
    start.reserveCents === undefined ? '' : `, ${displayUsd(BigInt(start.reserveCents))} of it in reserve`;
  const diamonds = displayAmount({ asset: 'DIAMOND', units: BigInt(start.outstandingUnits) });
  const coins = displayAmount({ asset: 'COIN', units: BigInt(start.coins) });
  const bought = displayUsd(BigInt(start.purchasedCents));
  return start.from === 'site'
    ? `It begins with what this site had when it was asked for: ${held} in cash and reserve${reserve}, ${diamonds} and ${coins} with people, and ${bought} of purchases in the thirty days before. All Diamonds are taken for creators’.`
    : `It begins with an invented town: ${held} in cash, ${diamonds} and ${coins} with people, and ${bought} of purchases in the thirty days before.`;
}

function withdrawalLine(inputs: SimulationInputs, policy: Policy): string {
  const terms = simulatedTerms(policy);
  if (terms === null) return 'The policy has no way of payment, so nobody withdraws.';
  const percent = withdrawnPercent(inputs);
  const { reviewDays, firstHoldMs } = policy.payouts;
  const first = Math.ceil(firstHoldMs / DAY_MS);
  return `Each creator asks every ${WITHDRAW_EVERY_DAYS} days for ${percent} % of what is available (${percentReason(inputs)}), under the site’s own rules: the least, the caps, a fee of ${displayUsd(terms.feeCents)}. It is paid ${daysText(reviewDays)} later${first === 0 ? '' : `, the first one ${daysText(reviewDays + first)}`}, when there is cash for it.`;
}

function percentReason(inputs: SimulationInputs): string {
  if (measuredPercent(inputs) !== null) return 'as much as was withdrawn of what was earned';
  return inputs.start.withdrawnUnits === '0'
    ? 'nobody withdrew so far: it is a guess'
    : 'nothing was earned in the thirty days before: it is a guess';
}

function tierLine({ start }: SimulationInputs): string {
  const parts = start.tiers.map(
    ({ creators, yieldBasisPoints }) =>
      `${groupDigits(BigInt(creators))} with ${percentText(yieldBasisPoints.toString())}`,
  );
  return `The most popular creators have the tiers that creators have here now: ${parts.join(', ')} of the plain yield.`;
}

function daysText(days: number): string {
  return days === 1 ? 'one day' : `${days} days`;
}

/** Hundredths of a percent with one place: `10947` → `109.4 %`, cut. */
export function percentText(basisPoints: string): string {
  const tenths = BigInt(basisPoints) / 10n;
  return `${groupDigits(tenths / 10n)}.${tenths % 10n} %`;
}

/** A part of a whole in percent with one place, rounded to the nearer; a little is never nothing. */
function shareText(part: bigint, whole: bigint): string {
  const tenths = (part * 2_000n + whole) / (whole * 2n);
  return tenths === 0n ? 'less than 0.1 %' : `${groupDigits(tenths / 10n)}.${tenths % 10n} %`;
}
