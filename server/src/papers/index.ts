import type { Slice } from '../house.ts';
import { paperRoutes } from './routes.ts';
import { taxRoutes } from './tax-routes.ts';

/** Statements of months and exports of years. */
export const papers: Slice = {
  name: 'papers',
  routes(app, house) {
    paperRoutes(app, house);
    taxRoutes(app, house);
  },
};
