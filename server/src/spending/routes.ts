import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { breakBody, limitsBody, spendingAnswer } from './schema.ts';
import { setLimits } from './set-limits.ts';
import { showSpending } from './show.ts';
import { takeBreak } from './take-break.ts';

const TAGS = ['spending'];

export function spendingRoutes(app: App, house: House): void {
  app.get(
    '/v1/me/spending',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Your spending limits, what counts against them, and your break',
        tags: TAGS,
        response: { 200: spendingAnswer },
      },
    },
    async (request) => ({ spending: await showSpending(house, userOf(request).userId) }),
  );

  app.put(
    '/v1/me/spending/limits',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Change your limits: a lower one holds at once, a higher one later',
        tags: TAGS,
        body: limitsBody,
        response: { 200: spendingAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const { dayCents: day, weekCents: week, monthCents: month } = request.body;
      await setLimits(house, userId, {
        ...(day === undefined ? {} : { day: centsOf(day) }),
        ...(week === undefined ? {} : { week: centsOf(week) }),
        ...(month === undefined ? {} : { month: centsOf(month) }),
      });
      return { spending: await showSpending(house, userId) };
    },
  );

  app.post(
    '/v1/me/spending/break',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Close buying and giving for some days; nobody can open them earlier',
        tags: TAGS,
        body: breakBody,
        response: { 200: spendingAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      await takeBreak(house, userId, request.body.days);
      return { spending: await showSpending(house, userId) };
    },
  );
}

function centsOf(digits: string | null): bigint | null {
  return digits === null ? null : BigInt(digits);
}
