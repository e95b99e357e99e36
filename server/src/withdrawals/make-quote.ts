import { HOUR_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { currentRate } from '../rates/index.ts';
import { arrivalDay } from './arrives-by.ts';
import { firstHoldMs, requireWithdrawal, withdrawFacts } from './judge.ts';
import { METHOD_WORDS } from './methods/words.ts';
import { paysTo } from './providers/payers.ts';
import { quotePrice } from './quote-price.ts';
import { quoteLines } from './quote-rules.ts';
import {
  NOTHING_LEFT_AFTER_FEE,
  PAYOUT_ACCOUNT_MISSING,
  PAYOUT_METHOD_UNAVAILABLE,
  QUOTES_TOO_MANY,
} from './refusals.ts';
import { insertQuote, quotesSince } from './store.ts';
import { payablePolicy } from './terms.ts';
import { termsFor } from './withdraw-checks.ts';
import type { Quote } from './withdrawal.ts';

/**
 * The price of a withdrawal, held for some minutes: every line of it, and by when the money arrives.
 *
 * Refuses with what the gate `withdraw` says of this amount and account, `quotes_too_many`, `nothing_left_after_fee`,
 * `fiat_rate_missing`, `fiat_rate_too_old` or `coin_price_missing`.
 */
export async function makeQuote(
  house: House,
  userId: Uuid,
  asked: { readonly units: bigint; readonly accountId: Uuid },
): Promise<Quote> {
  const nowMs = house.clock.now();
  const [policy, rate] = await Promise.all([payablePolicy(house, nowMs), currentRate(house.db, nowMs)]);
  const [facts, asks] = await Promise.all([
    withdrawFacts(house, userId, rate.centsPerUnit, nowMs),
    quotesSince(house.db, userId, new Date(nowMs - HOUR_MS)),
  ]);
  const most = policy.payoutLimits.quotesPerHour;
  if (asks >= most) throw new Refusal(QUOTES_TOO_MANY, { most });
  await requireWithdrawal(house, userId, asked, { policy, facts });
  const account = facts.accounts.find(({ id }) => id === asked.accountId);
  const terms = account === undefined ? undefined : termsFor(policy.payouts, account);
  if (terms === undefined) throw new Refusal(PAYOUT_ACCOUNT_MISSING);
  if (!(await paysTo(house, terms.method, asked.accountId))) {
    // It was given while a test network, or the real one, was paid on.
    const country = account?.country ?? '';
    throw new Refusal(PAYOUT_METHOD_UNAVAILABLE, { method: METHOD_WORDS[terms.method], country });
  }
  const { coin, fiat, perUsd } = await quotePrice(house, terms, nowMs);
  const lines = quoteLines({
    units: asked.units,
    centsPerUnit: rate.centsPerUnit,
    feeCents: terms.feeCents,
    taxBasisPoints: policy.payouts.taxBasisPoints,
    currency: terms.currency,
    perUsd,
  });
  if (lines.payoutMinor <= 0n) {
    throw new Refusal(NOTHING_LEFT_AFTER_FEE, {
      gross: displayUsd(lines.grossCents),
      fee: displayUsd(lines.feeCents),
    });
  }
  const waitsMs = await firstHoldMs(house, facts, account, policy);
  const quote: Quote = {
    id: newId(),
    userId,
    accountId: asked.accountId,
    diamondUnits: asked.units,
    rateVersion: rate.version,
    rateCents: rate.centsPerUnit.numerator,
    rateUnits: rate.centsPerUnit.denominator,
    policyVersion: policy.version,
    ...lines,
    currency: terms.currency,
    fiatVersion: fiat?.version ?? null,
    fiatAsOf: fiat?.asOf ?? null,
    fiatNumerator: perUsd?.numerator ?? null,
    fiatDenominator: perUsd?.denominator ?? null,
    coinPrice: coin?.id ?? null,
    quotedAt: new Date(nowMs),
    expiresAt: new Date(nowMs + policy.payouts.quoteMs),
    arrivesBy: arrivalDay(policy, terms, nowMs + waitsMs),
  };
  await insertQuote(house.db, quote);
  return quote;
}
