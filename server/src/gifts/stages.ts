import type { Uuid } from '../core/ids.ts';
import type { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';

/** What sending a gift needs to know of a stage. */
export interface StageNow {
  /** Also the id of its room, where the events go. */
  readonly stageId: Uuid;
  readonly creatorId: Uuid;
  readonly live: boolean;
  /** The live session that is running; `null` when none is. */
  readonly sessionId: Uuid | null;
  readonly giftsOn: boolean;
  /** A sentence, when gifts are off. */
  readonly giftsOffReason: string | null;
  /** Why this stage takes nothing from one person; `null` = it does. Without it, it takes gifts from everybody. */
  readonly refusalOf?: (senderId: Uuid) => Refusal | null;
}

/**
 * Where stages are looked up. The live slice stands below this one, so it registers itself here.
 * It is asked for every gift: it answers from memory where it can, and then without a promise.
 */
export interface StageDirectory {
  find(house: House, stageId: Uuid): StageNow | undefined | Promise<StageNow | undefined>;
}

let directory: StageDirectory | undefined;

/** Says where stages are looked up. Called when the live slice is loaded; the last call counts. */
export function useStages(stages: StageDirectory): void {
  directory = stages;
}

/** The stage with this id as it is now, `undefined` when there is none. */
export function findStage(house: House, stageId: Uuid): StageNow | undefined | Promise<StageNow | undefined> {
  return directory?.find(house, stageId);
}
