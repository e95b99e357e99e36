import type { House } from '../house.ts';
import { cancel } from './answer-match.ts';
import { endMatch } from './end-match.ts';
import { show, tellScores } from './match-event.ts';
import { type OpenMatch, openMatches, takeTelling, whoLeft } from './store.ts';

/** Open matches in one round. */
const ROUND_MAX = 200;

/**
 * Looks at every open match: calls off what nobody accepted, ends what is over, and tells stages new scores. It looks at
 * how things are, not at what it did before, so it catches up with whatever was missed, and any number of processes may
 * do it at once.
 */
export async function lookAfterMatches(house: House): Promise<void> {
  for (const match of await openMatches(house.db, ROUND_MAX)) await lookAfter(house, match);
}

async function lookAfter(house: House, match: OpenMatch): Promise<void> {
  const { id, endedLiveOf, leftBy } = match;
  const nowMs = house.clock.now();
  if (!match.isRunning) {
    if (endedLiveOf !== null) await cancel(house, id, 'live_ended', endedLiveOf);
    else if (match.expiresAt.getTime() <= nowMs) await cancel(house, id, 'expired', null);
    return;
  }
  if (match.endsAt !== null && match.endsAt.getTime() <= nowMs) await endMatch(house, id, 'time', null);
  else if (endedLiveOf !== null) await endMatch(house, id, 'live_ended', endedLiveOf);
  else if (leftBy !== null) await endMatch(house, id, 'left', (await whoLeft(house.db, id)) ?? leftBy);
  else if (match.hasNews) await tellNews(house, match);
}

async function tellNews(house: House, { id }: OpenMatch): Promise<void> {
  const told = await house.db.transaction(async (tx) =>
    (await takeTelling(tx, id)) ? tellScores(tx, id, house.clock.now()) : new Map(),
  );
  show(house, told);
}
