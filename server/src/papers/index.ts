import type { Slice } from '../house.ts';
import { paperRoutes } from './routes.ts';

/** Statements of months, as pages and as files. */
export const papers: Slice = { name: 'papers', routes: paperRoutes };
