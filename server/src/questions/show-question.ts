import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson, convertUp, displayAmount, displayDiamonds } from '../core/money.ts';
import { type EarningFacts, earningFacts, earningStanding } from '../gifts/index.ts';
import type { Principal } from '../http/principal.ts';
import { keptPeopleOf } from '../identity/index.ts';
import { currentPolicy, type Policy, policyVersion } from '../policy/index.ts';
import type { Asking } from './asking.ts';
import type { QuestionNow } from './question.ts';
import { nobody, type ShownPerson } from './question-event.ts';
import { earningId, escrowId, escrowPostId, escrowVoidId } from './question-ids.ts';
import { returnSentence } from './rules.ts';
import type { QuestionJson, QuestionReceipt } from './schema.ts';
import { votedAmong } from './store.ts';

/** Questions as everybody on the stage sees them. */
export async function shownTo(
  { house }: Asking,
  asker: Principal,
  questions: readonly QuestionNow[],
): Promise<QuestionJson[]> {
  const viewerId = asker.kind === 'user' ? asker.userId : null;
  const [people, voted, policy] = await Promise.all([
    keptPeopleOf(house).find(
      house.db,
      questions.map(({ askerId }) => askerId),
    ),
    viewerId === null
      ? new Set<Uuid>()
      : votedAmong(
          house.db,
          viewerId,
          questions.map(({ id }) => id),
        ),
    currentPolicy(house.db, house.clock.now()),
  ]);
  return questions.map((question) =>
    plain(question, people.get(question.askerId) ?? nobody(question.askerId), {
      viewerId,
      voted: voted.has(question.id),
      policy: policyVersion(house.db, question.policyVersion) ?? policy,
    }),
  );
}

/** Questions as those see them whose money is in them: where it is, by which transfers, and how it was made. */
export async function receiptsOf(
  { house }: Asking,
  viewerId: Uuid,
  questions: readonly QuestionNow[],
): Promise<QuestionReceipt[]> {
  const ids = questions.map(({ id }) => id);
  const [people, voted, facts, now] = await Promise.all([
    keptPeopleOf(house).find(
      house.db,
      questions.flatMap(({ askerId, creatorId }) => [askerId, creatorId]),
    ),
    votedAmong(house.db, viewerId, ids),
    earningFacts(house.db, ids),
    currentPolicy(house.db, house.clock.now()),
  ]);
  return questions.map((question) => {
    const asker = people.get(question.askerId) ?? nobody(question.askerId);
    const creator = people.get(question.creatorId) ?? nobody(question.creatorId);
    const policy = policyVersion(house.db, question.policyVersion) ?? now;
    const { returnedAt, returnReason } = question;
    return {
      ...plain(question, asker, { viewerId, voted: voted.has(question.id), policy }),
      creator: personJson(creator),
      stageId: publicId('stage', question.stageId),
      where: whereOf(question, creator.displayName, facts),
      returned:
        returnedAt === null || returnReason === null
          ? null
          : { at: returnedAt.toISOString(), reason: returnReason, sentence: returnSentence(returnReason) },
      maturesAt: question.maturesAt?.toISOString() ?? null,
      transfers: transfersOf(question, asker.displayName, creator.displayName),
      how: howQuestion(question, policy),
      policyVersion: question.policyVersion,
      rateVersion: question.rateVersion,
    };
  });
}

/** Whether this person may look at a question's money: asker, creator, operators and support. */
export function maySee(
  question: QuestionNow,
  viewer: { readonly userId: Uuid; readonly roles: ReadonlySet<string> },
): boolean {
  return (
    question.askerId === viewer.userId ||
    question.creatorId === viewer.userId ||
    viewer.roles.has('operator') ||
    viewer.roles.has('support')
  );
}

function plain(
  question: QuestionNow,
  asker: ShownPerson,
  about: { readonly viewerId: Uuid | null; readonly voted: boolean; readonly policy: Policy },
): QuestionJson {
  return {
    id: publicId('question', question.id),
    text: question.text,
    asker: personJson(asker),
    coins: amountJson('COIN', question.coins),
    money: amountJson('USD', convertUp(question.coins, about.policy.coins.centsPerCoin)),
    creatorGets: amountJson('DIAMOND', question.diamondUnits),
    status: question.status,
    votes: question.votes,
    voted: about.voted,
    mine: question.askerId === about.viewerId,
    askedAt: question.askedAt.toISOString(),
    answeringSince: question.answeringSince?.toISOString() ?? null,
    answeredAt: question.answeredAt?.toISOString() ?? null,
  };
}

