import { DAY_MS } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import type { Random } from '../../src/core/random.ts';
import type { Answer } from '../test-house.ts';
import type { Someone } from './platform.ts';
import type { Story } from './story.ts';

/** What the two operators do, each working day's desk by desk. */

const ALREADY = ['withdrawal_moved_on', 'withdrawal_in_file'];

/** One of them begins, and where that needs somebody else, the other does. */
async function either(
  { operators: [olu, per] }: Story,
  deed: (operator: Someone) => Promise<Answer>,
): Promise<Answer> {
  if (olu === undefined || per === undefined) throw new Error('there are no operators');
  const first = await deed(olu);
  return /is_your_own|another_operator/.test(first.body?.code ?? '') ? deed(per) : first;
}

async function all(story: Story, path: string): Promise<Answer['body'][]> {
  const items: Answer['body'][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const [olu] = story.operators;
    const query: string = `${path.includes('?') ? '&' : '?'}limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page: Answer | undefined = await olu?.get(path + query);
    if (page === undefined || !story.took(`look at ${path}`, page, [])) return items;
    items.push(...page.body.items);
    cursor = page.body.nextCursor ?? null;
  }
  return items;
}

/** Everything that two decide and one of them asked for: mostly yes. */
export async function approvalsDesk(story: Story, dice: Random): Promise<void> {
  for (const { id, kind, bodyHash } of await all(story, '/v1/console/approvals')) {
    const no = dice.once(8);
    const body = no
      ? { verdict: 'rejected', bodyHash, reason: 'Not this time.' }
      : { verdict: 'approved', bodyHash };
    const answer = await either(story, (operator) => operator.put(`/v1/console/approvals/${id}`, body));
    story.took(`${no ? 'reject' : 'approve'} ${kind}`, answer, [
      'approval_is_over',
      'approval_changed',
      'withdrawal_moved_on',
      'refund_moved_on',
      'payee_frozen',
      'order_not_parked',
      'nothing_came',
    ]);
  }
}

/** Refunds that wait for somebody to pay them by hand. */
export async function refundsDesk(story: Story, dice: Random): Promise<void> {
  for (const { id, state } of await all(story, '/v1/console/refunds')) {
    if (state !== 'to_pay') continue;
    const back = dice.once(6);
    const answer = await either(story, (operator) =>
      back
        ? operator.put(`/v1/console/refunds/${id}/taken-back`, { reason: 'Not after all.' })
        : operator.put(`/v1/console/refunds/${id}/sent`, { reference: `tx ${id.slice(-8)}` }),
    );
    story.took(back ? 'take a refund back' : 'refund paid by hand', answer, ['refund_moved_on']);
  }
}

/** A refund that support gives, all that is unspent or a part. */
export async function supportRefund(story: Story, dice: Random): Promise<void> {
  if (story.orders.length === 0) return;
  const order = dice.pick(story.orders);
  const [olu] = story.operators;
  const body = { reason: 'Asked by mail.', ...(dice.once(3) ? { units: '40' } : {}) };
  const answer = await olu?.post(`/v1/console/orders/${order.id}/refunds`, body, newId());
  if (answer === undefined) return;
  story.took('refund by support', answer, [
    'order_not_paid',
    'order_is_disputed',
    'refund_under_way',
    'nothing_unspent',
    'refund_too_small',
    'refund_more_than_unspent',
    'refund_busy',
  ]);
}

/** Orders that wait for a person: credited as they came, given back by hand, or closed where nothing came. */
export async function parkedDesk(story: Story, dice: Random): Promise<void> {
  for (const { id } of await all(story, '/v1/console/orders?show=parked')) {
    const [olu] = story.operators;
    const detail = await olu?.get(`/v1/console/orders/${id}`);
    if (detail === undefined || !story.took('look at a parked order', detail, [])) continue;
    const { parked } = detail.body;
    if (parked === null || parked.came === null || parked.resolution?.state === 'waiting') continue;
    const verdict = parked.came.units === '0' ? 'close' : dice.once(4) ? 'given_back' : 'credit';
    const reference = verdict === 'given_back' ? { reference: `tx ${id.slice(-8)}` } : {};
    const body = { verdict, reason: 'As the company says.', ...reference };
    const answer = await either(story, (operator) =>
      operator.put(`/v1/console/orders/${id}/resolution`, body),
    );
    story.took(`parked order: ${verdict}`, answer, [
      'order_not_parked',
      'provider_silent',
      'nothing_came',
      'money_came',
    ]);
  }
}

/** After lost disputes: who may buy and give again. */
export async function pardonDesk(story: Story): Promise<void> {
  for (const { id, kind, state, pardoned } of await all(story, '/v1/console/disputes?show=all')) {
    if (kind !== 'dispute' || state !== 'taken' || pardoned) continue;
    const answer = await either(story, (operator) =>
      operator.put(`/v1/console/disputes/${id}/pardoned`, { reason: 'We talked.' }),
    );
    story.took('pardon', answer, ['recall_not_lost']);
  }
}

/** Withdrawals from the queue to the bank: looked at, held, refused or released; files; payments by hand. */
export async function payoutsDesk(story: Story, dice: Random): Promise<void> {
  const move = (id: string, state: string, body?: object) =>
    either(story, (operator) => operator.put(`/v1/console/withdrawals/${id}/${state}`, body));
  for (const { id, hold } of await all(story, '/v1/console/withdrawals?show=waiting')) {
    if (hold !== null && dice.once(2)) continue;
    const what = dice.below(100);
    if (what < 8) {
      const until = new Date(story.now + 2 * DAY_MS).toISOString();
      const held = { reason: 'We ask the bank.', rule: 'account_check', until };
      story.took('hold', await move(id, 'held', held), ALREADY);
    } else if (what < 12) {
      const failed = await move(id, 'failed', { reason: 'The account is not theirs.' });
      story.took('fail', failed, [...ALREADY, 'failure_takes_two']);
    } else if (!story.took('release', await move(id, 'released'), [...ALREADY, NEEDS_TWO, 'payee_frozen'])) {
      const [olu] = story.operators;
      const asked = await olu?.post(`/v1/console/withdrawals/${id}/approval`);
      if (asked !== undefined) story.took('ask for a release', asked, [...ALREADY, 'payee_frozen']);
    }
  }
  await byHand(story, dice, move);
  for (const method of ['sepa', 'ach']) await fileDesk(story, method);
}

const NEEDS_TWO = 'second_operator_needed';

async function byHand(
  story: Story,
  dice: Random,
  move: (id: string, state: string, body?: object) => Promise<Answer>,
): Promise<void> {
  for (const { id, method, state } of await all(story, '/v1/console/withdrawals?show=ready')) {
    if (method !== 'manual' || state !== 'released') continue;
    if (dice.once(10)) {
      const failed = await move(id, 'failed', { reason: 'Nobody is at the corner.' });
      story.took('not paid by hand', failed, [...ALREADY, 'failure_takes_two']);
    } else story.took('paid by hand', await move(id, 'sent'), ALREADY);
  }
}

async function fileDesk(story: Story, method: string): Promise<void> {
  const made = await either(story, (operator) => operator.post('/v1/console/payout-files', { method }));
  if (!story.took(`file: ${method}`, made, ['no_payments_to_send'])) return;
  const { id } = made.body.file;
  const taken = await either(story, (operator) => operator.post(`/v1/console/payout-files/${id}/downloads`));
  if (!story.took('download', taken, ['payout_file_frozen', 'payout_file_withdrawn'])) return;
  const sent = await either(story, (operator) => operator.put(`/v1/console/payout-files/${id}/sent`));
  story.took('file sent', sent, ['payout_file_frozen', 'payout_file_withdrawn']);
}

/** What becomes of these their companies say. */
const BY_PROVIDER: ReadonlySet<string> = new Set(['stripe', 'btcpay', 'paypal']);

/** What banks say of what was sent in files and by hand: it has arrived, it came back, or a word that nobody knows. */
export async function bankNews(story: Story, dice: Random, last: boolean): Promise<void> {
  for (const { id, reference, method, state } of await all(story, '/v1/console/withdrawals?show=all')) {
    if (BY_PROVIDER.has(method) || !['sent', 'paid', 'parked'].includes(state)) continue;
    // Money that arrived comes back now and then all the same.
    if (state === 'paid' && (last || !dice.once(60))) continue;
    if (state === 'sent' && !last && dice.once(2)) continue;
    const back = state === 'paid' || dice.once(7);
    const code = state !== 'parked' && dice.once(5) ? 'ZZ99' : method === 'ach' ? 'R03' : 'AC04';
    if (!back) {
      const paid = await either(story, (operator) => operator.put(`/v1/console/withdrawals/${id}/paid`));
      story.took('arrived', paid, ALREADY);
    } else if (method === 'manual') {
      const returned = await either(story, (operator) =>
        operator.put(`/v1/console/withdrawals/${id}/returned`, { code }),
      );
      if (story.took('came back', returned, [...ALREADY, 'return_takes_two'])) continue;
      if (returned.body.code === 'return_takes_two') await askForReturn(story, id, code);
    } else {
      const said = await either(story, (operator) =>
        operator.put('/v1/console/payouts/bounces', { lines: [{ reference, code }] }),
      );
      story.took('bounce', said, []);
      const outcome = said.body.items?.[0]?.outcome;
      story.count(`bounce: ${outcome}`);
      if (outcome === 'refused') await askForReturn(story, id, code);
    }
  }
}

async function askForReturn(story: Story, id: string, code: string): Promise<void> {
  const [olu] = story.operators;
  const asked = await olu?.post(`/v1/console/withdrawals/${id}/return-approval`, { code });
  if (asked !== undefined) story.took('ask for a return', asked, ALREADY);
}

/** A rate with notice: one drafts it, the other approves it. */
export async function announceRate(story: Story, dollars: string, startsMs: number): Promise<void> {
  const [olu, per] = story.operators;
  if (olu === undefined || per === undefined) return;
  const drafts = '/v1/console/rates/drafts';
  const startsAt = new Date(startsMs).toISOString();
  const made = await olu.post(drafts, { dollars, startsAt, reason: 'Winter.' });
  if (!story.took('draft a rate', made, [])) return;
  const { id, revision } = made.body;
  const asked = await olu.post(`${drafts}/${id}/ask`, { revision });
  if (!story.took('ask for a rate', asked, [])) return;
  const { approval } = asked.body;
  const decided = await per.post(`${drafts}/${id}/decide`, {
    approvalId: approval.id,
    bodyHash: approval.bodyHash,
    verdict: 'approved',
  });
  story.took('a rate is announced', decided, []);
}

/** Closes gates of an account for some days. */
export async function freeze(story: Story, handle: string, gates: readonly string[]): Promise<void> {
  const until = new Date(story.now + 2 * DAY_MS).toISOString();
  const body = { gates, reason: 'We look at something.', until };
  const answer = await either(story, (operator) => operator.post(`/v1/users/${handle}/freezes`, body));
  story.took('freeze', answer, []);
}
