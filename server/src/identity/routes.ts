import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { allPassed } from '../core/explain.ts';
import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { type Principal, userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { publicIdSchema, strictObject } from '../http/schemas.ts';
import { changePassword } from './change-password.ts';
import { becomeCreator } from './change-role.ts';
import { confirmSession } from './confirm-session.ts';
import { switchCrowd } from './demo.ts';
import { editProfile } from './edit-profile.ts';
import { becomeFirstOperator, operatorLinkEnd } from './first-operator.ts';
import { follow, unfollow } from './follow.ts';
import { freezeAccount, liftFreeze } from './freeze-account.ts';
import { explainWhole } from './gates.ts';
import { giveDateOfBirth } from './give-date-of-birth.ts';
import { meOf, publicPersonOf, sessionAnswerOf } from './present.ts';
import {
  ConfirmationBody,
  DateOfBirthBody,
  ExplainAnswer,
  FollowAnswer,
  FreezeAnswer,
  FreezeBody,
  gateSchema,
  HandleParams,
  LiftBody,
  MeAnswer,
  PasswordBody,
  ProfileBody,
  PublicPerson,
  SessionAnswer,
  SignInBody,
  SignUpBody,
  TokenParams,
} from './schema.ts';
import { clearSessionCookie, deviceMarkIn, type NewSession, setSessionCookie } from './session.ts';
import { signIn, signInAsDemo, signOut } from './sign-in.ts';
import { signUp } from './sign-up.ts';
import { type Person, personByHandle } from './store.ts';

const TAGS = ['identity'];
const Nothing = Type.Null({ description: 'No body.' });

export function identityRoutes(app: App, house: House): void {
  sessionRoutes(app, house);
  confirmationRoute(app, house);
  meRoutes(app, house);
  peopleRoutes(app, house);
  staffRoutes(app, house);
  demoRoutes(app, house);
}

function sessionRoutes(app: App, house: House): void {
  const { enter, leave } = doors(house);

  app.get(
    '/v1/session',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Who is asking, and the numbers a page needs first',
        tags: TAGS,
        response: { 200: SessionAnswer },
      },
    },
    async (request) => sessionAnswerOf(house, request.principal),
  );

  app.post(
    '/v1/sign-up',
    {
      config: { access: 'public' },
      schema: { summary: 'Open an account', tags: TAGS, body: SignUpBody, response: { 201: MeAnswer } },
    },
    async (request, reply) => {
      const session = await signUp(house, { ...request.body, address: request.ip });
      await leave(request.principal);
      return reply.code(201).send({ me: await enter(reply, session) });
    },
  );

  app.post(
    '/v1/sign-in',
    {
      config: { access: 'public' },
      schema: { summary: 'Sign in', tags: TAGS, body: SignInBody, response: { 200: MeAnswer } },
    },
    async (request, reply) => {
      const session = await signIn(house, {
        ...request.body,
        address: request.ip,
        deviceMark: deviceMarkIn(house, request.headers.cookie),
      });
      await leave(request.principal);
      return { me: await enter(reply, session) };
    },
  );

  app.post(
    '/v1/sign-out',
    {
      config: { access: 'public' },
      schema: { summary: 'Sign out', tags: TAGS, response: { 204: Nothing } },
    },
    async (request, reply) => {
      await leave(request.principal);
      clearSessionCookie(reply, house);
      return reply.code(204).send(null);
    },
  );
}

function confirmationRoute(app: App, house: House): void {
  app.post(
    '/v1/session/confirmation',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Confirm that it is you: for five minutes you may do what moves money out',
        tags: TAGS,
        body: ConfirmationBody,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      const session = await confirmSession(house, userOf(request), request.body.password ?? null);
      setSessionCookie(reply, house, session);
      return reply.code(204).send(null);
    },
  );
}

function meRoutes(app: App, house: House): void {
  const { enter } = doors(house);

  app.patch(
    '/v1/me',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Change what others see of you',
        tags: TAGS,
        body: ProfileBody,
        response: { 200: MeAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      await editProfile(house, userId, request.body);
      return { me: await meOf(house, userId) };
    },
  );

  app.patch(
    '/v1/me/password',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Change your password; you are signed out everywhere else',
        tags: TAGS,
        body: PasswordBody,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      setSessionCookie(reply, house, await changePassword(house, userOf(request), request.body));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/v1/me/date-of-birth',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Give or correct your date of birth',
        tags: TAGS,
        body: DateOfBirthBody,
        response: { 200: MeAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      await giveDateOfBirth(house, userId, request.body.dateOfBirth);
      return { me: await meOf(house, userId) };
    },
  );

  app.post(
    '/v1/me/creator',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Become a creator',
        tags: TAGS,
        body: strictObject({}),
        response: { 200: MeAnswer },
      },
    },
    async (request, reply) => {
      const user = userOf(request);
      const session = await becomeCreator(house, user);
      return { me: session === null ? await meOf(house, user.userId) : await enter(reply, session) };
    },
  );

  app.get(
    '/v1/me/explain/:gate',
    {
      config: { access: 'user' },
      schema: {
        summary: 'What you need to send gifts, buy Coins, receive gifts or go live, and what you have',
        tags: TAGS,
        params: Type.Object({ gate: gateSchema }),
        response: { 200: ExplainAnswer },
      },
    },
    async (request) => {
      const { gate } = request.params;
      const checks = await explainWhole(house, gate, userOf(request).userId);
      return { gate, passed: allPassed(checks), checks };
    },
  );
}

