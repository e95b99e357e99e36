import { ApiProblem, OFFLINE } from '../api/problem.ts';

/** The chunk of a page. When it cannot be fetched, that is a problem of the line, told as any other. */
export function fetched<Module>(chunk: Promise<Module>): Promise<Module> {
  return chunk.catch((cause: unknown) => {
    const problem = new ApiProblem(OFFLINE);
    problem.cause = cause;
    throw problem;
  });
}

export function isUnfetched(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === OFFLINE.code;
}
