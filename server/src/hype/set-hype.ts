import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { lockRelay } from '../gifts/index.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { stageNamed } from '../live/index.ts';
import { endHype } from './end-hype.ts';
import type { Hyping } from './hyping.ts';
import { forgetWarmUpsOn, runningOn, switchMeter } from './store.ts';

/** Switches the hype meter of a creator's stage on or off; a hype that runs ends with it. Refuses with `not_found`. */
export async function setHype(hyping: Hyping, creatorHandle: string, isOn: boolean): Promise<void> {
  const { db } = hyping.house;
  const stage = await stageNamed(hyping.house, creatorHandle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const running = await db.transaction(async (tx): Promise<Uuid | undefined> => {
    // No gift is counted meanwhile: either it finds the meter as it was, or as it is now.
    await lockRelay(tx);
    await switchMeter(tx, stage.id, isOn);
    if (isOn) return undefined;
    // What is given while it is off is not remembered, so what was given before cannot be the beginning of a hype.
    await forgetWarmUpsOn(tx, stage.id);
    return runningOn(tx, stage.id);
  });
  if (running !== undefined) await endHype(hyping, running, 'switched_off');
}
