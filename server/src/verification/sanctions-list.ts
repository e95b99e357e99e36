import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { SanctionsConfig } from '../config.ts';
import type { CaseDetails } from './rules.ts';

/** Somebody on the list whom it takes for the person asked about. */
export interface Hit {
  /** The list's own id of them. */
  readonly id: string;
  readonly name: string;
  /** 0 to 1: how like the two are, by the list's own measure. */
  readonly score: number;
  /** The lists that they stand on. */
  readonly lists: readonly string[];
}

export type Screening =
  | { readonly kind: 'compared'; readonly hits: readonly Hit[] }
  /** No answer that can be read: nothing is known. `alone`: it is about this person; others may be answered. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly alone: boolean };

const TIMEOUT_MS = 10_000;
const HITS_MAX = 20;

/** What the matching API of OpenSanctions (yente) answers, as far as it is used. */
const answerSchema = Type.Object({
  responses: Type.Object({
    person: Type.Object({
      status: Type.Optional(Type.Integer()),
      results: Type.Array(
        Type.Object({
          id: Type.String(),
          caption: Type.String(),
          score: Type.Number(),
          match: Type.Boolean(),
          datasets: Type.Optional(Type.Array(Type.String())),
        }),
      ),
    }),
  }),
});

/**
 * Asks a list of sanctions whether somebody stands on it. The list is a service that speaks the matching API of
 * OpenSanctions, which is free software to run beside this one; who counts as the same person, its own threshold says.
 */
export async function askList(config: SanctionsConfig, person: CaseDetails): Promise<Screening> {
  const { legalName, latinName, dateOfBirth, country } = person;
  const query = {
    schema: 'Person',
    properties: {
      name: latinName === null ? [legalName] : [legalName, latinName],
      birthDate: [dateOfBirth],
      country: [country.toLowerCase()],
    },
  };
  try {
    const response = await fetch(config.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(config.key === null ? {} : { authorization: `ApiKey ${config.key}` }),
      },
      body: JSON.stringify({ queries: { person: query } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) {
      return { kind: 'unknown', reason: `it answered ${response.status}`, alone: response.status === 400 };
    }
    const answer: unknown = await response.json();
    if (!Value.Check(answerSchema, answer)) {
      return { kind: 'unknown', reason: 'its answer is not what the matching API gives', alone: true };
    }
    const { status = 200, results } = answer.responses.person;
    if (status !== 200) {
      return { kind: 'unknown', reason: `it answered ${status} for this person`, alone: true };
    }
    const hits = results
      .filter(({ match }) => match)
      .slice(0, HITS_MAX)
      .map(({ id, caption, score, datasets = [] }) => ({ id, name: caption, score, lists: datasets }));
    return { kind: 'compared', hits };
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'it did not answer';
    return { kind: 'unknown', reason, alone: false };
  }
}
