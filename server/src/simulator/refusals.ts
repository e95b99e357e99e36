import { defineRefusal } from '../core/refusal.ts';

export const SIMULATIONS_TOO_MANY = defineRefusal({
  code: 'simulations_too_many',
  status: 409,
  sentence: 'You have {most} simulations that are not over yet, and that is the most.',
  remedy: 'Wait until one is done, or cancel one.',
});

export const SIMULATIONS_OF_A_DAY = defineRefusal({
  code: 'simulations_of_a_day',
  status: 429,
  sentence: 'You asked for {most} simulations within a day, and that is the most.',
  remedy: 'You can ask for the next one from {from} on.',
});

export const SIMULATION_WITHOUT_SALES = defineRefusal({
  code: 'simulation_without_sales',
  status: 409,
  sentence: 'Nobody bought anything here within thirty days, so there is nothing to begin with.',
  remedy: 'Start from the invented town.',
});

export const SIMULATION_IS_OVER = defineRefusal({
  code: 'simulation_is_over',
  status: 409,
  sentence: 'This simulation {ending}.',
  remedy: 'Run it again if you want to.',
});
