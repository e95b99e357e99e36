import { withdrawApproval } from '../approvals/index.ts';
import { publicId } from '../core/ids.ts';
import { displayAmount } from '../core/money.ts';
import type { House } from '../house.ts';
import { bellOf, type News } from '../notices/index.ts';
import { displayMoney } from './currencies.ts';
import { returnReason } from './methods/return-codes.ts';
import { payerWord } from './methods/words.ts';
import { CALLED_BACK } from './providers/provider.ts';
import { tellStuck } from './providers/tell-stuck.ts';
import { APPROVAL_KIND } from './release-withdrawal.ts';
import { takeNews, withdrawalsByIds } from './store.ts';
import type { WithdrawalEvent, WithdrawalNow } from './withdrawal.ts';

const TURN = 200;

/**
 * Tells creators what became of their withdrawals, each step once, and operators what does not go on; and takes back what operators were asked about ones
 * that are over. How many steps; 0 when all are told.
 */
export async function tellWithdrawals(house: House): Promise<number> {
  const bell = bellOf(house);
  return house.db.transaction(async (tx) => {
    const events = await takeNews(tx, TURN);
    const ids = [...new Set(events.map(({ withdrawalId }) => withdrawalId))];
    const byId = new Map((await withdrawalsByIds(tx, ids)).map((row) => [row.id, row]));
    for (const event of events) {
      const withdrawal = byId.get(event.withdrawalId);
      if (withdrawal === undefined) continue;
      if (event.state === 'canceled' || event.state === 'failed') {
        const by = event.byUser ?? withdrawal.userId;
        const nowMs = house.clock.now();
        await withdrawApproval(tx, { kind: APPROVAL_KIND, subjectId: withdrawal.id, by, nowMs });
      }
      if (isStuck(event)) await tellStuck(house, tx, withdrawal, event.note ?? 'Nobody understands it.');
      const news = newsOf(event, withdrawal);
      if (news !== null) await bell.tell(tx, news, [withdrawal.userId]);
    }
    return events.length;
  });
}

/** Whether a step of the house's own says that it does not go on by itself: parked, or refused for a reason of the house. */
function isStuck({ step, byUser, code }: WithdrawalEvent): boolean {
  return byUser === null && (step === 'park' || (step === 'unsubmit' && !GOES_ON.has(code ?? '')));
}

/** It is tried again by itself, and nobody has to do anything for it. */
const GOES_ON: ReadonlySet<string> = new Set(['never_made', 'payee_frozen', 'duplicate_destination']);

/** What a step means for its creator; `null` for steps of the house that change nothing for them. */
function newsOf(event: WithdrawalEvent, withdrawal: WithdrawalNow): News | null {
  const money = displayMoney(withdrawal.payoutMinor, withdrawal.currency);
  const diamonds = displayAmount({ asset: 'DIAMOND', units: withdrawal.diamondUnits });
  const said = SAYS[event.step]?.({ event, withdrawal, money, diamonds });
  if (said === undefined) return null;
  return {
    topic: `withdrawal ${withdrawal.id}`,
    kind: 'withdrawal',
    ...said,
    link: `/studio/payouts/${publicId('wd', withdrawal.id)}`,
    about: null,
    at: event.at,
  };
}

interface Saying {
  readonly event: WithdrawalEvent;
  readonly withdrawal: WithdrawalNow;
  readonly money: string;
  readonly diamonds: string;
}

const SAYS: Partial<Record<WithdrawalEvent['step'], (about: Saying) => { title: string; text: string }>> = {
  hold: ({ event, money }) => ({
    title: `${money} is on hold`,
    text: event.note ?? 'Somebody looks at it.',
  }),
  end_hold: ({ money }) => ({
    title: `${money} is not on hold any more`,
    text: 'It is looked at now, and then it goes on its way.',
  }),
  lift_hold: () => ({
    title: 'The hold of your withdrawals is over',
    text: 'You can ask for one again.',
  }),
  send: ({ money, withdrawal }) => ({
    title: `${money} is on the way`,
    text: `${withdrawal.method === 'btcpay' ? 'A block of the chain has to take it' : 'Sent is not arrived: your bank has its own days'}. Reference ${withdrawal.reference}.`,
  }),
  pay: ({ money, withdrawal }) => ({
    title: `${money} has arrived`,
    text: `At ${withdrawal.masked}, with the reference ${withdrawal.reference}.`,
  }),
  return: ({ event, money, diamonds, withdrawal }) => ({
    title: `${money} came back from ${payerWord(withdrawal.method)}`,
    text: `${event.code === CALLED_BACK ? 'Taken back' : 'Bounced'}: ${bounceWords(event)}. Your ${diamonds} are available again.`,
  }),
  resolve_arrived: ({ money, withdrawal }) => ({
    title: `${money} has arrived`,
    text: `Somebody looked at it: it is at ${withdrawal.masked}, with the reference ${withdrawal.reference}.`,
  }),
  resolve_back: ({ money, diamonds }) => ({
    title: `${money} did not arrive`,
    text: `Somebody looked at it. Your ${diamonds} are available again.`,
  }),
  resolve_paid: ({ money, withdrawal }) => ({
    title: `${money} has arrived`,
    text: `Somebody looked at it: it is at ${withdrawal.masked}, with the reference ${withdrawal.reference}.`,
  }),
  resolve_unpaid: ({ money, diamonds }) => ({
    title: `${money} was not sent`,
    text: `Somebody looked at it. Your ${diamonds} are available again.`,
  }),
  refuse: ({ event, money, diamonds }) => ({
    title: `${money} was not sent`,
    text: `${event.note ?? 'It could not be paid.'} Your ${diamonds} are available again.`,
  }),
  fail: ({ event, money, diamonds }) => ({
    title: `${money} was not sent`,
    text: `${event.note ?? 'It could not be paid.'} Your ${diamonds} are available again.`,
  }),
};

/** Why the bank sent it back, in words. */
export function bounceWords({ step, code, note }: Pick<WithdrawalEvent, 'step' | 'code' | 'note'>): string {
  const reason = code === null ? null : returnReason(code);
  if (step === 'resolve_back') return 'it did not arrive';
  return reason?.words ?? note ?? 'the bank gave no reason';
}
