import { useEffect, useRef } from 'react';
import { ApiProblem } from '../api/problem.ts';

/** What a form's last refusal says about each of its fields, and about none of them. */
export interface FormProblem {
  /** The complaint about one field, by its JSON pointer, or undefined. */
  readonly at: (field: string) => string | undefined;
  /** A refusal that none of the form's own fields can show. */
  readonly rest: ApiProblem | null;
}

/** Sorts a refusal to the fields of a form. `fields` are the pointers that the form shows: `/email`. */
export function formProblem(error: unknown, fields: readonly string[]): FormProblem {
  if (error === null || error === undefined) return { at: () => undefined, rest: null };
  const problem = ApiProblem.of(error);
  const own = problem.field !== undefined && fields.includes(problem.field);
  return {
    at: (field) =>
      own && problem.field === field ? `${sentence(problem.detail)} ${problem.remedy}`.trim() : undefined,
    rest: own ? null : problem,
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A form's ref: when `problem` changes, focus goes to the first field that is wrong. */
export function useFocusOnWrong(problem: unknown) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem === null || problem === undefined) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problem]);
  return form;
}
