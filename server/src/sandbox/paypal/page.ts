import { escapeHtml, page } from '../look.ts';
import { type Deed, deedsFor, type ItemRow } from './payouts.ts';

const WORDS: Readonly<Record<Deed, string>> = {
  accept: 'Accept it',
  return: 'Send it back',
  hold: 'Hold it',
  block: 'Block it',
  unblock: 'Let it go on',
  refund: 'Refund it',
  reverse: 'Reverse it',
};

/** What was paid lately, with what its receivers or the company itself can do to it: plain HTML that works without a script. */
export function deskPage(items: readonly ItemRow[]): string {
  const rows = items.map(({ id, body }) => {
    const { amount, receiver, sender_item_id: reference } = body.payout_item;
    const buttons = deedsFor(body.status)
      .map((deed) => `<button class="back" name="do" value="${deed}">${WORDS[deed]}</button>`)
      .join('\n');
    return `<section class="sheet">
      <p><b>${escapeHtml(amount.value)} ${escapeHtml(amount.currency)}</b></p>
      <p>${escapeHtml(reference ?? id)} to ${escapeHtml(receiver)}</p>
      <p>${escapeHtml(body.status)}</p>
      <form method="post"><input type="hidden" name="item" value="${escapeHtml(id)}">${buttons}</form>
    </section>`;
  });
  return page({
    company: 'Test payment company',
    title: 'Payments by e-mail',
    main:
      rows.length === 0
        ? '<p class="lead">Nothing was paid yet.</p>'
        : `<p class="lead">The newest first. An address with “unclaimed”, “onhold”, “blocked” or “failed” in its name meets that.</p>${rows.join('\n')}`,
  });
}
