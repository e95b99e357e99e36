import { publicId } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { bellOf } from '../notices/index.ts';
import type { SimulationRow } from './store.ts';

/** Tells whoever asked for a run what became of it, in the commit that ends it. */
export function tellAsker(
  house: House,
  tx: Queryable,
  { id, askedBy }: Pick<SimulationRow, 'id' | 'askedBy'>,
  news: { readonly at: Date; readonly title: string; readonly text: string },
): Promise<void> {
  const link = `/console/simulator/${publicId('sim', id)}`;
  const about = { topic: `simulation ${id}`, kind: 'simulation', link, about: null };
  return bellOf(house).tell(tx, { ...about, ...news }, [askedBy]);
}
