import { parsePublicId } from '../core/ids.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { pastLives } from './past-lives.ts';
import { DashboardAnswer, LiveParams, PastLivesAnswer, PastLivesQuery, SummaryAnswer } from './schema.ts';
import { showDashboard } from './show-dashboard.ts';
import { summarizeLive } from './summarize-live.ts';

const TAGS = ['lives'];

export function liveRoutes(app: App, house: House): void {
  app.get(
    '/v1/me/live',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Your running live: what it brought, minute by minute, and who came',
        tags: TAGS,
        response: { 200: DashboardAnswer },
      },
    },
    async (request) => showDashboard(house, userOf(request).userId),
  );

  app.get(
    '/v1/me/lives',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Your lives that ended, newest first',
        tags: TAGS,
        querystring: PastLivesQuery,
        response: { 200: PastLivesAnswer },
      },
    },
    async (request) => pastLives(house, userOf(request).userId, request.query),
  );

  app.get(
    '/v1/me/lives/:id',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'What one of your lives brought, with the proof from your ledger entries',
        tags: TAGS,
        params: LiveParams,
        response: { 200: SummaryAnswer },
      },
    },
    async (request) => summarizeLive(house, userOf(request).userId, parsePublicId('live', request.params.id)),
  );
}
