import Type, { type Static } from 'typebox';
import type { Ratio } from '../core/money.ts';
import { nullable } from '../http/schemas.ts';

/** The presets that ship; `carat` is what a new house starts with. */
export const PRESET_NAMES = ['carat', 'tiktok_like', 'twitch_like', 'bigo_like', 'onlyfans_like'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * The numbers in force, as slices read them: money as `bigint`, rates as ratios of whole numbers.
 * It is made from a `PolicyDocument` by `policyOf`; every receipt names its `version`.
 */
export interface Policy {
  readonly version: number;
  readonly preset: PresetName;
  readonly effectiveFrom: Date;
  readonly coins: {
    /** Cents for one Coin. A price is `convertUp(coins, centsPerCoin)`. */
    readonly centsPerCoin: Ratio;
    readonly packs: readonly CoinPack[];
    /** Coins that one order of an exact amount may hold, both ends included. */
    readonly exactMinCoins: bigint;
    readonly exactMaxCoins: bigint;
  };
  readonly buying: {
    /** Whole Diamonds in each pack; a pack costs what its Diamonds are worth by the rate, rounded up to a cent. */
    readonly diamondPacks: readonly bigint[];
    /** Whole Diamonds that one order of an exact amount may hold, both ends included. */
    readonly diamondsMin: bigint;
    readonly diamondsMax: bigint;
  };
  readonly gifts: {
    /** Diamond units that the creator's side gets for one Coin, rounded down per gift. */
    readonly diamondUnitsPerCoin: Ratio;
    /** The most of one gift in one request. The least is 1. */
    readonly quantityMax: number;
    /** Gifts up to this price, included, can streak. */
    readonly streakPriceMaxCoins: bigint;
    /** How long a streak stays open on the screen after a press. */
    readonly streakWindowMs: number;
    /** How long the server waits before it closes a streak; longer, so that a late packet does not split it. */
    readonly streakCloseMs: number;
    /** From this price on, included, a gift asks for a second look and can be undone. */
    readonly dearFromCoins: bigint;
    readonly undoMs: number;
  };
  readonly diamonds: {
    /** Cents for one Diamond unit (a thousandth of a Diamond). */
    readonly centsPerUnit: Ratio;
    /** Days from a gift until its Diamonds are available. */
    readonly maturityDays: number;
  };
  /** When the Diamonds of a gift wait longer than that. */
  readonly clearing: ClearingRules;
  /** How money is converted, and how the worth of a Diamond moves. */
  readonly rates: RateRules;
  /** What popular creators get more of a gift. */
  readonly tiers: TierRules;
  readonly chat: {
    /** Graphemes in one message, both ends included. */
    readonly lengthMin: number;
    readonly lengthMax: number;
    /** The shortest time between two messages of one person. */
    readonly intervalMs: number;
  };
  readonly matches: {
    /** How long a match between creators runs. */
    readonly seconds: number;
  };
  readonly questions: {
    /** Graphemes in one question; the least is 1. */
    readonly lengthMax: number;
    /** What a creator may ask for a paid question, both ends included. A free one costs 0 whatever these are. */
    readonly coinsMin: bigint;
    readonly coinsMax: bigint;
    /** The shortest time between two questions of one person. */
    readonly intervalMs: number;
    /** Paid questions that one person may have open in one live; of free ones it is one, always. */
    readonly paidOpenMax: number;
    /** A question that waited for so long goes back, whatever became of its live. */
    readonly waitMs: number;
  };
  readonly people: {
    /** Whole years, at midnight UTC of the birthday. */
    readonly signUpAgeMin: number;
    readonly adultAge: number;
    readonly ageMax: number;
    /** How often a person may correct their own date of birth; after that, support does it. */
    readonly dateOfBirthCorrectionsMax: number;
    readonly handleLengthMin: number;
    readonly handleLengthMax: number;
    /** Days between two changes of a handle. */
    readonly handleChangeDays: number;
    /** Graphemes. */
    readonly displayNameLengthMax: number;
    readonly bioLengthMax: number;
    readonly passwordLengthMin: number;
    /** People that one person may follow. */
    readonly followingMax: number;
  };
  readonly goLive: {
    /** Whole years, at midnight UTC of the birthday. */
    readonly ageMin: number;
    /** People who follow the creator. */
    readonly followersMin: number;
    /** Whether somebody must have checked who the creator is. */
    readonly identityNeeded: boolean;
    /** Whether signing in must take a second step. */
    readonly twoStepSignInNeeded: boolean;
  };
  /** When a stage's hype begins, how its five levels fill, and how long it rests. */
  readonly hype: HypeRules;
  /** What one person may spend, unless they set limits of their own. Cents; `null` = no limit. */
  readonly spending: {
    readonly dayCents: bigint | null;
    /** Of seven days, today included. */
    readonly weekCents: bigint | null;
    /** Of thirty days, today included. */
    readonly monthCents: bigint | null;
    /** A higher limit holds so long after it was asked for; a lower one at once. */
    readonly raiseAfterMs: number;
  };
  readonly sessions: {
    /** A session unused for so long ends. */
    readonly idleMs: number;
    /** A session ends so long after sign-in, used or not. */
    readonly absoluteMs: number;
    /** Sessions that one person may have at once; the oldest ends when one more begins. */
    readonly perPersonMax: number;
  };
  readonly signIn: {
    /** Over how long tries are counted. */
    readonly windowMs: number;
    /** Failed tries per account (known or not), network and window; ten times as many from all networks together. */
    readonly failuresPerAccountMax: number;
    /** Failed tries per network address and window. */
    readonly failuresPerAddressMax: number;
    /** Accounts opened per network address and window. */
    readonly signUpsPerAddressMax: number;
  };
  /** Money that goes back to fans. */
  readonly refunds: {
    /** So many days after paying a fan may give back what is unspent of it, by themselves. */
    readonly selfServiceDays: number;
    /** From this amount on, included, a refund by support takes two operators; `null` = never. */
    readonly secondOperatorFromCents: bigint | null;
    /** Whether an account whose payment is disputed may neither buy nor give until that is decided. */
    readonly disputeBlocks: boolean;
    /** What is set aside of each day's sales for disputes, in hundredths of a percent. */
    readonly reserveBasisPoints: number;
  };
  readonly withdrawals: {
    /** Diamond units. */
    readonly minUnits: bigint;
    /** Cents per person; `null` = no cap. */
    readonly dayMaxCents: bigint | null;
    readonly weekMaxCents: bigint | null;
    /** Days until a withdrawal is paid or its hold is explained. */
    readonly settledWithinDays: number;
  };
  readonly payouts: PayoutRules;
  /** What one person may leave behind on the way to a withdrawal. */
  readonly payoutLimits: {
    /** Accounts given or changed within 24 hours. */
    readonly accountsPerDay: number;
    /** Prices asked for within an hour. */
    readonly quotesPerHour: number;
  };
  readonly staff: {
    /** How long after giving the password again an operator may do what moves money or gives power. */
    readonly confirmMs: number;
  };
  readonly verification: VerificationRules;
}

/** How it is checked who somebody is. */
export interface VerificationRules {
  /** The pictures that a case needs. */
  readonly pictures: readonly PictureSide[];
  /** The longest file of a picture. */
  readonly pictureBytesMax: number;
  /** Width times height of the largest picture. */
  readonly picturePixelsMax: number;
  /** Pictures are erased so long after a case was decided, or was left undone. */
  readonly eraseAfterMs: number;
  /** A case that was begun and not handed in ends so long after its last change. */
  readonly expireAfterMs: number;
  /** Cases of one person that may be refused; after that, support opens the next. */
  readonly refusalsMax: number;
}

/** The pictures that a case may need. */
export const PICTURE_SIDES = ['front', 'back', 'selfie'] as const;
export type PictureSide = (typeof PICTURE_SIDES)[number];

/** How money reaches creators, and who looks at it before. */
export interface PayoutRules {
  /** How long the price of a withdrawal is held. */
  readonly quoteMs: number;
  /** How long a payout account waits after it was given or changed. */
  readonly coolDownMs: number;
  /** How long a creator's first withdrawal waits, at the latest; 0 = it does not. */
  readonly firstHoldMs: number;
  /** From this amount on, included, a second operator must approve; `null` = never. */
  readonly secondOperatorFromCents: bigint | null;
  /** Whether somebody must have checked who the creator is. */
  readonly identityNeeded: boolean;
  /** Withheld from the gross amount, in hundredths of a percent. */
  readonly taxBasisPoints: number;
  /** Business days that operators take to look at a request. */
  readonly reviewDays: number;
  readonly methods: readonly PayoutTerms[];
}

/** The ways in which money can be paid out. */
export const PAYOUT_METHODS = ['sepa', 'ach', 'stripe', 'btcpay', 'paypal', 'manual'] as const;
export type PayoutMethodName = (typeof PAYOUT_METHODS)[number];

/** Where the money of withdrawals goes in the ledger: `world:<name>`. A provider's has the name of its mode besides. */
export const PAYOUT_WORLDS = [
  'sepa',
  'ach',
  'manual',
  'stripe_connect',
  'stripe_connect_test',
  'stripe_connect_sandbox',
  'btcpay_payouts',
  'btcpay_payouts_test',
  'btcpay_payouts_sandbox',
  'paypal_payouts',
  'paypal_payouts_test',
  'paypal_payouts_sandbox',
] as const;

/** What one method costs and takes, in some countries. Of two entries that fit, the first holds. */
export interface PayoutTerms {
  readonly method: PayoutMethodName;
  /** ISO 3166 codes of the accounts it reaches; empty = all. */
  readonly countries: readonly string[];
  /** ISO 4217. */
  readonly currency: string;
  /** Least gross amount of one withdrawal, beside the minimum in Diamonds; 0 = none. */
  readonly minCents: bigint;
  /** The most that one person may withdraw by it in a day; `null` = no cap of its own. */
  readonly dayMaxCents: bigint | null;
  readonly feeCents: bigint;
  /** From sending to arriving, at the latest. */
  readonly businessDays: number;
}

/** Gifts of fans who began to pay a short while ago and have given much since wait longer. */
export interface ClearingRules {
  /** `false`: every gift is due on the usual date. */
  readonly isOn: boolean;
  /** So long after their first payment somebody is new. */
  readonly newPayerMs: number;
  /** From so many Coins given in all, that gift included. */
  readonly fromCoins: bigint;
  /** How much later than usual it is due. */
  readonly extraMs: number;
  /** Counted from the gift: it is never due later, whatever else is said here. */
  readonly latestMs: number;
}

/** Tiers of creators, by how popular they are. */
export interface TierRules {
  /** Over how many days watching and gifts are counted. */
  readonly windowDays: number;
  /** From the lowest to the highest; a creator is in the highest of which all three are reached. Empty: no tiers. */
  readonly levels: readonly TierLevel[];
}

export interface TierLevel {
  readonly name: string;
  readonly followers: number;
  /** Viewers of each minute of the creator's lives, added up. */
  readonly viewerMinutes: number;
  /** Coins of gifts for 1,000 viewer-minutes. */
  readonly engagementCoins: number;
  /** What a gift brings, in hundredths of a percent of what the policy says: 10,500 = 5 % more. */
  readonly yieldBasisPoints: number;
}

/** The numbers of rates. */
export interface RateRules {
  /** Days after which a fiat rate is not used any more. */
  readonly fiatMaxAgeDays: number;
  /** A new fiat table that moves a currency by more than so many hundredths of a percent waits for an operator. */
  readonly fiatParkBasisPoints: number;
  readonly formula: FormulaRules;
}

/** The numbers of the formula that moves what a Diamond is worth. */
export interface FormulaRules {
  /** `false`: a Diamond is worth what `diamonds.centsPerUnit` says. */
  readonly isOn: boolean;
  /** How far the rate may be from `diamonds.centsPerUnit`, up and down, in hundredths of a percent. */
  readonly bandBasisPoints: number;
  /** How far one day may move it, in hundredths of a percent of the day before. */
  readonly dayCapBasisPoints: number;
  /** Over how many days purchases and withdrawals are counted. */
  readonly windowDays: number;
  /** Days between telling a rate and its start; of rates that operators set, too. */
  readonly noticeDays: number;
  /** So many percent of the purchases withdrawn is neutral: neither more nor less demand. */
  readonly neutralWithdrawnPercent: number;
  /** So many percent of what the Diamonds are worth held in cash is neutral. */
  readonly coveragePercent: number;
  /** How much each input counts against the others; one that has no value counts nothing. */
  readonly weights: { readonly demand: number; readonly supply: number; readonly market: number };
}

/** The numbers of a hype meter. */
export interface HypeRules {
  /** It begins when so many different people gave on a stage within the window. */
  readonly supportersNeeded: number;
  readonly windowMs: number;
  /** Coins, counted from its beginning, that fill each of the five levels; rising. */
  readonly levelCoins: readonly bigint[];
  /** How long it runs on after it began and after each level that was filled. */
  readonly levelMs: number;
  /** How long no other one begins after it ended. */
  readonly restMs: number;
}

/** Levels of a hype. */
export const HYPE_LEVELS = 5;

/** A fixed amount of Coins with a fixed price. */
export interface CoinPack {
  /** `pack_70`. */
  readonly id: string;
  readonly coins: bigint;
  readonly priceCents: bigint;
}

const closed = { additionalProperties: false };
const count = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });

