import { DAY_MS } from '../core/clock.ts';
import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { type UserPrincipal, userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import { decideCase, lookAtPicture, reopenCase, reopeningOf } from './decide-case.ts';
import { addPicture, beginCase, requireOpenCase, submitCase, withdrawCase } from './hand-in.ts';
import type { IdentityCase } from './rules.ts';
import { sidesOf } from './rules.ts';
import {
  caseParams,
  consoleAnswer,
  consoleDetail,
  consoleQuery,
  detailsBody,
  mineAnswer,
  pictureParams,
  reopenBody,
  sideParams,
  verdictBody,
} from './schema.ts';
import { keyNames } from './seal.ts';
import { caseJson, consoleDetailJson, consoleRows } from './show.ts';
import {
  caseById,
  casesPage,
  handedInCase,
  newestCase,
  picturesOfUnknownKeys,
  refusalsOf,
  waitingCases,
} from './store.ts';
import { takeUpload } from './uploads.ts';

const TAGS = ['identity'];
/** Above the policy's largest picture: how much of one is taken in at all. */
const PICTURE_BYTES_TAKEN = 10_000_001;

export async function verificationRoutes(app: App, house: House): Promise<void> {
  const rulesNow = async () => (await currentPolicy(house.db, house.clock.now())).verification;

  app.get(
    '/v1/me/identity',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Whether this site knows who you are: your newest case, and what one needs',
        tags: TAGS,
        response: { 200: mineAnswer },
      },
    },
    async (request) => mine(userOf(request)),
  );

  app.put(
    '/v1/me/identity',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Begin your case, or change what it says while it is not handed in',
        tags: TAGS,
        body: detailsBody,
        response: { 200: mineAnswer },
      },
    },
    async (request) => {
      const user = userOf(request);
      await beginCase(house, user, { latinName: null, ...request.body });
      return mine(user);
    },
  );

  app.put(
    '/v1/me/identity/submitted',
    {
      config: { access: 'user' },
      schema: { summary: 'Hand your case in', tags: TAGS, response: { 200: mineAnswer } },
    },
    async (request) => {
      const user = userOf(request);
      await submitCase(house, user.userId);
      return mine(user);
    },
  );

  app.put(
    '/v1/me/identity/withdrawn',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Take your case back while nobody has decided: its pictures are erased at once',
        tags: TAGS,
        response: { 200: mineAnswer },
      },
    },
    async (request) => {
      const user = userOf(request);
      await withdrawCase(house, user.userId);
      return mine(user);
    },
  );

  await app.register(async (instance) => {
    const scope = instance as unknown as App;
    scope.removeAllContentTypeParsers();
    const uploads = new WeakMap<object, () => void>();
    // Whatever it says it is: what it is, its first bytes say.
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: PICTURE_BYTES_TAKEN },
      (_request, body, done) => done(null, body),
    );
    scope.put(
      '/v1/me/identity/pictures/:side',
      {
        config: { access: 'user' },
        bodyLimit: PICTURE_BYTES_TAKEN,
        // Before the body is read: nobody's ten megabytes are taken in for nothing, nor many at once.
        onRequest: async (request, reply) => {
          const { userId } = userOf(request);
          await requireOpenCase(house, userId);
          const done = takeUpload(userId);
          uploads.set(request, done);
          // Also when they hang up in the middle.
          reply.raw.once('close', done);
        },
        schema: {
          summary: 'Add a picture to your case: the bytes of a JPEG, PNG or WebP',
          tags: TAGS,
          params: sideParams,
          response: { 200: mineAnswer },
        },
      },
      async (request) => {
        const user = userOf(request);
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        try {
          await addPicture(house, user.userId, request.params.side, bytes);
        } finally {
          uploads.get(request)?.();
        }
        return mine(user);
      },
    );
  });

  consoleRoutes(app, house);

  async function mine(user: UserPrincipal) {
    const rules = await rulesNow();
    const [found, refused] = await Promise.all([
      newestCase(house.db, user.userId),
      refusalsOf(house.db, user.userId),
    ]);
    return {
      case: found === undefined ? null : await caseJson(house.db, found, rules),
      needed: found === undefined ? [...rules.pictures] : sidesOf(found.document, rules.pictures),
      eraseAfterDays: rules.eraseAfterMs / DAY_MS,
      pictureBytesMax: rules.pictureBytesMax,
      triesLeft: Math.max(0, rules.refusalsMax - refused),
      takesPapers: house.config.documentKeys.length > 0,
      dateOfBirth: user.dateOfBirth,
    };
  }
}

