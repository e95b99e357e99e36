import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { required } from '../http/required-id.ts';
import { peopleByIds } from '../identity/index.ts';
import { detailJson } from './console-show.ts';
import { currencyOf, decimalText } from './currencies.ts';
import { askForResolution, lookAtParked } from './resolve-withdrawal.ts';
import { detailAnswer, resolutionBody, resolvingAnswer, resolvingQuery, withdrawalParams } from './schema.ts';
import { withdrawalById } from './store.ts';

const TAGS = ['console'];

/** What two operators make of a payment that its provider does not speak clearly of. */
export function resolveRoutes(app: App, house: House): void {
  app.get(
    '/v1/console/withdrawals/:id/resolution',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'What the provider of a parked withdrawal says now, and what can be made of it',
        tags: TAGS,
        params: withdrawalParams,
        querystring: resolvingQuery,
        response: { 200: resolvingAnswer },
      },
    },
    async (request) => {
      const { back = null } = request.query;
      const { attempt, said, advice, choices } = await lookAtParked(
        house,
        required('wd', request.params.id),
        {
          back,
        },
      );
      const { minor, currency } = attempt;
      return {
        says: said,
        advice,
        refs: [attempt.takenRef, attempt.payoutRef].filter((ref) => ref !== null),
        choices: choices.map(({ verdict, title, effect, entries, number = null, asksBack }) => ({
          verdict,
          title,
          effect,
          entries: [...entries],
          number,
          back: asksBack === true ? { currency, all: decimalText(minor, currencyOf(currency)) } : null,
        })),
      };
    },
  );

  app.post(
    '/v1/console/withdrawals/:id/resolution',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Ask another operator to say what became of a parked withdrawal',
        tags: TAGS,
        params: withdrawalParams,
        body: resolutionBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      const row = await withdrawalById(house.db, id);
      if (row === undefined) throw new Refusal(NOT_FOUND);
      const person = (await peopleByIds(house.db, [row.userId])).get(row.userId);
      const creator = person?.displayName ?? 'Somebody';
      await askForResolution(house, id, { by: userId, creator, ...request.body });
      return detailJson(house, (await withdrawalById(house.db, id)) ?? row, userId);
    },
  );
}
