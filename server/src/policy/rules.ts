import { convertUp, type Ratio, UNITS_PER_DIAMOND } from '../core/money.ts';
import type {
  CoinPack,
  HypeRules,
  PayoutRules,
  Policy,
  PolicyDocument,
  PresetName,
  TierLevel,
  VerificationRules,
} from './schema.ts';

/** A rule between numbers that a document breaks: which field, and what must be true of it. */
export interface BrokenRule {
  /** JSON pointer, `/gifts/streakCloseMs`. */
  readonly field: string;
  readonly rule: string;
}

/**
 * The rules between the numbers of a document that already fits its schema, in a fixed order.
 * An empty list means that the document can be adopted.
 */
export function brokenRules(document: PolicyDocument): BrokenRule[] {
  const { coins, gifts, diamonds, chat, questions, people, sessions, withdrawals } = document;
  const broken: BrokenRule[] = [];
  const must = (holds: boolean, field: string, rule: string) => {
    if (!holds) broken.push({ field, rule });
  };

  must(coins.exactMinCoins <= coins.exactMaxCoins, '/coins/exactMaxCoins', 'must be at least exactMinCoins');
  for (const [index, pack] of coins.packs.entries()) {
    const before = coins.packs[index - 1];
    must(
      before === undefined || before.coins < pack.coins,
      `/coins/packs/${index}/coins`,
      'must be more than in the pack before',
    );
    // Nobody is pushed to a pack by a dearer exact amount, and nobody pays more for taking one.
    must(
      packCents(pack, coins.centsPerCoin) <= convertUp(BigInt(pack.coins), ratioOf(coins.centsPerCoin)),
      `/coins/packs/${index}/cents`,
      'must not be more than the same Coins cost one by one',
    );
  }
  const { buying } = document;
  must(buying.diamondsMin <= buying.diamondsMax, '/buying/diamondsMax', 'must be at least diamondsMin');
  for (const [index, pack] of buying.diamondPacks.entries()) {
    const before = buying.diamondPacks[index - 1];
    must(
      before === undefined || before < pack,
      `/buying/diamondPacks/${index}`,
      'must be more than the pack before',
    );
  }
  must(
    gifts.streakWindowMs < gifts.streakCloseMs,
    '/gifts/streakCloseMs',
    'must be more than streakWindowMs, so that a late press does not split a streak',
  );
  must(
    gifts.streakPriceMaxCoins < gifts.dearFromCoins,
    '/gifts/dearFromCoins',
    'must be more than streakPriceMaxCoins: a gift that streaks is not dear',
  );
  must(
    creatorGetsAtMostWhatFansPaid(document),
    '/diamonds/centsPerUnit',
    'must not make the Diamonds of a gift worth more than its Coins cost at their cheapest, in the highest tier and at the top of the band',
  );
  must(
    document.clearing.latestDays >= diamonds.maturityDays,
    '/clearing/latestDays',
    'must be at least maturityDays: nothing is due earlier than the usual date',
  );
  const { weights } = document.rates.formula;
  must(
    weights.demand + weights.supply > 0,
    '/rates/formula/weights',
    'must give demand or supply some weight: there may be no market',
  );
  must(chat.lengthMin <= chat.lengthMax, '/chat/lengthMax', 'must be at least lengthMin');
  must(questions.coinsMin <= questions.coinsMax, '/questions/coinsMax', 'must be at least coinsMin');
  must(
    people.handleLengthMin <= people.handleLengthMax,
    '/people/handleLengthMax',
    'must be at least handleLengthMin',
  );
  must(
    document.goLive.ageMin >= people.signUpAgeMin,
    '/goLive/ageMin',
    'must be at least signUpAgeMin: nobody younger has an account',
  );
  for (const [index, coins] of document.hype.levelCoins.entries()) {
    const before = document.hype.levelCoins[index - 1];
    must(
      before === undefined || before < coins,
      `/hype/levelCoins/${index}`,
      'must be more than the level before: it counts from the beginning',
    );
  }
  const { dayCents, weekCents, monthCents } = document.spending;
  const longer = (limit: number | null, than: number | null) =>
    limit === null || than === null || limit >= than;
  must(longer(weekCents, dayCents), '/spending/weekCents', 'must be at least dayCents');
  must(
    longer(monthCents, weekCents) && longer(monthCents, dayCents),
    '/spending/monthCents',
    'must be at least weekCents and dayCents',
  );
  for (const [index, level] of document.tiers.levels.entries()) {
    const before = document.tiers.levels[index - 1];
    if (before === undefined) continue;
    for (const name of ['followers', 'viewerMinutes', 'engagementCoins', 'yieldBasisPoints'] as const) {
      must(
        before[name] <= level[name],
        `/tiers/levels/${index}/${name}`,
        'must be at least as in the tier below',
      );
    }
    must(before.name !== level.name, `/tiers/levels/${index}/name`, 'must differ from the tier below');
  }
  must(sessions.idleHours <= sessions.absoluteHours, '/sessions/absoluteHours', 'must be at least idleHours');
  const { dayMaxCents, weekMaxCents } = withdrawals;
  must(
    dayMaxCents === null || weekMaxCents === null || dayMaxCents <= weekMaxCents,
    '/withdrawals/weekMaxCents',
    'must be at least dayMaxCents',
  );
  const leastCents = convertUp(
    BigInt(withdrawals.minDiamonds) * UNITS_PER_DIAMOND,
    ratioOf(diamonds.centsPerUnit),
  );
  for (const [name, cap] of Object.entries({ dayMaxCents, weekMaxCents })) {
    must(
      cap === null || leastCents <= BigInt(cap),
      `/withdrawals/${name}`,
      'must be at least what minDiamonds is worth',
    );
  }
  for (const [index, terms] of document.payouts.methods.entries()) {
    const at = `/payouts/methods/${index}`;
    must(
      terms.dayMaxCents === null || terms.minCents <= terms.dayMaxCents,
      `${at}/dayMaxCents`,
      'must be at least minCents',
    );
    must(
      terms.method !== 'sepa' || terms.currency === 'EUR',
      `${at}/currency`,
      'must be EUR: SEPA carries nothing else',
    );
    must(
      terms.method !== 'ach' || terms.currency === 'USD',
      `${at}/currency`,
      'must be USD: ACH carries nothing else',
    );
    must(
      terms.method !== 'ach' || (terms.countries.length === 1 && terms.countries[0] === 'US'),
      `${at}/countries`,
      'must be US: ACH reaches nothing else',
    );
    must(
      (terms.method === 'btcpay') === (terms.currency === 'BTC'),
      `${at}/currency`,
      'must be BTC for btcpay, and for nothing else',
    );
  }
  return broken;
}

