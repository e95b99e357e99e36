import { newId } from '../../src/core/ids.ts';
import type { Random } from '../../src/core/random.ts';
import { testAddress } from '../test-address.ts';
import { ACH_ACCOUNT } from '../withdrawal-scene.ts';
import { acceptAtPaypal } from './banks.ts';
import { QUESTION_COINS } from './fans.ts';
import type { Someone } from './platform.ts';
import type { AccountOf, StageOf, Story } from './story.ts';

/** What creators do: go live, answer, and withdraw. */

/** Of the sandbox's banks: one that takes the money, one that is closed, one that sends it back later. */
const BANKS = ['000123456789', '000123456789', '000111111113', '000999999991'];
const METHODS = ['stripe', 'ach', 'sepa', 'btcpay', 'manual', 'paypal'] as const;
/** What becomes of a payment to each of them at the sandbox's PayPal: by a word in the name, or at once. */
const MAILBOXES = ['unclaimed', 'onhold', 'plain'];

const WITHDRAW_REFUSALS = [
  'account_frozen',
  'first_withdrawal_waits',
  'withdrawals_on_hold',
  'insufficient_diamonds',
  'withdrawal_too_small',
  // By hand costs more than little is worth.
  'nothing_left_after_fee',
  'withdrawal_over_day_cap',
  'payout_account_too_new',
  'payout_setup_needed',
  'quote_expired',
  // Its company is away.
  'coin_price_missing',
];

/** Becomes a creator, is live from now on, and takes questions. */
export async function goLive(story: Story, creator: Someone): Promise<string> {
  story.took('become a creator', await creator.post('/v1/me/creator'), []);
  story.took('go live', await creator.post('/v1/stages/start', { title: 'A month of lights' }), []);
  const questions = await creator.put('/v1/stages/questions', { on: true, coins: QUESTION_COINS });
  story.took('open questions', questions, []);
  return (await creator.get(`/v1/stages/${creator.handle}`)).body.stage.id;
}

/** Says where the money should go: each creator by the next method in turn. */
export async function addAccount(story: Story, creator: Someone, index: number): Promise<AccountOf> {
  const method = METHODS[index % METHODS.length] ?? 'stripe';
  const made = await creator.post('/v1/me/payout-accounts', detailsOf(method, creator.handle, index));
  story.took(`add an account: ${method}`, made, []);
  const { id } = made.body.account;
  if (method === 'stripe') {
    await setUp(story, creator, id, BANKS[Math.floor(index / METHODS.length) % BANKS.length]);
  }
  return { id, method };
}

function detailsOf(method: AccountOf['method'], handle: string, index: number): object {
  const holder = `${handle} Solane`;
  switch (method) {
    case 'ach':
      return { ...ACH_ACCOUNT, holder };
    case 'sepa':
      return { method, holder, iban: 'DE89370400440532013000' };
    case 'manual':
      return { method, holder, country: 'BR', instructions: 'To the box at the corner.' };
    case 'stripe':
      return { method, holder, country: 'US' };
    case 'paypal': {
      const box = MAILBOXES[Math.floor(index / METHODS.length) % MAILBOXES.length] ?? 'plain';
      return { method, holder, country: 'US', email: `${box}.${handle}@mail.example` };
    }
    case 'btcpay':
      // Each of their own: one payout to an address is under way at a time.
      return { method, holder, country: 'US', address: testAddress(index) };
  }
}

/** Opens the form at Stripe and fills it in. */
async function setUp(story: Story, creator: Someone, account: string, bank = BANKS[0]): Promise<void> {
  const page = await creator.post(`/v1/me/payout-accounts/${account}/set-up`);
  if (!story.took('set up at Stripe', page, ['payout_provider_away'])) return;
  await creator.fillIn(page.body.url, { do: 'finish', bank: bank ?? '' });
}

