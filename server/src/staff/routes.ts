import { Type } from 'typebox';
import { approvalSchema, approvalsJson } from '../approvals/index.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { strictObject } from '../http/schemas.ts';
import { type Person, peopleByIds, personByHandle, roleSchema } from '../identity/index.ts';
import { askForRole, POWERFUL_ROLES, setRole } from './ask-for-role.ts';
import { powerfulPeople } from './store.ts';

const TAGS = ['console'];
const handle = Type.String({ maxLength: 100 });
/** Why; kept for ever. */
const reason = Type.String({ minLength: 1, maxLength: 500, pattern: '^[^\\u0000-\\u001f]*$' });

const memberSchema = strictObject({
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
  roles: Type.Array(Type.Enum([...POWERFUL_ROLES])),
  yours: Type.Boolean(),
});

export function staffRoutes(app: App, house: House): void {
  app.get(
    '/v1/console/staff',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Who has a role that moves money or gives roles',
        tags: TAGS,
        response: { 200: strictObject({ items: Type.Array(memberSchema) }) },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const rolesById = await powerfulPeople(house.db, POWERFUL_ROLES);
      const people = await peopleByIds(house.db, [...rolesById.keys()]);
      return {
        items: [...people.values()]
          .map(({ id, handle: name, displayName, avatar }) => ({
            handle: name,
            displayName,
            avatar,
            roles: rolesById.get(id) ?? [],
            yours: id === userId,
          }))
          .sort((a, b) => a.displayName.localeCompare(b.displayName, 'en')),
      };
    },
  );

  app.put(
    '/v1/users/:handle/roles/:role',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Take a role from a person, or give one without power; their sessions end',
        tags: TAGS,
        params: Type.Object({ handle, role: Type.Enum(['creator', ...POWERFUL_ROLES]) }),
        body: strictObject({ granted: Type.Boolean(), reason }),
        response: { 200: strictObject({ roles: Type.Array(roleSchema) }) },
      },
    },
    async (request) => {
      const person = await personNamed(house, request.params.handle);
      const byUser = userOf(request).userId;
      await setRole(house, { ...request.body, userId: person.id, role: request.params.role, byUser });
      return { roles: [...(await personNamed(house, person.handle)).roles] };
    },
  );

  app.post(
    '/v1/users/:handle/roles/:role/approval',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Ask another operator to give somebody a role that moves money or gives roles',
        tags: TAGS,
        params: Type.Object({ handle, role: Type.Enum([...POWERFUL_ROLES]) }),
        body: strictObject({ reason }),
        response: { 201: strictObject({ approval: approvalSchema }) },
      },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const approval = await askForRole(house, {
        person: await personNamed(house, request.params.handle),
        role: request.params.role,
        by: userId,
        reason: request.body.reason,
      });
      const [shown] = await approvalsJson(house.db, [approval], { userId, nowMs: house.clock.now() });
      if (shown === undefined) throw new Refusal(NOT_FOUND);
      return reply.code(201).send({ approval: shown });
    },
  );
}

async function personNamed(house: House, named: string): Promise<Person> {
  const person = await personByHandle(house.db, named);
  if (person === undefined) throw new Refusal(NOT_FOUND);
  return person;
}
