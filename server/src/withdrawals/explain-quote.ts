import { HOUR_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import type { GateCheck } from '../identity/index.ts';
import type { PayoutTerms } from '../policy/index.ts';
import { currentRate, FIAT_RATE_TOO_OLD } from '../rates/index.ts';
import { withdrawFacts } from './judge.ts';
import { METHOD_WORDS } from './methods/words.ts';
import { paysTo } from './providers/payers.ts';
import { quotePrice } from './quote-price.ts';
import { COIN_PRICE_MISSING, PAYOUT_METHOD_UNAVAILABLE, QUOTES_TOO_MANY } from './refusals.ts';
import { quoteBefore } from './store.ts';
import { payablePolicy } from './terms.ts';
import { type AccountFacts, likeliest, made, termsFor } from './withdraw-checks.ts';

/**
 * What a quote would be refused for that the gate does not know: too many were asked for, nobody pays to the account here,
 * or what it is paid in has no price just now. Of the account with which least stands in the way.
 */
export async function explainQuote(house: House, userId: Uuid): Promise<GateCheck[]> {
  const nowMs = house.clock.now();
  const [policy, rate] = await Promise.all([payablePolicy(house, nowMs), currentRate(house.db, nowMs)]);
  const most = policy.payoutLimits.quotesPerHour;
  const [facts, first] = await Promise.all([
    withdrawFacts(house, userId, rate.centsPerUnit, nowMs),
    quoteBefore(house.db, userId, new Date(nowMs - HOUR_MS), most - 1),
  ]);
  const account = likeliest(facts, policy);
  const terms = account === undefined ? undefined : termsFor(policy.payouts, account);
  const quotes = quotesCheck(most, first);
  if (account === undefined || terms === undefined) return [quotes];
  if (!(await paysTo(house, account.method, account.id))) return [quotes, unpaidCheck(account)];
  return [quotes, ...(await priceChecks(house, terms, nowMs))];
}

function quotesCheck(most: number, first: Date | null): GateCheck {
  return made(
    QUOTES_TOO_MANY,
    { most },
    {
      passed: first === null,
      rule: `You may ask for ${most} prices within an hour.`,
      have: first === null ? `fewer than ${most}` : `${most} within the last hour`,
      need: `fewer than ${most}`,
      remedy: first === null ? null : QUOTES_TOO_MANY.remedy,
      whoCanChange: 'time',
      earliest: first === null ? null : new Date(first.getTime() + HOUR_MS).toISOString(),
    },
  );
}

/** It was given while a test network, or the real one, was paid on. */
function unpaidCheck({ method, country }: AccountFacts): GateCheck {
  const way = METHOD_WORDS[method];
  return made(
    PAYOUT_METHOD_UNAVAILABLE,
    { method: way, country },
    {
      passed: false,
      rule: 'This site must be able to pay to your account.',
      have: `${way}, given for another network`,
      need: 'an account that is paid here',
      remedy: 'Give your account again.',
      whoCanChange: 'you',
      earliest: null,
    },
  );
}

/** Dollars need no price. */
async function priceChecks(house: House, terms: PayoutTerms, nowMs: number): Promise<GateCheck[]> {
  const isCoin = terms.method === 'btcpay';
  if (!isCoin && terms.currency === 'USD') return [];
  const check = {
    rule: `There must be a price of ${isCoin ? 'a bitcoin' : terms.currency} that is new enough.`,
    need: 'a price that is new enough',
    whoCanChange: 'time' as const,
    earliest: null,
  };
  try {
    const { fiat } = await quotePrice(house, terms, nowMs);
    const have = fiat === null ? 'a price of just now' : `a rate of ${fiat.asOf}`;
    return [
      made(
        isCoin ? COIN_PRICE_MISSING : FIAT_RATE_TOO_OLD,
        {},
        { ...check, passed: true, have, remedy: null },
      ),
    ];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { kind, data, message, remedy } = error;
    return [made(kind, data, { ...check, passed: false, have: message, remedy })];
  }
}