/** Parts that versions written before there was such a thing say nothing about. */
type LaterParts =
  | 'goLive'
  | 'questions'
  | 'hype'
  | 'matches'
  | 'rates'
  | 'tiers'
  | 'spending'
  | 'buying'
  | 'refunds'
  | 'payouts'
  | 'payoutLimits'
  | 'staff'
  | 'verification'
  | 'clearing';

/** A document as it may be kept. */
export type KeptDocument = Omit<PolicyDocument, LaterParts> & Partial<Pick<PolicyDocument, LaterParts>>;

/** What holds where a kept version says nothing of it. */
const USUAL_HYPE: PolicyDocument['hype'] = {
  supportersNeeded: 3,
  windowSeconds: 300,
  levelCoins: [500, 1_500, 3_500, 7_000, 12_000],
  levelSeconds: 120,
  restSeconds: 600,
};

/** What holds where a kept version says nothing of it. */
const USUAL_MATCHES: PolicyDocument['matches'] = { seconds: 300 };

/** What holds where a kept version says nothing of it: nothing moves by itself. */
const USUAL_RATES: PolicyDocument['rates'] = {
  fiatMaxAgeDays: 7,
  fiatParkBasisPoints: 1_000,
  formula: {
    isOn: false,
    bandBasisPoints: 500,
    dayCapBasisPoints: 50,
    windowDays: 28,
    noticeDays: 7,
    neutralWithdrawnPercent: 50,
    coveragePercent: 150,
    weights: { demand: 2, supply: 1, market: 1 },
  },
};

