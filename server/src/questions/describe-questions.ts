import { publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayDiamonds } from '../core/money.ts';
import { ENTRY_STATUS, earningFacts, earningStanding } from '../gifts/index.ts';
import { peopleByIds } from '../identity/index.ts';
import { type Transfer, TransferCodes, TransferFlags } from '../ledger/index.ts';
import { type Describer, describeTransfers, type EntryDescription, type Spent } from '../wallet/index.ts';
import type { QuestionNow } from './question.ts';
import { escrowPostId, questionIdOfTransfer } from './question-ids.ts';
import { returnSentence } from './rules.ts';
import { questionsByIds } from './store.ts';

/** Code points of the picture of a question. */
export const QUESTION_ART = '2753';

/** Says of the transfers of a question where its Coins went, and what its creator got. */
const questions: Describer = {
  kind: 'question',
  async describe(db, transfers) {
    const rows = await questionsByIds(db, [...new Set(transfers.map(({ id }) => questionIdOfTransfer(id)))]);
    const [people, facts] = await Promise.all([
      peopleByIds(db, [...new Set(rows.flatMap(({ askerId, creatorId }) => [askerId, creatorId]))]),
      earningFacts(
        db,
        rows.map(({ id }) => id),
      ),
    ]);
    const byId = new Map(rows.map((question) => [question.id, question]));
    const described = new Map<Uuid, EntryDescription>();
    for (const transfer of transfers) {
      const question = byId.get(questionIdOfTransfer(transfer.id));
      if (question === undefined) continue;
      const earned = transfer.code === TransferCodes.question_earned;
      const other = people.get(earned ? question.askerId : question.creatorId)?.displayName ?? 'somebody';
      described.set(transfer.id, {
        ...(earned
          ? {
              title: `Question from ${other} answered`,
              detail: question.text,
              status: ENTRY_STATUS[earningStanding(question, facts).status],
            }
          : coinsLine(transfer, question, other)),
        art: QUESTION_ART,
        moneyCents: null,
        link: { type: 'question', id: publicId('question', question.id) },
        versions: { policy: question.policyVersion, rate: question.rateVersion },
        spent:
          earned || (transfer.flags & TransferFlags.postPendingTransfer) !== 0 ? spentOn(question) : null,
        how: howOf(question),
      });
    }
    return described;
  },
};

/** The three things that can happen to the Coins: they are held, then spent or returned. */
function coinsLine(
  { flags }: Transfer,
  question: QuestionNow,
  creator: string,
): Pick<EntryDescription, 'title' | 'detail' | 'status'> {
  if ((flags & TransferFlags.postPendingTransfer) !== 0) {
    const coins = displayAmount({ asset: 'COIN', units: question.coins });
    return {
      title: `Question to ${creator} answered`,
      detail: `The ${coins} that were held are spent`,
      status: 'settled',
    };
  }
  if ((flags & TransferFlags.voidPendingTransfer) !== 0) {
    return {
      title: `Question to ${creator} returned`,
      detail: question.returnReason === null ? '' : returnSentence(question.returnReason),
      status: 'settled',
    };
  }
  return { title: `Question to ${creator}`, detail: question.text, status: HELD[question.status] };
}

const HELD = { waiting: 'pending', answering: 'pending', answered: 'settled', returned: 'reversed' } as const;

/** The Coins are spent when they leave the escrow. */
function spentOn({ id, askerId, coins, diamondUnits }: QuestionNow): Spent {
  return { payerId: askerId, coinTransferId: escrowPostId(id), coins, creatorUnits: diamondUnits };
}

function howOf(question: QuestionNow): EntryDescription['how'] {
  return [
    {
      label: 'Question',
      value: displayAmount({ asset: 'COIN', units: question.coins }),
      note: 'The price when it was asked: held until it is answered, and returned if it is not',
    },
    {
      label: 'The creator gets',
      value: `${displayDiamonds(question.diamondUnits)} Diamonds`,
      note: `Policy version ${question.policyVersion}${
        question.maturesAt === null
          ? ''
          : `, available from ${question.maturesAt.toISOString().slice(0, 10)} on`
      }`,
    },
  ];
}

describeTransfers(TransferCodes.question, questions);
describeTransfers(TransferCodes.question_earned, questions);
