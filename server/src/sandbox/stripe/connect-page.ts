import { closing, escapeHtml, page } from '../look.ts';
import { TEST_BANKS } from './banks.ts';
import type { AccountRow, LinkRow } from './connect.ts';

const COMPANY = 'Test card company';

/** The page on which a creator sets up the account that they are paid to: plain HTML that works without a script. */
export function connectPage({ body, inner }: AccountRow, { inner: link }: LinkRow): string {
  const back = link.returnUrl;
  const reason = body.requirements.disabled_reason ?? '';
  if (reason.startsWith('rejected')) {
    return page({
      company: COMPANY,
      title: 'This account is closed',
      main: closing('×', 'The company does not pay to this person.', back),
    });
  }
  const banks = TEST_BANKS.map(
    (bank) => `<label class="card">
        <input type="radio" name="bank" value="${bank.number}"${(inner.bank ?? TEST_BANKS[0]?.number ?? '').startsWith(bank.number) ? ' checked' : ''}>
        <span class="says">${bank.says}</span><span class="number">···· ${bank.number.slice(-4)}</span>
      </label>`,
  ).join('\n');
  const done = body.payouts_enabled;
  return page({
    company: COMPANY,
    title: done ? 'Your account' : 'Where should we pay you?',
    main: `<p class="lead">${
      done
        ? 'You are set up. You can choose another bank account here.'
        : body.details_submitted
          ? 'One thing is missing: a picture of your papers.'
          : 'Carat pays you through us. Choose a test bank account; its number decides what becomes of payouts.'
    }</p>
    <form method="post">
      <fieldset><legend>Test bank account</legend>${banks}</fieldset>
      <button class="pay" name="do" value="finish">${done ? 'Keep this bank account' : 'Finish the set-up'}</button>
      ${
        done
          ? ''
          : `<button class="back" name="do" value="leave_out">Go without a picture of my papers</button>
      <button class="back" name="do" value="reject">Be turned away</button>`
      }
      ${back === null ? '' : `<a class="back" href="${escapeHtml(back)}">Back without finishing</a>`}
    </form>`,
  });
}

/** Told for a link that was used or is too old. */
export function linkOverPage(backUrl: string | null): string {
  return page({
    company: COMPANY,
    title: 'This link is over',
    main: closing('×', 'A link is good once, for five minutes. Begin again where you came from.', backUrl),
  });
}

/** Told after a change that leads nowhere else. */
export function keptPage(backUrl: string | null): string {
  return page({ company: COMPANY, title: 'Kept', main: closing('✓', 'The bank account is kept.', backUrl) });
}
