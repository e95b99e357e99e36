import type { Me } from '../api/session.ts';

/** Whether this person may send gifts on this stage now, and if not, why and what to do about it. */
export type Gate =
  | { readonly open: true }
  | {
      readonly open: false;
      readonly title: string;
      readonly text: string;
      readonly remedy?: { readonly label: string; readonly to: '/login' | '/age' };
    };

export interface GateFacts {
  readonly me: Me | null;
  readonly stageHandle: string;
  readonly hostName: string;
  readonly live: boolean;
  readonly giftsOn: boolean;
  readonly giftsOffReason: string | null;
}

export function gateOf({ me, stageHandle, hostName, live, giftsOn, giftsOffReason }: GateFacts): Gate {
  if (me !== null && me.handle === stageHandle) {
    return {
      open: false,
      title: 'This is your stage',
      text: live
        ? 'Your fans send gifts here. You see each one as it comes.'
        : 'Your fans can send gifts here while you are live.',
    };
  }
  if (me !== null && !me.adult) {
    return {
      open: false,
      title: 'You can watch. Gifts open at 18.',
      text:
        me.dateOfBirth === null
          ? 'Tell us your date of birth to open them.'
          : 'Chat, likes and follows are open to you now.',
      ...(me.dateOfBirth === null ? { remedy: { label: 'Add my date of birth', to: '/age' as const } } : {}),
    };
  }
  if (!live) {
    return { open: false, title: `${hostName} is not live`, text: 'Gifts open with the next live.' };
  }
  if (!giftsOn) {
    return {
      open: false,
      title: 'Gifts are off in this live',
      text: giftsOffReason === null ? 'The creator turned them off.' : capital(giftsOffReason),
    };
  }
  if (me === null) {
    return {
      open: false,
      title: `Sign in to send ${hostName} a gift`,
      text: 'Watching and following the chat is free and needs no account.',
      remedy: { label: 'Sign in', to: '/login' },
    };
  }
  return { open: true };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
