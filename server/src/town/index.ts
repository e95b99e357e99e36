import type { AddressInfo } from 'node:net';
import type { TestClock } from '../core/clock.ts';
import type { App, House, Slice } from '../house.ts';
import { crowdIsOn, whenCrowdSwitches } from '../identity/index.ts';
import { makeFormulaRate } from '../rates/index.ts';
import { CrowdProcess } from './crowd-process.ts';
import { adoptTownPolicy, markSettled, settlePeople } from './settle.ts';
import { liveTheStory } from './story.ts';

export { isSettled } from './settle.ts';
export { STORY_DAYS } from './story.ts';

const apps = new WeakMap<House, App>();
const crowds = new WeakMap<House, CrowdProcess>();

/** The demo town: its people, their story, and the gentle crowd that keeps its stages alive. */
export const town: Slice = {
  name: 'town',
  routes(app, house) {
    apps.set(house, app);
  },
  start(house) {
    if (house.config.seed !== 'town' || !house.config.crowd) return async () => {};
    const server = apps.get(house)?.server;
    if (server === undefined) return async () => {};
    const begin = () => {
      const { port } = server.address() as AddressInfo;
      const crowd = new CrowdProcess(`http://127.0.0.1:${port}`, house.log);
      crowds.set(house, crowd);
      crowdIsOn(house).then(
        (on) => crowd.set(on),
        (error: unknown) => house.log.warn({ err: error }, 'the crowd could not start'),
      );
    };
    server.once('listening', begin);
    whenCrowdSwitches((switched, on) => crowds.get(switched)?.set(on));
    return async () => {
      server.off('listening', begin);
      await crowds.get(house)?.stop();
    };
  },
};

/** Brings the townspeople into a house that listens at `origin`, and lives their last ten days with its clock. */
export async function settleTown(
  house: House,
  origin: string,
  clock: TestClock,
  nowMs: number,
): Promise<void> {
  await adoptTownPolicy(house);
  await settlePeople(house);
  const given = await house.db.query('SELECT 1 FROM gifts LIMIT 1');
  if (given.length === 0) await liveTheStory(origin, clock, nowMs, () => makeFormulaRate(house));
  await markSettled(house);
}