function peopleRoutes(app: App, house: House): void {
  app.get(
    '/v1/users/:handle',
    {
      config: { access: 'public' },
      schema: {
        summary: 'A person as everyone sees them',
        tags: TAGS,
        params: HandleParams,
        response: { 200: strictObject({ user: PublicPerson }) },
      },
    },
    async (request) => {
      const person = await personNamed(house, request.params.handle);
      return { user: await publicPersonOf(house, person, request.principal) };
    },
  );

  app.put(
    '/v1/users/:handle/follow',
    {
      config: { access: 'user' },
      schema: { summary: 'Follow', tags: TAGS, params: HandleParams, response: { 200: FollowAnswer } },
    },
    async (request) => {
      const person = await personNamed(house, request.params.handle);
      return { following: true, followers: await follow(house, userOf(request).userId, person.id) };
    },
  );

  app.delete(
    '/v1/users/:handle/follow',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Stop following',
        tags: TAGS,
        params: HandleParams,
        response: { 200: FollowAnswer },
      },
    },
    async (request) => {
      const person = await personNamed(house, request.params.handle);
      return { following: false, followers: await unfollow(house, userOf(request).userId, person.id) };
    },
  );
}

function staffRoutes(app: App, house: House): void {
  const { enter } = doors(house);

  app.post(
    '/v1/users/:handle/freezes',
    {
      // Closing is urgent and hurts nobody for good; opening again is confirmed.
      config: { access: 'operator', confirmed: 'not_needed' },
      schema: {
        summary: 'Close gates of an account, with a reason its owner reads',
        tags: TAGS,
        params: HandleParams,
        body: FreezeBody,
        response: { 201: FreezeAnswer },
      },
    },
    async (request, reply) => {
      const person = await personNamed(house, request.params.handle);
      const id = await freezeAccount(house, {
        userId: person.id,
        gates: request.body.gates,
        reason: request.body.reason,
        byUser: userOf(request).userId,
        until: futureInstant(request.body.until, house.clock.now()),
      });
      return reply.code(201).send({ id: publicId('freeze', id) });
    },
  );

  app.post(
    '/v1/users/:handle/freezes/:id/lift',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Open the gates again',
        tags: TAGS,
        params: Type.Object({ handle: Type.String({ maxLength: 100 }), id: publicIdSchema('freeze') }),
        body: LiftBody,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      const person = await personNamed(house, request.params.handle);
      await liftFreeze(house, {
        userId: person.id,
        freezeId: freezeIdOf(request.params.id),
        reason: request.body.reason,
        byUser: userOf(request).userId,
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/v1/operator-links/:token',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Whether the one-time link of the first operator can be used',
        tags: TAGS,
        params: TokenParams,
        response: { 200: strictObject({ expiresAt: Type.String({ format: 'date-time' }) }) },
      },
    },
    async (request) => {
      const endsAt = await operatorLinkEnd(house, request.params.token);
      return { expiresAt: endsAt.toISOString() };
    },
  );

  app.post(
    '/v1/operator-links/:token',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Become the first operator',
        tags: TAGS,
        params: TokenParams,
        body: strictObject({}),
        response: { 200: MeAnswer },
      },
    },
    async (request, reply) => {
      const session = await becomeFirstOperator(house, userOf(request), request.params.token);
      return { me: await enter(reply, session) };
    },
  );
}

function demoRoutes(app: App, house: House): void {
  const { enter, leave } = doors(house);

  app.post(
    '/v1/demo/sign-in',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Be one of the people of the demonstration town',
        tags: TAGS,
        body: strictObject({ handle: Type.String({ maxLength: 100 }) }),
        response: { 200: MeAnswer },
      },
    },
    async (request, reply) => {
      const session = await signInAsDemo(house, request.body.handle);
      await leave(request.principal);
      return { me: await enter(reply, session) };
    },
  );

  app.put(
    '/v1/demo/crowd',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Switch the simulated crowd of the demonstration town',
        tags: TAGS,
        body: strictObject({ on: Type.Boolean() }),
        response: { 200: strictObject({ crowdOn: Type.Boolean() }) },
      },
    },
    async (request) => {
      await switchCrowd(house, request.body.on);
      return { crowdOn: request.body.on };
    },
  );
}

/** What happens to the cookie and to the session before when somebody comes in or leaves. */
function doors(house: House) {
  return {
    async enter(reply: FastifyReply, session: NewSession) {
      setSessionCookie(reply, house, session);
      return meOf(house, session.userId);
    },
    async leave(principal: Principal) {
      if (principal.kind === 'user') await signOut(house, principal.sessionId);
    },
  };
}

async function personNamed(house: House, handle: string): Promise<Person> {
  const person = await personByHandle(house.db, handle);
  if (person === undefined) throw new Refusal(NOT_FOUND);
  return person;
}

function freezeIdOf(text: string): Uuid {
  const id = parsePublicId('freeze', text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}

function futureInstant(text: string | null, nowMs: number): Date | null {
  if (text === null) return null;
  const untilMs = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!(untilMs > nowMs)) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'until', rule: 'must be an instant in the future' },
      '/until',
    );
  }
  return new Date(untilMs);
}
