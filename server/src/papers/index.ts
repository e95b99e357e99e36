import { useGiftMoney } from '../gifts/index.ts';
import type { Slice } from '../house.ts';
import { FanMoney } from './fan-money.ts';
import { paperRoutes } from './routes.ts';
import { taxRoutes } from './tax-routes.ts';

// One definition of where the money of a gift went: its page says what the statements say.
useGiftMoney(async (db, spend) => {
  const splits = await new FanMoney(db).splits([spend]);
  return splits.get(spend.spent.coinTransferId) ?? null;
});

/** Statements of months and exports of years. */
export const papers: Slice = {
  name: 'papers',
  routes(app, house) {
    paperRoutes(app, house);
    taxRoutes(app, house);
  },
};