/** What held before there were limits. */
const NO_SPENDING_LIMITS: PolicyDocument['spending'] = {
  dayCents: null,
  weekCents: null,
  monthCents: null,
  raiseAfterHours: 24,
};

/** What holds where a kept version says nothing of it. */
const USUAL_BUYING: PolicyDocument['buying'] = {
  diamondPacks: [100, 500, 1_000, 2_500],
  diamondsMin: 50,
  diamondsMax: 100_000,
};

/** What held before there were refunds: what the law of many countries says, and two operators for what is dear. */
const USUAL_REFUNDS: PolicyDocument['refunds'] = {
  selfServiceDays: 14,
  secondOperatorFromCents: 10_000,
  disputeBlocks: true,
  reserveBasisPoints: 0,
};

/** What held before anything could wait longer: everything is due on the usual date. */
const NO_DELAYS: PolicyDocument['clearing'] = {
  isOn: false,
  newPayerDays: 3,
  fromCoins: 5_000,
  extraDays: 7,
  latestDays: 30,
};

/** What held before there were withdrawals: none is offered. */
const NO_PAYOUTS: PolicyDocument['payouts'] = {
  quoteMinutes: 15,
  coolDownHours: 24,
  firstHoldHours: 0,
  secondOperatorFromCents: null,
  identityNeeded: false,
  taxBasisPoints: 0,
  reviewDays: 1,
  methods: [],
};

/** What holds where a kept version says nothing of it. */
const USUAL_PAYOUT_LIMITS: PolicyDocument['payoutLimits'] = { accountsPerDay: 10, quotesPerHour: 240 };

/** What holds where a kept version says nothing of it. */
const USUAL_STAFF: PolicyDocument['staff'] = { confirmMinutes: 15 };

/** What holds where a kept version says nothing of it. */
const USUAL_VERIFICATION: PolicyDocument['verification'] = {
  pictures: ['front', 'back', 'selfie'],
  pictureBytesMax: 10_000_000,
  picturePixelsMax: 40_000_000,
  eraseAfterDays: 30,
  expireAfterDays: 30,
  refusalsMax: 3,
};

/** What holds where a kept version says nothing of it: every creator gets the same. */
const USUAL_TIERS: PolicyDocument['tiers'] = { windowDays: 28, levels: [] };

/** What held before lives had conditions: being of age. */
function openToAll(ageMin: number): Policy['goLive'] {
  return { ageMin, followersMin: 0, identityNeeded: false, twoStepSignInNeeded: false };
}

/** What held before an operator could set it. */
const FIRST_QUESTIONS: PolicyDocument['questions'] = {
  lengthMax: 200,
  coinsMin: 1,
  coinsMax: 10_000,
  intervalMs: 3_000,
  paidOpenMax: 5,
  waitHours: 24,
};

