import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { CompanionStatement } from '../ledger/index.ts';

/** A creator who is a guest on somebody else's stage, where gifts may go to them. */
export interface Receiver {
  /** Their own stage: its gates hold for the gift. */
  readonly stageId: Uuid;
  /**
   * The statement that commits with the gift and finds them still there, else the gift does not happen.
   * @param sessionId their own live, to which it is counted
   */
  readonly whileHere: (giftId: Uuid, sessionId: Uuid) => CompanionStatement;
}

/** Where guests are looked up. The slice that knows them stands below this one, so it registers itself here. */
export interface ReceiverDirectory {
  /** The guest on this stage, `undefined` when they are not there. `fresh`: what is in memory was found to be old. */
  find(
    house: House,
    asked: { readonly stageId: Uuid; readonly receiverId: Uuid; readonly fresh: boolean },
  ): Receiver | undefined | Promise<Receiver | undefined>;
}

let directory: ReceiverDirectory | undefined;

/** Says where guests are looked up. Called when the slice that knows them is loaded. */
export function useReceivers(receivers: ReceiverDirectory): void {
  directory = receivers;
}

export function findReceiver(
  house: House,
  asked: { readonly stageId: Uuid; readonly receiverId: Uuid; readonly fresh: boolean },
): Receiver | undefined | Promise<Receiver | undefined> {
  return directory?.find(house, asked);
}
