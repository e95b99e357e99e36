import type { Slice } from '../house.ts';
import { simulatorRoutes } from './routes.ts';
import { runnerOf } from './run-simulations.ts';

/** The simulator: a proposed rate tried against the one in force, in invented days that the house's own rules decide. */
export const simulator: Slice = {
  name: 'simulator',
  routes: simulatorRoutes,
  start(house) {
    const runner = runnerOf(house);
    runner.start();
    return () => runner.stop();
  },
};