// Small enough that numerator × any amount one order may hold stays far inside 64 bits.
const ratio = Type.Object(
  { numerator: count(1, 1_000_000_000), denominator: count(1, 1_000_000_000) },
  closed,
);
const cents = count(1, 1_000_000_000);
const coins = count(1, 1_000_000_000);
const milliseconds = count(0, 3_600_000);

/** The policy as an operator writes it and as it is stored: JSON with whole numbers only. */
export const PolicyDocument = Type.Object(
  {
    coins: Type.Object(
      {
        centsPerCoin: ratio,
        packs: Type.Array(
          Type.Object(
            // Without `cents` the pack costs what its Coins cost one by one, rounded up to a cent.
            { coins, cents: Type.Optional(cents) },
            closed,
          ),
          { maxItems: 20 },
        ),
        exactMinCoins: coins,
        exactMaxCoins: coins,
      },
      closed,
    ),
    buying: Type.Object(
      { diamondPacks: Type.Array(coins, { maxItems: 20 }), diamondsMin: coins, diamondsMax: coins },
      closed,
    ),
    gifts: Type.Object(
      {
        diamondUnitsPerCoin: ratio,
        quantityMax: count(1, 9_999),
        streakPriceMaxCoins: count(0, 1_000_000),
        streakWindowMs: count(500, 60_000),
        streakCloseMs: count(500, 60_000),
        dearFromCoins: coins,
        undoMs: count(0, 60_000),
      },
      closed,
    ),
    diamonds: Type.Object({ centsPerUnit: ratio, maturityDays: count(0, 365) }, closed),
    clearing: Type.Object(
      {
        isOn: Type.Boolean(),
        newPayerDays: count(1, 365),
        fromCoins: coins,
        extraDays: count(0, 90),
        latestDays: count(0, 365),
      },
      closed,
    ),
    rates: Type.Object(
      {
        fiatMaxAgeDays: count(1, 36_500),
        fiatParkBasisPoints: count(1, 10_000),
        formula: Type.Object(
          {
            isOn: Type.Boolean(),
            bandBasisPoints: count(0, 5_000),
            dayCapBasisPoints: count(0, 1_000),
            windowDays: count(1, 366),
            noticeDays: count(1, 90),
            neutralWithdrawnPercent: count(1, 100),
            coveragePercent: count(1, 1_000),
            weights: Type.Object(
              { demand: count(0, 100), supply: count(0, 100), market: count(0, 100) },
              closed,
            ),
          },
          closed,
        ),
      },
      closed,
    ),
    tiers: Type.Object(
      {
        windowDays: count(1, 366),
        levels: Type.Array(
          Type.Object(
            {
              name: Type.String({ minLength: 1, maxLength: 24 }),
              followers: count(0, 1_000_000_000),
              viewerMinutes: count(0, 1_000_000_000),
              engagementCoins: count(0, 1_000_000_000),
              // Nobody gets less than the policy's own yield.
              yieldBasisPoints: count(10_000, 20_000),
            },
            closed,
          ),
          { maxItems: 10 },
        ),
      },
      closed,
    ),
    chat: Type.Object(
      { lengthMin: count(1, 2_000), lengthMax: count(1, 2_000), intervalMs: milliseconds },
      closed,
    ),
    matches: Type.Object({ seconds: count(10, 3_600) }, closed),
    questions: Type.Object(
      {
        lengthMax: count(1, 1_000),
        coinsMin: coins,
        coinsMax: coins,
        intervalMs: milliseconds,
        paidOpenMax: count(1, 100),
        waitHours: count(1, 720),
      },
      closed,
    ),
    people: Type.Object(
      {
        signUpAgeMin: count(0, 100),
        adultAge: count(0, 100),
        ageMax: count(100, 150),
        dateOfBirthCorrectionsMax: count(0, 10),
        handleLengthMin: count(2, 32),
        handleLengthMax: count(2, 32),
        handleChangeDays: count(0, 365),
        displayNameLengthMax: count(1, 100),
        bioLengthMax: count(0, 1_000),
        passwordLengthMin: count(8, 64),
        followingMax: count(1, 1_000_000),
      },
      closed,
    ),
    goLive: Type.Object(
      {
        ageMin: count(0, 100),
        followersMin: count(0, 1_000_000_000),
        identityNeeded: Type.Boolean(),
        twoStepSignInNeeded: Type.Boolean(),
      },
      closed,
    ),
    hype: Type.Object(
      {
        supportersNeeded: count(2, 100),
        windowSeconds: count(10, 3_600),
        levelCoins: Type.Array(coins, { minItems: HYPE_LEVELS, maxItems: HYPE_LEVELS }),
        levelSeconds: count(10, 3_600),
        restSeconds: count(0, 86_400),
      },
      closed,
    ),
    spending: Type.Object(
      {
        dayCents: nullable(cents),
        weekCents: nullable(cents),
        monthCents: nullable(cents),
        raiseAfterHours: count(0, 720),
      },
      closed,
    ),
    sessions: Type.Object(
      { idleHours: count(1, 8_760), absoluteHours: count(1, 8_760), perPersonMax: count(1, 1_000) },
      closed,
    ),
    signIn: Type.Object(
      {
        windowMinutes: count(1, 1_440),
        failuresPerAccountMax: count(1, 1_000),
        failuresPerAddressMax: count(1, 100_000),
        signUpsPerAddressMax: count(1, 100_000),
      },
      closed,
    ),
    refunds: Type.Object(
      {
        selfServiceDays: count(0, 365),
        secondOperatorFromCents: nullable(cents),
        disputeBlocks: Type.Boolean(),
        reserveBasisPoints: count(0, 5_000),
      },
      closed,
    ),
    withdrawals: Type.Object(
      {
        minDiamonds: count(0, 1_000_000_000),
        dayMaxCents: nullable(cents),
        weekMaxCents: nullable(cents),
        settledWithinDays: count(1, 90),
      },
      closed,
    ),
    payouts: Type.Object(
      {
        quoteMinutes: count(1, 60),
        coolDownHours: count(0, 720),
        firstHoldHours: count(0, 720),
        secondOperatorFromCents: nullable(cents),
        identityNeeded: Type.Boolean(),
        taxBasisPoints: count(0, 9_000),
        reviewDays: count(0, 10),
        methods: Type.Array(
          Type.Object(
            {
              method: Type.Enum([...PAYOUT_METHODS]),
              countries: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { maxItems: 250 }),
              currency: Type.String({ pattern: '^[A-Z]{3}$' }),
              minCents: count(0, 1_000_000_000),
              dayMaxCents: nullable(cents),
              feeCents: count(0, 1_000_000),
              businessDays: count(0, 30),
            },
            closed,
          ),
          { maxItems: 50 },
        ),
      },
      closed,
    ),
    payoutLimits: Type.Object({ accountsPerDay: count(1, 1_000), quotesPerHour: count(10, 100_000) }, closed),
    staff: Type.Object({ confirmMinutes: count(1, 120) }, closed),
    verification: Type.Object(
      {
        pictures: Type.Array(Type.Enum([...PICTURE_SIDES]), { minItems: 1, maxItems: 3, uniqueItems: true }),
        pictureBytesMax: count(100_000, 10_000_000),
        picturePixelsMax: count(1_000_000, 100_000_000),
        eraseAfterDays: count(1, 365),
        expireAfterDays: count(1, 365),
        refusalsMax: count(1, 100),
      },
      closed,
    ),
  },
  closed,
);
export type PolicyDocument = Static<typeof PolicyDocument>;

/** Where the numbers of a preset come from. */
export const PresetSource = Type.Object(
  {
    about: Type.String({ minLength: 1 }),
    source: Type.String({ minLength: 1 }),
    date: Type.String({ minLength: 1 }),
    /** How far to trust it: read in the source, worked out from it, from memory, or our own choice. */
    status: Type.Enum(['read', 'derived', 'remembered', 'chosen']),
  },
  closed,
);

/** A preset as its data file holds it. */
export const Preset = Type.Object(
  {
    name: Type.Enum([...PRESET_NAMES]),
    title: Type.String(),
    sources: Type.Array(PresetSource),
    document: PolicyDocument,
  },
  closed,
);
export type Preset = Static<typeof Preset>;
