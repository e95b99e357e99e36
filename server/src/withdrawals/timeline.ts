import type { Day } from './business-days.ts';
import { payerWord } from './methods/words.ts';
import { CALLED_BACK, UNCLAIMED } from './providers/provider.ts';
import { isHoldLeft, STATE_WORDS } from './states.ts';
import { bounceWords } from './tell-withdrawals.ts';
import type { WithdrawalEvent, WithdrawalNow, WithdrawalState } from './withdrawal.ts';

/** One line of a withdrawal's timeline. */
export interface TimelineStep {
  readonly key: string;
  readonly label: string;
  readonly note: string | null;
  /** When it happened; `null` for what is to come. */
  readonly at: string | null;
  /** For what is to come: by when, an instant or a day. */
  readonly by: string | null;
  readonly state: 'done' | 'now' | 'ahead' | 'failed';
}

/**
 * What happened to a withdrawal and what is to come, in order, with the day by which it arrives as of now. The last thing
 * that happened is `now` while more comes.
 */
export function timelineOf(
  row: WithdrawalNow,
  events: readonly WithdrawalEvent[],
  { arrivesBy, nowMs }: { readonly arrivesBy: Day; readonly nowMs: number },
): TimelineStep[] {
  const withdrawal = isHoldLeft(row, nowMs) ? row : { ...row, holdLeftUntil: null };
  const done = events.flatMap((event): TimelineStep[] => {
    const told = SAID[event.step]?.(withdrawal, event);
    if (told === undefined) return [];
    return [
      {
        key: `${event.step}-${event.id}`,
        note: null,
        at: event.at.toISOString(),
        by: null,
        state: 'done',
        ...told,
      },
    ];
  });
  const isLater = arrivesBy > withdrawal.arrivesBy;
  const ahead = AHEAD[withdrawal.state]
    .map((step) => step(withdrawal))
    .map((one) => (one.key === ARRIVES ? { ...one, by: arrivesBy, note: isLater ? LATER : null } : one));
  const last = done.at(-1);
  if (ahead.length === 0 || last === undefined) return [...done, ...ahead];
  // What somebody has to do comes before what happened last.
  if (ahead[0]?.state === 'now') return [...done, ...ahead];
  return [...done.slice(0, -1), { ...last, state: 'now' }, ...ahead];
}

type Said = Pick<TimelineStep, 'label'> & Partial<Pick<TimelineStep, 'note' | 'by' | 'state'>>;

