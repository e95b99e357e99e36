import { expect, test } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import { formProblem } from './form.ts';

const taken = new ApiProblem({
  status: 409,
  code: 'handle_taken',
  detail: 'Somebody has this handle',
  remedy: 'Choose another handle.',
  field: '/handle',
});

test('a refusal stands at its field', () => {
  const problem = formProblem(taken, ['/email', '/handle']);
  expect(problem.at('/handle')).toBe('Somebody has this handle. Choose another handle.');
  expect(problem.at('/email')).toBeUndefined();
  expect(problem.rest).toBeNull();
});

test('a refusal of a field that the form does not show is told above it', () => {
  const problem = formProblem(taken, ['/email']);
  expect(problem.at('/handle')).toBeUndefined();
  expect(problem.rest).toBe(taken);
});

test('no refusal, no complaint', () => {
  expect(formProblem(null, ['/email']).rest).toBeNull();
});
