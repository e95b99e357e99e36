import { testHouse } from './test-house.ts';

/** A whole server in a process of its own that a test may kill: `DATABASE_URL NATS_URL`. Prints its address. */
const [, , databaseUrl = '', natsUrl = ''] = process.argv;
const { origin } = await testHouse({
  databaseUrl,
  config: { natsUrl: natsUrl === '' ? undefined : natsUrl },
});
console.log(origin);