/** The numbers as slices read them. The document has passed its schema and `brokenRules`. */
export function policyOf(
  document: KeptDocument,
  named: { version: number; preset: PresetName; effectiveFrom: Date },
): Policy {
  const { coins, gifts, diamonds, people, goLive, sessions, signIn, withdrawals } = document;
  const { waitHours, ...questions } = document.questions ?? FIRST_QUESTIONS;
  const hourMs = 3_600_000;
  const minuteMs = 60_000;
  return deepFreeze({
    ...named,
    coins: {
      centsPerCoin: ratioOf(coins.centsPerCoin),
      packs: coins.packs.map(
        (pack): CoinPack => ({
          id: `pack_${pack.coins}`,
          coins: BigInt(pack.coins),
          priceCents: packCents(pack, coins.centsPerCoin),
        }),
      ),
      exactMinCoins: BigInt(coins.exactMinCoins),
      exactMaxCoins: BigInt(coins.exactMaxCoins),
    },
    gifts: {
      ...gifts,
      diamondUnitsPerCoin: ratioOf(gifts.diamondUnitsPerCoin),
      streakPriceMaxCoins: BigInt(gifts.streakPriceMaxCoins),
      dearFromCoins: BigInt(gifts.dearFromCoins),
    },
    diamonds: { centsPerUnit: ratioOf(diamonds.centsPerUnit), maturityDays: diamonds.maturityDays },
    clearing: clearingRules(document.clearing ?? NO_DELAYS),
    tiers: tiersOf(document.tiers ?? USUAL_TIERS),
    rates: ratesOf(document.rates ?? USUAL_RATES),
    chat: { ...document.chat },
    buying: buyingRules(document.buying ?? USUAL_BUYING),
    matches: { ...(document.matches ?? USUAL_MATCHES) },
    questions: {
      ...questions,
      coinsMin: BigInt(questions.coinsMin),
      coinsMax: BigInt(questions.coinsMax),
      waitMs: waitHours * hourMs,
    },
    people: { ...people },
    goLive: { ...(goLive ?? openToAll(people.adultAge)) },
    hype: hypeRules(document.hype ?? USUAL_HYPE),
    spending: spendingRules(document.spending ?? NO_SPENDING_LIMITS),
    sessions: {
      idleMs: sessions.idleHours * hourMs,
      absoluteMs: sessions.absoluteHours * hourMs,
      perPersonMax: sessions.perPersonMax,
    },
    signIn: {
      windowMs: signIn.windowMinutes * minuteMs,
      failuresPerAccountMax: signIn.failuresPerAccountMax,
      failuresPerAddressMax: signIn.failuresPerAddressMax,
      signUpsPerAddressMax: signIn.signUpsPerAddressMax,
    },
    withdrawals: {
      minUnits: BigInt(withdrawals.minDiamonds) * UNITS_PER_DIAMOND,
      dayMaxCents: withdrawals.dayMaxCents === null ? null : BigInt(withdrawals.dayMaxCents),
      weekMaxCents: withdrawals.weekMaxCents === null ? null : BigInt(withdrawals.weekMaxCents),
      settledWithinDays: withdrawals.settledWithinDays,
    },
    payouts: payoutRules(document.payouts ?? NO_PAYOUTS),
    payoutLimits: { ...(document.payoutLimits ?? USUAL_PAYOUT_LIMITS) },
    staff: { confirmMs: (document.staff ?? USUAL_STAFF).confirmMinutes * minuteMs },
    verification: verificationRules(document.verification ?? USUAL_VERIFICATION),
    refunds: refundRules(document.refunds ?? USUAL_REFUNDS),
  });
}

function tiersOf({ windowDays, levels }: PolicyDocument['tiers']): Policy['tiers'] {
  return { windowDays, levels: levels.map((level) => ({ ...level })) };
}

function ratesOf({ formula, ...rates }: PolicyDocument['rates']): Policy['rates'] {
  return { ...rates, formula: { ...formula, weights: { ...formula.weights } } };
}

function clearingRules(clearing: PolicyDocument['clearing']): Policy['clearing'] {
  const dayMs = 86_400_000;
  return {
    isOn: clearing.isOn,
    newPayerMs: clearing.newPayerDays * dayMs,
    fromCoins: BigInt(clearing.fromCoins),
    extraMs: clearing.extraDays * dayMs,
    latestMs: clearing.latestDays * dayMs,
  };
}

function spendingRules(spending: PolicyDocument['spending']): Policy['spending'] {
  const cents = (limit: number | null) => (limit === null ? null : BigInt(limit));
  return {
    dayCents: cents(spending.dayCents),
    weekCents: cents(spending.weekCents),
    monthCents: cents(spending.monthCents),
    raiseAfterMs: spending.raiseAfterHours * 3_600_000,
  };
}

function buyingRules(buying: PolicyDocument['buying']): Policy['buying'] {
  return {
    diamondPacks: buying.diamondPacks.map(BigInt),
    diamondsMin: BigInt(buying.diamondsMin),
    diamondsMax: BigInt(buying.diamondsMax),
  };
}

function refundRules(refunds: PolicyDocument['refunds']): Policy['refunds'] {
  const { secondOperatorFromCents: from } = refunds;
  return { ...refunds, secondOperatorFromCents: from === null ? null : BigInt(from) };
}