function consoleRoutes(app: App, house: House): void {
  const tags = ['console'];
  const detail = async (found: IdentityCase, viewerId: Uuid) =>
    consoleDetailJson(
      house.db,
      found,
      viewerId,
      (await currentPolicy(house.db, house.clock.now())).verification,
      await reopeningOf(house, house.db, found, await newestCase(house.db, found.userId)),
    );

  app.get(
    '/v1/console/identity',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Cases that wait for a decision, the oldest first; or all, the newest first',
        tags,
        querystring: consoleQuery,
        response: { 200: consoleAnswer },
      },
    },
    async (request) => {
      const { cursor, limit, show = 'waiting' } = request.query;
      const after = cursor === undefined ? null : placeOf(cursor);
      const [rows, waiting, unopened] = await Promise.all([
        casesPage(house.db, { show, after, limit: limit + 1 }),
        waitingCases(house.db),
        picturesOfUnknownKeys(house.db, keyNames(house.config.documentKeys)),
      ]);
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        items: await consoleRows(house.db, shown, userOf(request).userId),
        nextCursor:
          last === undefined ? null : encodeCursor([last.since.getTime(), publicId('idcase', last.id)]),
        waiting,
        unopened,
        sanctions: house.config.sanctions === null ? ('off' as const) : ('on' as const),
      };
    },
  );

  app.get(
    '/v1/console/identity/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'One case: what the person says, its pictures, and who looked at them',
        tags,
        params: caseParams,
        response: { 200: consoleDetail },
      },
    },
    async (request) => {
      const found = await handedInCase(house.db, idOf(request.params.id));
      if (found === undefined) throw new Refusal(NOT_FOUND);
      return detail(found, userOf(request).userId);
    },
  );

  app.get(
    '/v1/console/identity/:id/pictures/:side',
    {
      config: { access: 'operator', confirmed: 'needed' },
      schema: {
        summary: 'A picture of a case, for whoever decides; that they looked is written down first',
        tags,
        params: pictureParams,
      },
    },
    async (request, reply) => {
      const bytes = await lookAtPicture(
        house,
        idOf(request.params.id),
        request.params.side,
        userOf(request).userId,
      );
      return reply
        .header('content-type', 'image/webp')
        .header('content-disposition', 'attachment; filename="picture.webp"')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('cache-control', 'no-store')
        .send(bytes);
    },
  );

  app.put(
    '/v1/console/identity/:id/decision',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Approve a case, or refuse it and name what has to be mended',
        tags,
        params: caseParams,
        body: verdictBody,
        response: { 200: consoleDetail },
      },
    },
    async (request) => {
      const id = idOf(request.params.id);
      const { userId } = userOf(request);
      await decideCase(house, id, userId, request.body);
      const found = await caseById(house.db, id);
      if (found === undefined) throw new Refusal(NOT_FOUND);
      return detail(found, userId);
    },
  );

  app.put(
    '/v1/console/identity/:id/reopened',
    {
      config: { access: 'operator' },
      schema: {
        summary:
          'Take an approval back, give another try after a refusal, or send a case back whose pictures cannot be opened',
        tags,
        params: caseParams,
        body: reopenBody,
        response: { 200: consoleDetail },
      },
    },
    async (request) => {
      const id = idOf(request.params.id);
      const { userId } = userOf(request);
      await reopenCase(house, id, userId, request.body.reason);
      const found = await caseById(house.db, id);
      if (found === undefined) throw new Refusal(NOT_FOUND);
      return detail(found, userId);
    },
  );
}

function idOf(text: string): Uuid {
  const id = parsePublicId('idcase', text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}

function placeOf(cursor: string): { at: Date; id: Uuid } {
  const [ms, name] = decodeCursor(cursor, 2) ?? [];
  const id = typeof name === 'string' ? parsePublicId('idcase', name) : null;
  const isTime = typeof ms === 'number' && Number.isSafeInteger(ms) && Math.abs(ms) <= 8.64e12;
  if (isTime && id !== null) return { at: new Date(ms), id };
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that this list gave' }, '/cursor');
}
