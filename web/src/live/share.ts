import { notifyDone, notifyFailure } from '../ui/notify.ts';
import type { Stage } from './stage-api.ts';

/** Hands the address of a stage on: to the system's sheet in the hand, else to the clipboard. */
export async function share(stage: Stage): Promise<void> {
  const url = `${location.origin}/live/${stage.handle}`;
  if (navigator.share !== undefined && window.matchMedia('(pointer: coarse)').matches) {
    // Closing the system's sheet is not a failure.
    await navigator.share({ title: `${stage.displayName} is live`, url }).catch(() => undefined);
    return;
  }
  try {
    await navigator.clipboard.writeText(url);
    notifyDone('Link copied.');
  } catch {
    notifyFailure(`The link could not be copied. It is ${url}`, undefined, 'share');
  }
}
