import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import type { Database } from '../db/database.ts';
import {
  type EarningFacts,
  earningFacts,
  earningStanding,
  type Gift,
  giftIdOfTransfer,
  giftsByIds,
  readCatalogue,
} from '../gifts/index.ts';
import { type Person, peopleByIds } from '../identity/index.ts';
import { type Transfer, TransferCodes } from '../ledger/index.ts';
import { QUESTION_ART, type QuestionNow, questionIdOfTransfer, questionsByIds } from '../questions/index.ts';
import { type Prices, priceOf, type StatementRange, WalletStatement } from '../wallet/index.ts';
import type { earningSchema } from './schema.ts';

export type EarningJson = Static<typeof earningSchema>;

export interface EarningFilter extends StatementRange {
  readonly status?: EarningJson['status'];
}

export interface EarningPage {
  readonly items: EarningJson[];
  readonly nextCursor: string | null;
}

/** Lines looked through for one page; see the wallet's statement. */
const SCAN_MAX = 2_000;

/** One page of the gifts and answers that a creator earned by, newest first. */
export async function earningPage(
  db: Database,
  creatorId: Uuid,
  filter: EarningFilter,
  prices: Prices,
  place: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<EarningPage> {
  const statement = pendingStatement(db, creatorId, filter, place.cursor);
  const items: EarningJson[] = [];
  // Whether something has matured is known only after asking, so lines are taken until the page is full.
  for (let scanned = 0; scanned < SCAN_MAX && items.length < place.limit; ) {
    const { transfers, lines } = await earningTransfers(statement, place.limit - items.length);
    if (lines === 0) break;
    scanned += lines;
    const earnings = await earningsOfTransfers(db, transfers, prices);
    items.push(...earnings.filter(({ status }) => filter.status === undefined || filter.status === status));
  }
  return { items, nextCursor: await statement.cursor() };
}

/** Every such gift and answer, a chunk at a time. */
export async function* earningChunks(
  db: Database,
  creatorId: Uuid,
  filter: EarningFilter,
  prices: Prices,
  chunkSize: number,
): AsyncIterable<EarningJson[]> {
  const statement = pendingStatement(db, creatorId, filter, undefined);
  for (;;) {
    const { transfers, lines } = await earningTransfers(statement, chunkSize);
    if (lines === 0) return;
    const earnings = await earningsOfTransfers(db, transfers, prices);
    yield earnings.filter(({ status }) => filter.status === undefined || filter.status === status);
  }
}

function pendingStatement(
  db: Database,
  creatorId: Uuid,
  range: StatementRange,
  cursor: string | undefined,
): WalletStatement {
  return new WalletStatement(db, creatorId, ['diamonds_pending'], range, cursor);
}

/** The next lines of the account that gifts and answers are credited to, without what matured out of it. */
async function earningTransfers(
  statement: WalletStatement,
  most: number,
): Promise<{ transfers: Transfer[]; lines: number }> {
  const transfers: Transfer[] = [];
  let lines = 0;
  while (transfers.length < most && lines < SCAN_MAX) {
    const line = await statement.next();
    if (line === null) break;
    lines += 1;
    if (EARNED.has(line.transfer.code)) transfers.push(line.transfer);
  }
  return { transfers, lines };
}

const EARNED: ReadonlySet<number> = new Set([TransferCodes.gift_earned, TransferCodes.question_earned]);

async function earningsOfTransfers(
  db: Database,
  transfers: readonly Transfer[],
  prices: Prices,
): Promise<EarningJson[]> {
  const isGift = ({ code }: Transfer) => code === TransferCodes.gift_earned;
  const giftIds = transfers.filter(isGift).map(({ id }) => giftIdOfTransfer(id));
  const questionIds = transfers.filter((one) => !isGift(one)).map(({ id }) => questionIdOfTransfer(id));
  const ids = [...giftIds, ...questionIds];
  const [gifts, questions, catalogue, facts] = await Promise.all([
    giftsByIds(db, giftIds).then(byId),
    questionIds.length === 0 ? new Map<Uuid, QuestionNow>() : questionsByIds(db, questionIds).then(byId),
    readCatalogue(db),
    earningFacts(db, ids),
  ]);
  const people = await peopleByIds(db, [
    ...new Set([
      ...[...gifts.values()].map(({ senderId }) => senderId),
      ...[...questions.values()].map(({ askerId }) => askerId),
    ]),
  ]);
  return transfers.flatMap((transfer): EarningJson[] => {
    const common = { transferId: publicId('tx', transfer.id), prices, facts };
    if (!isGift(transfer)) {
      const question = questions.get(questionIdOfTransfer(transfer.id));
      if (question === undefined) return [];
      const { id, answeredAt, maturesAt, askerId, coins, diamondUnits } = question;
      return [
        {
          giftId: null,
          questionId: publicId('question', id),
          at: (answeredAt ?? question.askedAt).toISOString(),
          giftName: 'Question',
          art: QUESTION_ART,
          quantity: 1,
          streak: null,
          ...money(
            { id, coins, diamondUnits, maturesAt: maturesAt ?? question.askedAt },
            people.get(askerId),
            common,
          ),
        },
      ];
    }
    const gift = gifts.get(giftIdOfTransfer(transfer.id));
    if (gift === undefined) return [];
    const entry = catalogue.byId.get(gift.catalogueId);
    return [
      {
        giftId: publicId('gift', gift.id),
        questionId: null,
        at: gift.sentAt.toISOString(),
        giftName: entry?.name ?? gift.catalogueId,
        art: entry?.art ?? '',
        quantity: gift.quantity,
        streak: streakOf(gift),
        ...money(gift, people.get(gift.senderId), common),
      },
    ];
  });
}

function byId<Row extends { readonly id: Uuid }>(rows: readonly Row[]): Map<Uuid, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** What every earning says, whatever it is for. */
function money(
  earning: Pick<Gift, 'id' | 'coins' | 'diamondUnits' | 'maturesAt'>,
  sender: Person | undefined,
  about: {
    readonly transferId: string;
    readonly prices: Prices;
    readonly facts: EarningFacts;
  },
) {
  return {
    sender: {
      handle: sender?.handle ?? '',
      displayName: sender?.displayName ?? 'Somebody',
      avatar: sender?.avatar ?? '',
    },
    coins: amountJson('COIN', earning.coins),
    amount: amountJson('DIAMOND', earning.diamondUnits),
    money: amountJson('USD', priceOf(about.prices, 'DIAMOND', earning.diamondUnits)),
    ...earningStanding(earning, about.facts),
    maturesAt: earning.maturesAt.toISOString(),
    transferId: about.transferId,
  };
}

function streakOf(gift: Gift): EarningJson['streak'] {
  return gift.streakId === null ? null : { id: publicId('streak', gift.streakId), count: gift.streakTo };
}
