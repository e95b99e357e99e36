import type { Slice } from '../house.ts';
import { bellOf } from './bell.ts';
import { noticeRoutes } from './routes.ts';

export { type Bell, bellOf } from './bell.ts';
export type { News } from './store.ts';

/** Notices: what a person should know of, on every page they have open and in a list. */
export const notices: Slice = {
  name: 'notices',
  routes: noticeRoutes,
  start(house) {
    const bell = bellOf(house);
    bell.start();
    return () => bell.stop();
  },
};
