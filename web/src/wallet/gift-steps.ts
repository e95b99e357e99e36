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
export function giftTimeline(
  gift: Pick<GiftReceipt, 'status' | 'steps' | 'receiver' | 'coins'>,
): ShownStep[] {
  const here = GIFT_STEPS.indexOf(gift.status);
  return GIFT_STEPS.flatMap((name, index) => {
    const step = gift.steps.find((told) => told.step === name);
    if (step === undefined) return [];
    const last = gift.status === 'available';
    return {
      step: name,
      label: LABELS[name],
      note: noteOf(name, step.at !== null, gift.receiver.displayName),
      state: index < here || last ? 'done' : index === here ? 'now' : 'ahead',
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
  available: 'Available',
};

function noteOf(step: GiftStep, happened: boolean, receiver: string): string {
  switch (step) {
    case 'requested':
      return 'The server heard the press.';
    case 'debited':
      return 'The Coins left the wallet, once.';
    case 'shown':
      return happened ? 'Everybody on the stage was told.' : 'It is on its way to the stage.';
    case 'pending':
      return `The Diamonds are ${receiver}’s, and wait until the date below.`;
    case 'available':
      return happened ? 'The Diamonds can be withdrawn.' : 'From then on the Diamonds can be withdrawn.';
  }
}
