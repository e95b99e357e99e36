import { Refusal } from '../core/refusal.ts';
import { compileStrict, invalidRequest } from '../http/validation.ts';
import { POLICY_INVALID } from './refusals.ts';
import { brokenRules } from './rules.ts';
import { PolicyDocument } from './schema.ts';

const fitsSchema = compileStrict<PolicyDocument>(PolicyDocument);

/**
 * The document itself when it can be put in force.
 * Refuses with `invalid_request` (a field is unknown, missing or out of its bounds) or
 * `policy_invalid` (two numbers do not fit each other); both name the field.
 */
export function validDocument(document: unknown): PolicyDocument {
  if (!fitsSchema(document)) throw invalidRequest(fitsSchema.errors, 'document');
  const broken = brokenRules(document)[0];
  if (broken !== undefined) {
    throw new Refusal(POLICY_INVALID, { field: broken.field.slice(1), rule: broken.rule }, broken.field);
  }
  return document;
}