/** Where the Coins are, in a sentence that is true for everybody who reads it. */
function whereOf(question: QuestionNow, creator: string, facts: EarningFacts): QuestionReceipt['where'] {
  const { coins, status, returnReason } = question;
  if (coins === 0n) return { place: 'free', sentence: 'Asked for free.' };
  const amount = displayAmount({ asset: 'COIN', units: coins });
  switch (status) {
    case 'waiting':
      return { place: 'escrow', sentence: `${amount} are held until ${creator} answers.` };
    case 'answering':
      return { place: 'escrow', sentence: `${creator} is answering: ${amount} are held until the end.` };
    case 'answered': {
      const diamonds = displayAmount({ asset: 'DIAMOND', units: question.diamondUnits });
      const when = whenOf(question, facts);
      return { place: 'creator', sentence: `${amount} were paid. ${creator} got ${diamonds}, ${when}.` };
    }
    case 'returned': {
      const why = returnReason === null ? '' : ` ${returnSentence(returnReason)}`;
      return { place: 'asker', sentence: `${amount} went back.${why}` };
    }
  }
}

/** When the Diamonds of an answer are available, or why they are not. */
function whenOf(question: QuestionNow, facts: EarningFacts): string {
  const { status, held, reversed } = earningStanding(question, facts);
  const part = reversed === null ? '' : ` but for ${reversed.amount.display} that went back`;
  switch (status) {
    case 'available':
      return `available now${part}`;
    case 'held':
      return `held until it is decided, by ${held?.until.slice(0, 10)} at the latest${part}`;
    case 'reversed':
      return 'and they went back, since the payment was taken back before they were available';
    case 'pending':
      return `pending until ${question.maturesAt?.toISOString().slice(0, 10)}${part}`;
  }
}

function transfersOf(question: QuestionNow, asker: string, creator: string): QuestionReceipt['transfers'] {
  const { id, coins, diamondUnits, status, returnReason } = question;
  if (coins === 0n) return [];
  const amount = amountJson('COIN', coins);
  const wallet = `${asker}: Coins`;
  const held = `${asker}: Coins held`;
  const transfers = [{ id: publicId('tx', escrowId(id)), amount, from: wallet, to: held }];
  if (status === 'answered') {
    transfers.push(
      { id: publicId('tx', escrowPostId(id)), amount, from: held, to: 'Carat: Coins spent' },
      {
        id: publicId('tx', earningId(id)),
        amount: amountJson('DIAMOND', diamondUnits),
        from: 'Carat: Diamonds issued',
        to: `${creator}: pending Diamonds`,
      },
    );
  }
  // What waited too long may have been let go by the ledger itself, without a transfer.
  if (status === 'returned' && returnReason !== 'waited_too_long') {
    transfers.push({ id: publicId('tx', escrowVoidId(id)), amount, from: held, to: wallet });
  }
  return transfers;
}

function howQuestion(question: QuestionNow, { coins: { centsPerCoin } }: Policy): QuestionReceipt['how'] {
  if (question.coins === 0n) return [];
  const cents = convertUp(question.coins, centsPerCoin);
  return [
    {
      label: 'Price',
      value: displayAmount({ asset: 'COIN', units: question.coins }),
      note: `What the creator asked for when it was asked, worth ${displayAmount({ asset: 'USD', units: cents })} at policy version ${question.policyVersion}`,
    },
    {
      label: 'The creator gets',
      value: `${displayDiamonds(question.diamondUnits)} Diamonds`,
      note: `For an answer. Policy version ${question.policyVersion}, rate version ${question.rateVersion}`,
    },
  ];
}

function personJson({ id, handle, displayName, avatar }: ShownPerson): QuestionJson['asker'] {
  return { id: publicId('user', id), handle, displayName, avatar };
}
