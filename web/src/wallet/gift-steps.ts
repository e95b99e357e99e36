import { GIFT_STEPS, type GiftReceipt, type GiftStep } from './wallet-api.ts';

export interface ShownStep {
  readonly step: GiftStep;
  readonly label: string;
  readonly note: string;
  readonly state: 'done' | 'now' | 'ahead';
  /** When it happened, or when it will. */
  readonly at: string | null;
  readonly expected: boolean;
}

/** The steps of a gift as they are shown: what is behind, where it is, what is ahead. */
export function giftTimeline(gift: Pick<GiftReceipt, 'status' | 'steps' | 'receiver'>): ShownStep[] {
  const here = GIFT_STEPS.indexOf(gift.status);
  return GIFT_STEPS.flatMap((name, index) => {
    const step = gift.steps.find((told) => told.step === name);
    if (step === undefined) return [];
    const isOver = gift.status === 'available' || gift.status === 'reversed';
    // A part may be back while the rest still waits.
    const isBehind = index < here || isOver || name === 'reversed';
    return {
      step: name,
      label: LABELS[name],
      note: noteOf(name, step, gift),
      state: isBehind ? 'done' : index === here ? 'now' : 'ahead',
      at: step.at ?? step.expected ?? null,
      expected: step.at === null,
    } as const;
  });
}

const LABELS: Readonly<Record<GiftStep, string>> = {
  requested: 'Requested',
  debited: 'Paid in Coins',
  shown: 'Shown on the stage',
  pending: 'Pending',
  held: 'Held',
  reversed: 'Taken back',
  available: 'Available',
};

/** What the server says of a hold or a reversal is in its own words; the other steps are told in ours. */
function noteOf(
  name: GiftStep,
  step: GiftReceipt['steps'][number],
  { status, receiver }: Pick<GiftReceipt, 'status' | 'receiver'>,
): string {
  const happened = step.at !== null;
  switch (name) {
    case 'requested':
      return 'The server heard the press.';
    case 'debited':
      return 'The Coins left the wallet, once.';
    case 'shown':
      return happened ? 'Everybody on the stage was told.' : 'It is on its way to the stage.';
    case 'pending':
      if (status === 'reversed') return `The Diamonds waited for ${receiver.displayName}.`;
      return `The Diamonds are ${receiver.displayName}’s, and wait until ${status === 'held' ? 'it is decided' : 'the date below'}.`;
    case 'held':
    case 'reversed':
      return step.note;
    case 'available':
      if (happened) return 'The Diamonds can be withdrawn.';
      return status === 'held'
        ? 'Once it is decided for the gift, the Diamonds can be withdrawn.'
        : 'From then on the Diamonds can be withdrawn.';
  }
}