function payoutRules(payouts: PolicyDocument['payouts']): PayoutRules {
  const { quoteMinutes, coolDownHours, firstHoldHours, secondOperatorFromCents, methods, ...rest } = payouts;
  return {
    ...rest,
    quoteMs: quoteMinutes * 60_000,
    coolDownMs: coolDownHours * 3_600_000,
    firstHoldMs: firstHoldHours * 3_600_000,
    secondOperatorFromCents: secondOperatorFromCents === null ? null : BigInt(secondOperatorFromCents),
    methods: methods.map((terms) => ({
      ...terms,
      minCents: BigInt(terms.minCents),
      dayMaxCents: terms.dayMaxCents === null ? null : BigInt(terms.dayMaxCents),
      feeCents: BigInt(terms.feeCents),
    })),
  };
}

function verificationRules(verification: PolicyDocument['verification']): VerificationRules {
  const { eraseAfterDays, expireAfterDays, ...rest } = verification;
  const dayMs = 86_400_000;
  return {
    ...rest,
    pictures: [...rest.pictures],
    eraseAfterMs: eraseAfterDays * dayMs,
    expireAfterMs: expireAfterDays * dayMs,
  };
}

function hypeRules(hype: PolicyDocument['hype']): HypeRules {
  return {
    supportersNeeded: hype.supportersNeeded,
    windowMs: hype.windowSeconds * 1_000,
    levelCoins: hype.levelCoins.map(BigInt),
    levelMs: hype.levelSeconds * 1_000,
    restMs: hype.restSeconds * 1_000,
  };
}

/** The version in force at an instant: the last one whose start has come. Versions are in order of start. */
export function policyAt(versions: readonly Policy[], atMs: number): Policy | undefined {
  return versions.findLast((version) => version.effectiveFrom.getTime() <= atMs);
}

/**
 * `unitsPerCoin × centsPerUnit ≤ cents per Coin`, at the cheapest Coins sold, in the highest tier and at the highest rate
 * that the formula may come to: otherwise buying Coins, giving them to oneself and withdrawing would make money.
 */
function creatorGetsAtMostWhatFansPaid({ coins, gifts, diamonds, rates, tiers }: PolicyDocument): boolean {
  const { isOn, bandBasisPoints } = rates.formula;
  const top = (ONE_IN_BASIS_POINTS + BigInt(isOn ? bandBasisPoints : 0)) * BigInt(highestYield(tiers.levels));
  const units = ratioOf(gifts.diamondUnitsPerCoin);
  const value = ratioOf(diamonds.centsPerUnit);
  const prices: Ratio[] = [
    ratioOf(coins.centsPerCoin),
    ...coins.packs.map((pack) => ({
      numerator: packCents(pack, coins.centsPerCoin),
      denominator: BigInt(pack.coins),
    })),
  ];
  return prices.every(
    (price) =>
      units.numerator * value.numerator * top * price.denominator <=
      price.numerator * units.denominator * value.denominator * ONE_IN_BASIS_POINTS ** 2n,
  );
}

const ONE_IN_BASIS_POINTS = 10_000n;

/** The most that a tier gives, in hundredths of a percent of the policy's yield; 10,000 without tiers. */
export function highestYield(levels: readonly Pick<TierLevel, 'yieldBasisPoints'>[]): number {
  return Math.max(10_000, ...levels.map(({ yieldBasisPoints }) => yieldBasisPoints));
}

function packCents(
  pack: PolicyDocument['coins']['packs'][number],
  centsPerCoin: PolicyDocument['coins']['centsPerCoin'],
): bigint {
  return pack.cents === undefined ? convertUp(BigInt(pack.coins), ratioOf(centsPerCoin)) : BigInt(pack.cents);
}

function ratioOf({ numerator, denominator }: { numerator: number; denominator: number }): Ratio {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (inner !== null && typeof inner === 'object' && !(inner instanceof Date)) deepFreeze(inner);
  }
  return Object.freeze(value);
}