/** A form that the company could not open is opened the next day. */
export async function finishForm(story: Story, creator: Someone, account: string): Promise<void> {
  const { accounts } = (await creator.get('/v1/me/payout-methods')).body;
  const own = accounts.find(({ id }: { id: string }) => id === account);
  if (own !== undefined && own.setUp?.state !== 'ready') await setUp(story, creator, account);
}

/** Asks for a part of what is available, or all of it. */
export async function withdraw(story: Story, stage: StageOf, dice: Random): Promise<void> {
  const { creator, account } = stage;
  if (account === null) return;
  const { available } = (await creator.get('/v1/me/earnings')).body;
  const units = BigInt(available.units);
  const some = dice.once(3) ? units : (units * BigInt(30 + dice.below(60))) / 100n;
  const least = 150_000n;
  const diamondUnits = (some < least && units >= least ? least : some).toString();
  if (diamondUnits === '0') return;
  const quoted = await creator.post('/v1/me/withdrawals/quotes', { diamondUnits, accountId: account.id });
  if (quoted.body.code === 'payout_account_bounced') return giveAgain(story, stage, account);
  if (!story.took('quote', quoted, WITHDRAW_REFUSALS)) return;
  const asked = await creator.post('/v1/me/withdrawals', { quoteId: quoted.body.quote.id }, newId());
  story.took(`withdraw: ${account.method}`, asked, WITHDRAW_REFUSALS);
}

/** The bank has put it right: the same account once more. */
async function giveAgain(story: Story, stage: StageOf, account: AccountOf): Promise<void> {
  const { creator } = stage;
  const given = { ...detailsOf(account.method, creator.handle, 0), replaces: account.id };
  const made = await creator.post('/v1/me/payout-accounts', given);
  if (story.took('give an account again', made, ['account_frozen'])) {
    stage.account = { ...account, id: made.body.account.id };
  }
}

/** Takes back the newest withdrawal if that can still be done. */
export async function cancelWithdrawal(story: Story, { creator }: StageOf): Promise<void> {
  const [newest] = (await creator.get('/v1/me/withdrawals')).body.items;
  if (newest === undefined || !newest.cancelable) return;
  const answer = await creator.put(`/v1/me/withdrawals/${newest.id}/canceled`);
  story.took('cancel a withdrawal', answer, ['withdrawal_moved_on']);
}

/** Takes back what they have not accepted at PayPal, or accepts it there, sooner or later. */
export async function answerPaypal(
  story: Story,
  { creator, account }: StageOf,
  dice: Random,
  last: boolean,
): Promise<void> {
  if (account?.method !== 'paypal') return;
  const { items } = (await creator.get('/v1/me/withdrawals')).body;
  for (const { id, state, callBack, reference } of items) {
    if (state !== 'sent' || (!last && dice.once(2))) continue;
    if (callBack === 'possible' && dice.once(2)) {
      const asked = await creator.put(`/v1/me/withdrawals/${id}/called-back`);
      story.took('call back what nobody accepted', asked, ['payout_not_unclaimed', 'withdrawal_moved_on']);
    } else if (callBack !== 'asked' || dice.once(4)) await acceptAtPaypal(story, reference);
  }
}

/** Answers the next question, or skips it. What is left comes back to its fan a day later. */
export async function answerOne(story: Story, { creator }: StageOf, dice: Random): Promise<void> {
  const { items, answering } = (await creator.get(`/v1/stages/${creator.handle}/questions`)).body;
  const question = answering ?? items[0];
  if (question === undefined) return;
  const moved = ['question_decided', 'question_being_answered', 'question_not_being_answered'];
  if (answering === null && dice.once(4)) {
    story.took('skip', await creator.put(`/v1/questions/${question.id}/skipped`), moved);
    return;
  }
  if (answering === null) await creator.put(`/v1/questions/${question.id}/answering`);
  story.took('answer', await creator.put(`/v1/questions/${question.id}/answered`), moved);
}
