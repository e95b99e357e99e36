/** One side of a comparison on one day. Money in cents, Diamonds in units, both in digits; all of that day alone unless told. */
export interface DayLine {
  /** 1 for the first. */
  readonly day: number;
  /** Cents for 1,000 Diamonds. */
  readonly rateCents: string;
  readonly purchasedCents: string;
  /** Diamonds that gifts brought, and what they were worth on that day. */
  readonly earnedUnits: string;
  readonly earnedCents: string;
  /** Gross: what the Diamonds that were paid out were worth. */
  readonly paidOutCents: string;
  /** At the end of the day: asked for and not paid yet. */
  readonly waitingCents: string;
  /** At the end of the day: of them, what the house had too little cash for. */
  readonly shortCents: string;
  /** At the end of the day. */
  readonly outstandingUnits: string;
  readonly heldCents: string;
  readonly owedCents: string;
  /** Held for what is owed, in hundredths of a percent; `null` when nothing is owed. */
  readonly coverage: string | null;
  /** What the creator in the middle earned in the last thirty days, in cents. */
  readonly medianCents: string;
}

/** One side over the whole run. */
export interface ArmSums {
  readonly purchasedCents: string;
  readonly earnedUnits: string;
  readonly earnedCents: string;
  readonly paidOutCents: string;
  readonly waitingCents: string;
  /** The most that waited on a day because the house had too little cash. */
  readonly mostShortCents: string;
  readonly leastCoverage: string | null;
  readonly lastCoverage: string | null;
  readonly medianCents: string;
}

export interface ArmResult {
  readonly days: readonly DayLine[];
  readonly sums: ArmSums;
  /** What the books say of themselves at the end. */
  readonly books: { readonly accounts: number; readonly transfers: number };
}

/** What a run came to. */
export interface SimulationResult {
  readonly now: ArmResult;
  readonly proposed: ArmResult;
  /** How many alike one purchase stood for. */
  readonly each: string;
}

export function sumsOf(days: readonly DayLine[]): ArmSums {
  const last = days.at(-1);
  const add = (field: 'purchasedCents' | 'earnedUnits' | 'earnedCents' | 'paidOutCents') =>
    days.reduce((sum, line) => sum + BigInt(line[field]), 0n).toString();
  const coverages = days.flatMap(({ coverage }) => (coverage === null ? [] : [BigInt(coverage)]));
  const least = coverages.reduce<bigint | null>((low, one) => (low === null || one < low ? one : low), null);
  const short = days.reduce((most, line) => larger(most, BigInt(line.shortCents)), 0n);
  return {
    purchasedCents: add('purchasedCents'),
    earnedUnits: add('earnedUnits'),
    earnedCents: add('earnedCents'),
    paidOutCents: add('paidOutCents'),
    waitingCents: last?.waitingCents ?? '0',
    mostShortCents: short.toString(),
    leastCoverage: least?.toString() ?? null,
    lastCoverage: last?.coverage ?? null,
    medianCents: last?.medianCents ?? '0',
  };
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
