import { displayUsd } from '../core/money.ts';
import type { RefusalData } from '../core/refusal.ts';
import type { GateCheck } from '../identity/index.ts';
import { SPENDING_LIMIT_REACHED } from './refusals.ts';
import { type Limit, overLimit, SPAN_WORDS, SPANS, type Spans } from './rules.ts';

/**
 * Whether a person's limits leave room for the least that could be asked for: by the rule that refuses, of what counts
 * against each span now and with it. In cents.
 *
 * @param least what it is, `the smallest order`, and what it costs
 */
export function limitCheck(
  limits: Spans<Pick<Limit, 'cents'>>,
  spent: { readonly now: Spans<bigint>; readonly after: Spans<bigint> },
  least: { readonly name: string; readonly cents: bigint },
): GateCheck {
  const refusal = overLimit(limits, spent);
  return {
    kind: SPENDING_LIMIT_REACHED,
    data: refusal?.data ?? {},
    check: {
      code: SPENDING_LIMIT_REACHED.code,
      passed: refusal === null,
      rule: `Your limits must leave room for ${least.name}.`,
      have: refusal === null ? roomText(limits, spent.now) : leftText(refusal.data),
      need: displayUsd(least.cents),
      remedy: refusal?.remedy ?? null,
      whoCanChange: 'you',
      earliest: null,
    },
  };
}

/** Of the limit that refuses: `$0.27 left of $5.00 in seven days`. */
function leftText({ left, limit, span }: RefusalData): string {
  return `${left} left of ${limit} ${span}`;
}

/** The same of the limit that leaves least. */
function roomText(limits: Spans<Pick<Limit, 'cents'>>, now: Spans<bigint>): string {
  let least: { readonly left: bigint; readonly text: string } | null = null;
  for (const span of SPANS) {
    const { cents } = limits[span];
    if (cents === null) continue;
    const left = now[span] < cents ? cents - now[span] : 0n;
    if (least !== null && least.left <= left) continue;
    const words = { left: displayUsd(left), limit: displayUsd(cents), span: SPAN_WORDS[span] };
    least = { left, text: leftText(words) };
  }
  return least?.text ?? 'no limit';
}