const SAID: Partial<Record<WithdrawalEvent['step'], (w: WithdrawalNow, event: WithdrawalEvent) => Said>> = {
  requested: (w, event) =>
    event.state === 'held' && w.state === 'held' && w.holdRule === 'first_withdrawal'
      ? { label: 'Requested, and on hold', note: w.holdReason, by: untilOf(event) }
      : { label: 'Requested' },
  hold: (_w, event) => ({ label: 'On hold', note: event.note, by: untilOf(event) }),
  lift_hold: () => ({ label: 'Hold lifted', note: 'You can ask anew.' }),
  end_hold: () => ({ label: 'Hold is over', note: 'Its latest date has come.' }),
  release: () => ({ label: 'Checks passed' }),
  file: () => ({
    label: 'On its way to the bank',
    note: 'It is in a file for the bank and cannot be canceled any more.',
  }),
  unfile: () => ({
    label: 'Waits for another file',
    note: 'The file was withdrawn before it went to the bank.',
  }),
  submit: (w) => ({
    label: `Handed to ${payerWord(w.method)}`,
    note:
      w.unaskedAttemptId === null
        ? 'It cannot be canceled any more.'
        : `You can cancel it until ${payerWord(w.method)} is asked.`,
  }),
  unsubmit: (_w, event) => ({
    label: 'Not taken yet',
    note: `${event.note ?? 'It did not happen.'} It is tried again.`,
  }),
  refuse: (_w, event) => ({
    label: 'Not sent',
    note: `${event.note ?? 'It could not be paid.'} Your Diamonds are available again.`,
    state: 'failed',
  }),
  send: (w) =>
    w.method === 'btcpay'
      ? {
          label: 'In the wallet’s queue',
          note: 'It leaves with the wallet’s next transaction; then a block of the chain has to take it. It cannot be called back.',
        }
      : w.method === 'paypal'
        ? { label: 'Sent', note: 'Sent is not arrived: PayPal may have to look at it first.' }
        : { label: 'Sent', note: 'Sent is not arrived: your bank has its own days.' },
  call_back: (w, event) => ({
    label: `${sentence(payerWord(w.method)).slice(0, -1)} is asked to give it back`,
    note: `${event.note === null ? '' : `${sentence(event.note)} `}If somebody accepted it before, it arrives all the same.`,
  }),
  pay: (_w, event) => ({ label: 'Arrived', note: event.note }),
  park: (w, event) => ({
    label: `We ask ${payerWord(w.method)}`,
    note: event.note,
  }),
  return: (_w, event) => ({
    label: event.code === CALLED_BACK ? 'Taken back' : 'Bounced',
    note: `${sentence(bounceWords(event))} Your Diamonds are available again.`,
    // Taken back as somebody asked: nothing went wrong.
    ...(event.code === CALLED_BACK ? {} : { state: 'failed' }),
  }),
  resolve_arrived: () => ({ label: 'Arrived', note: 'Two people have looked at it.' }),
  resolve_back: () => ({
    label: 'Did not arrive',
    note: 'Two people have looked at it. Your Diamonds are available again.',
    state: 'failed',
  }),
  resolve_paid: () => ({ label: 'Arrived', note: 'Two people have looked at it.' }),
  resolve_unpaid: () => ({
    label: 'Not sent',
    note: 'Two people have looked at it. Your Diamonds are available again.',
    state: 'failed',
  }),
  fail: (_w, event) => ({
    label: 'Not sent',
    note: `${event.note ?? 'It could not be paid.'} Your Diamonds are available again.`,
    state: 'failed',
  }),
  cancel: (w) => ({
    label: 'Canceled',
    note: `Your Diamonds are available again.${w.holdLeftUntil === null ? '' : ' The hold above goes on: it is about your account.'}`,
  }),
};

/** The latest date that was said of a hold when it was made: a later hold says another and takes nothing back. */
function untilOf({ holdUntil }: WithdrawalEvent): string | null {
  return holdUntil?.toISOString() ?? null;
}

const checks = () => step('checks', 'Checks');
const sent = (w: WithdrawalNow) => step('sent', SENT_TO[w.method] ?? 'Sent to your bank');
const SENT_TO: Partial<Readonly<Record<WithdrawalNow['method'], string>>> = {
  btcpay: 'Sent to your address',
  paypal: 'Sent to your PayPal',
};
const ARRIVES = 'arrives';
const LATER = 'Later than its price said: it was held, or looked at for longer.';
const arrives = () => step(ARRIVES, 'Arrives');
/** What its creator has to do first, where its provider says so. */
const accepted =
  (otherwise: (w: WithdrawalNow) => TimelineStep) =>
  (w: WithdrawalNow): TimelineStep =>
    w.calledBackAt !== null
      ? answered(w)
      : w.method === 'paypal' && w.providerSays === UNCLAIMED
        ? {
            ...step('accept', 'Waits for you at PayPal'),
            state: 'now',
            note: `Accept it at PayPal with the e-mail address ${w.masked}; open an account there if you have none. After 30 days it comes back${w.state === 'sent' ? '; until then you can take it back' : ''}.`,
          }
        : otherwise(w);
const answered = (w: WithdrawalNow) =>
  step('answer', sentence(`${payerWord(w.method)} answers`).slice(0, -1));

const AHEAD: Readonly<Record<WithdrawalState, readonly ((w: WithdrawalNow) => TimelineStep)[]>> = {
  in_review: [checks, sent, arrives],
  held: [checks, sent, arrives],
  released: [sent, arrives],
  sending: [sent, arrives],
  sent: [accepted(arrives)],
  // What PayPal did not know, and says now to be waiting, goes on when its creator accepts it.
  parked: [accepted(answered)],
  paid: [],
  returned: [],
  failed: [],
  canceled: [],
};

function step(key: string, label: string): TimelineStep {
  return { key, label, note: null, at: null, by: null, state: 'ahead' };
}

/** `the name does not match` → `The name does not match.` */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;
}

/** The state in a word or two, for lists. */
export function stateWord(state: WithdrawalState): string {
  const words = STATE_WORDS[state];
  return words.charAt(0).toUpperCase() + words.slice(1);
}
