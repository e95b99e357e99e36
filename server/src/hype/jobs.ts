import { SECOND_MS } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import { appendRoomEvents, lockRoomHead } from '../realtime/room-events.ts';
import { endHype } from './end-hype.ts';
import { eventsOf, type Hyping } from './hyping.ts';
import {
  forgetWarmUpsOfEnded,
  hypeById,
  markTold,
  type OpenHype,
  openHypes,
  sumContributions,
} from './store.ts';

/** However much is given, a room is told how its hype stands this often at most, levels apart. */
export const TELL_EVERY_MS = SECOND_MS / 2;
/** How often it looks while one runs, and while none does. What begins here wakes it. */
const RUNNING_EVERY_MS = SECOND_MS / 4;
const IDLE_EVERY_MS = SECOND_MS;

/** Tells rooms how their hypes stand and ends those whose time is over, in every process. */
export function startFollowing(hyping: Hyping): Rounds {
  let running = false;
  return goRounds(
    'hypes',
    () => (running ? RUNNING_EVERY_MS : IDLE_EVERY_MS),
    hyping.house.log,
    async () => {
      running = await followHypes(hyping);
    },
  );
}

/** One round; whether any runs. */
export async function followHypes(hyping: Hyping): Promise<boolean> {
  const { db, clock } = hyping.house;
  const open = await openHypes(db);
  for (const hype of open) {
    const nowMs = clock.now();
    if (hype.endedHow !== null || hype.liveEnded || nowMs >= hype.endsAt.getTime())
      await endHype(hyping, hype.id);
    else if (hype.coins.toString() !== hype.told && nowMs - hype.toldAt.getTime() >= TELL_EVERY_MS) {
      await tell(hyping, hype);
    }
  }
  await forgetWarmUpsOfEnded(db);
  return open.length > 0;
}

async function tell(hyping: Hyping, { id, stageId }: OpenHype): Promise<void> {
  const { db, clock, hub } = hyping.house;
  const events = await db.transaction(async (tx) => {
    const nowMs = clock.now();
    if (!(await sumContributions(tx, id, new Date(nowMs - TELL_EVERY_MS)))) return [];
    // Read behind the lock: what is told later was counted later.
    await lockRoomHead(tx, stageId);
    const hype = await hypeById(tx, id);
    if (hype === undefined || hype.state !== 'running') return [];
    await markTold(tx, id, hype.coins.toString(), new Date(nowMs));
    return appendRoomEvents(tx, stageId, await eventsOf(hyping, tx, hype, 'running'));
  });
  hub.publish(stageId, events);
}
