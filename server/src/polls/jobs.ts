import { SECOND_MS } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import { endPoll } from './end-poll.ts';
import type { Polling } from './polling.ts';
import { isOver } from './rules.ts';
import { openPolls } from './store.ts';
import { tellPolls } from './tell-polls.ts';

/** How often it looks while something runs, and while nothing does. What begins here wakes it. */
const RUNNING_EVERY_MS = SECOND_MS / 4;
const IDLE_EVERY_MS = SECOND_MS;

/** Tells rooms how their votes stand and ends what is over, now and several times a second, in every process. */
export function startHolding(polling: Polling): Rounds {
  let running = false;
  return goRounds(
    'polls',
    () => (running ? RUNNING_EVERY_MS : IDLE_EVERY_MS),
    polling.house.log,
    async () => {
      running = await holdPolls(polling);
    },
  );
}

/** One round; whether anything runs. */
export async function holdPolls(polling: Polling): Promise<boolean> {
  const { db, clock } = polling.house;
  const open = await openPolls(db);
  for (const poll of open) {
    if (poll.endedHow !== null || poll.liveEnded || isOver(poll, clock.now())) {
      await endPoll(polling, poll.id, 'when_due');
    }
  }
  await tellPolls(
    polling,
    open.map(({ id }) => id),
  );
  return open.length > 0;
}
