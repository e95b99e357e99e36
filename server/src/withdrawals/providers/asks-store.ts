import type { Uuid } from '../../core/ids.ts';
import type { Database, Queryable } from '../../db/database.ts';

/** The second steps of a try: on to the bank, or back to the house. */
export type AskStep = 'forward' | 'take_back';

/** A question: its number, and the bank account that it names. The same number always names the same one. */
export interface OpenAsk {
  readonly number: number;
  readonly bank: string | null;
}

/**
 * The number under which a provider is asked for a step now, and the bank that it names. An answer that says nothing is asked for again under its
 * number as long as the provider keeps it; what was refused for certain has the next one. `null` where a step forward
 * would meet money that is being taken back.
 *
 * Call it when the provider was just asked what is true, and did not have it.
 */
export function openAsk(
  db: Database,
  asked: {
    readonly attemptId: Uuid;
    readonly step: AskStep;
    readonly at: Date;
    readonly keptSince: Date;
    /** As it was looked at for this question; `null` where the step names none. */
    readonly bank: string | null;
  },
): Promise<OpenAsk | null> {
  const { attemptId, step, at, keptSince, bank } = asked;
  return db.transaction(async (tx) => {
    await lockAttempt(tx, attemptId);
    if (step === 'forward' && (await newestAsk(tx, attemptId, 'take_back')) !== undefined) return null;
    const newest = await newestAsk(tx, attemptId, step);
    if (newest !== undefined && newest.refusedCode === null && newest.madeAt > keptSince) return newest;
    const number = (newest?.number ?? 0) + 1;
    await insertAsk(tx, { attemptId, step, number, at, bank });
    return { number, bank };
  });
}

/** It was refused for certain under this number: whatever is asked after it has another. */
export async function askRefused(
  db: Queryable,
  asked: { readonly attemptId: Uuid; readonly step: AskStep; readonly number: number; readonly code: string },
): Promise<void> {
  await db.query(
    `update payout_asks set refused_code = $4 where attempt_id = $1 and step = $2 and number = $3`,
    [asked.attemptId, asked.step, asked.number, asked.code],
  );
}

/**
 * It does not go on, so it is taken back: from here on nobody asks for a step forward. False when somebody asked for it
 * under a later number meanwhile, so that it may have gone on.
 */
export function turnBack(
  db: Database,
  asked: { readonly attemptId: Uuid; readonly refused: number; readonly code: string; readonly at: Date },
): Promise<boolean> {
  const { attemptId, refused, code, at } = asked;
  return db.transaction(async (tx) => {
    await lockAttempt(tx, attemptId);
    if ((await newestAsk(tx, attemptId, 'forward'))?.number !== refused) return false;
    await askRefused(tx, { attemptId, step: 'forward', number: refused, code });
    if ((await newestAsk(tx, attemptId, 'take_back')) === undefined) {
      await insertAsk(tx, { attemptId, step: 'take_back', number: 1, at, bank: null });
    }
    return true;
  });
}

interface Ask extends OpenAsk {
  readonly madeAt: Date;
  readonly refusedCode: string | null;
}

async function newestAsk(tx: Queryable, attemptId: Uuid, step: AskStep): Promise<Ask | undefined> {
  const [row] = await tx.query<Ask>(
    `select number, bank, made_at as "madeAt", refused_code as "refusedCode" from payout_asks
      where attempt_id = $1 and step = $2 order by number desc limit 1`,
    [attemptId, step],
  );
  return row;
}

async function insertAsk(
  tx: Queryable,
  ask: OpenAsk & { readonly attemptId: Uuid; readonly step: AskStep; readonly at: Date },
): Promise<void> {
  await tx.query(
    'insert into payout_asks (attempt_id, step, number, made_at, bank) values ($1, $2, $3, $4, $5)',
    [ask.attemptId, ask.step, ask.number, ask.at, ask.bank],
  );
}

/** Of two who ask about one try at once, one looks after the other. */
async function lockAttempt(tx: Queryable, attemptId: Uuid): Promise<void> {
  await tx.query('select from payout_attempt_states where attempt_id = $1 for update', [attemptId]);
}
