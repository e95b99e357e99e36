import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { hypingOf } from './hyping.ts';
import { stageHypeAnswer, stageParams, switchBody } from './schema.ts';
import { setHype } from './set-hype.ts';
import { showHype } from './show-hype.ts';

const TAGS = ['hype'];

export function hypeRoutes(app: App, house: House): void {
  const hyping = hypingOf(house);

  app.get(
    '/v1/stages/:handle/hype',
    {
      config: { access: 'public' },
      schema: {
        summary:
          'The hype of a stage: how it stands, who gave to it, the best one, and its rules with their numbers',
        tags: TAGS,
        params: stageParams,
        response: { 200: stageHypeAnswer },
      },
    },
    async (request) => showHype(hyping, request.params.handle, request.principal),
  );

  app.put(
    '/v1/me/stage/hype',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Switch the hype meter of your stage on or off; one that runs ends with it',
        tags: TAGS,
        body: switchBody,
        response: { 200: stageHypeAnswer },
      },
    },
    async (request) => {
      const { handle } = userOf(request);
      await setHype(hyping, handle, request.body.on);
      return showHype(hyping, handle, request.principal);
    },
  );
}
