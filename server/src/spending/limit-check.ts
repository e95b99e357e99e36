import { displayUsd } from '../core/money.ts';
import type { GateCheck } from '../identity/index.ts';
import { SPENDING_LIMIT_REACHED } from './refusals.ts';
import { type Limit, overLimit, SPAN_WORDS, SPANS, type Spans, spans } from './rules.ts';

/**
 * Whether a person's limits leave room for the least that could be asked for: by the rule that refuses, of what counts
 * against each span now. In cents.
 *
 * @param least what it is, `the smallest order`, and what it costs
 */
export function limitCheck(
  limits: Spans<Pick<Limit, 'cents'>>,
  now: Spans<bigint>,
  least: { readonly name: string; readonly cents: bigint },
): GateCheck {
  const refusal = overLimit(limits, { now, after: spans((span) => now[span] + least.cents) });
  return {
    kind: SPENDING_LIMIT_REACHED,
    data: refusal?.data ?? {},
    check: {
      code: SPENDING_LIMIT_REACHED.code,
      passed: refusal === null,
      rule: `Your limits must leave room for ${least.name}.`,
      have: roomText(limits, now),
      need: displayUsd(least.cents),
      remedy: refusal?.remedy ?? null,
      whoCanChange: 'you',
      earliest: null,
    },
  };
}

/** What is left of the limit that leaves least: `$0.27 left of $5.00 in seven days`. */
function roomText(limits: Spans<Pick<Limit, 'cents'>>, now: Spans<bigint>): string {
  let least: { readonly left: bigint; readonly text: string } | null = null;
  for (const span of SPANS) {
    const { cents } = limits[span];
    if (cents === null) continue;
    const left = now[span] < cents ? cents - now[span] : 0n;
    if (least !== null && least.left <= left) continue;
    least = { left, text: `${displayUsd(left)} left of ${displayUsd(cents)} ${SPAN_WORDS[span]}` };
  }
  return least?.text ?? 'no limit';
}
