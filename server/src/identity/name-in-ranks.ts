import Type, { type Static } from 'typebox';
import { nullable, strictObject } from '../http/schemas.ts';
import type { Person } from './store.ts';

/** Somebody as rankings show them. */
export const rankedPersonSchema = strictObject({
  handle: nullable(Type.String(), { description: 'null: they are in no ranking by name.' }),
  displayName: Type.String(),
  avatar: nullable(Type.String(), { description: 'Key of the art set, such as fox.' }),
});
export type RankedPerson = Static<typeof rankedPersonSchema>;

const A_SUPPORTER = 'A supporter';

/** A person in a ranking: by name, or as a supporter without handle and picture when they asked for that. */
export function nameInRanks(person: Person | undefined): RankedPerson {
  if (person === undefined || !person.inRanks)
    return { handle: null, displayName: A_SUPPORTER, avatar: null };
  return { handle: person.handle, displayName: person.displayName, avatar: person.avatar };
}
