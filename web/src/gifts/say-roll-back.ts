import { type NoticeAction, notifyDone, notifyFailure } from '../ui/notify.ts';
import { plural } from './announcer.ts';
import type { SendEffect } from './send-machine.ts';
import { sendStore } from './send-store.ts';

/** Says what was taken back, why, and the one thing to do about it; and what the machine found out otherwise. */
export function sayRollBack(effect: SendEffect, stageHandle: string, go: (path: string) => void): void {
  if (effect.do === 'sentAfterAll') {
    const { gift } = effect.streak;
    notifyDone(`${effect.more} ${plural(gift.name, effect.more)} went through after all.`);
  }
  if (effect.do === 'settled' && effect.streak.restored) {
    const { gift, pressed } = effect.streak;
    notifyDone(`Checked: your ${pressed} ${plural(gift.name, pressed)} went through.`);
  }
  if (effect.do !== 'rolledBack' || effect.from <= effect.to) return;
  const { streak, from, to, problem } = effect;
  const which = streak.gift.streakable
    ? from - to === 1
      ? `Gift ${from} was not sent.`
      : `Gifts ${to + 1} to ${from} were not sent.`
    : `${streak.gift.name} was not sent.`;
  const cause =
    problem.detail === problem.remedy ? problem.detail : `${problem.detail} ${quiet(problem.remedy)}`;
  notifyFailure(`${which} ${cause}`.trim(), actionOf(effect, stageHandle, go), `roll-back-${streak.id}`);
}

function actionOf(
  { streak, from, to, problem }: Extract<SendEffect, { do: 'rolledBack' }>,
  stageHandle: string,
  go: (path: string) => void,
): NoticeAction | undefined {
  const back = encodeURIComponent(`/live/${stageHandle}?sheet=gifts&gift=${streak.gift.id}`);
  switch (problem.code) {
    case 'insufficient_coins': {
      const missing = problem.data?.missing;
      const exact = typeof missing === 'string' || typeof missing === 'number' ? `exact=${missing}&` : '';
      return { label: 'Top up', run: () => go(`/wallet/top-up?${exact}return=${back}`) };
    }
    case 'not_signed_in':
      return { label: 'Sign in', run: () => go(`/login?return=${back}`) };
    case 'age_unknown':
    case 'under_age':
      return { label: 'My age', run: () => go(`/age?return=${back}`) };
    case 'spending_limit_reached':
      return { label: 'Change limit', run: () => go('/wallet/limits') };
    case 'offline':
    case 'gift_not_sent':
    case 'streak_closed':
    case 'ledger_busy':
      return {
        label: 'Send again',
        run: () =>
          sendStore.press({
            stageId: streak.stageId,
            gift: streak.gift,
            quantity: from - to,
            dearFrom: Number.MAX_SAFE_INTEGER,
          }),
      };
    default:
      return undefined;
  }
}

/** The remedy stands in the button where there is one; a sentence about charges always stays. */
function quiet(remedy: string): string {
  return /charged|taken/.test(remedy) ? remedy : '';
}
