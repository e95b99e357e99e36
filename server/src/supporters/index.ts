import './shout-out-message.ts';
import type { Slice } from '../house.ts';
import { supporterRoutes } from './routes.ts';

export { listSupporters } from './list-supporters.ts';

/** Supporters: who gave most, with one's own place, and how creators thank them. */
export const supporters: Slice = { name: 'supporters', routes: supporterRoutes };
