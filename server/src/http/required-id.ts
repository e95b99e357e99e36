import { parsePublicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from './refusals.ts';

/** The id behind a public one; who may not see a thing need not know that it exists. */
export function required(prefix: Parameters<typeof parsePublicId>[0], text: string): Uuid {
  const id = parsePublicId(prefix, text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}
