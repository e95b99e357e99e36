import { testHouse } from './test-house.ts';

/** A server that takes refunds and books disputes, in a process of its own that a test may kill. Prints its address. */
const [, , databaseUrl = '', webhookSecret = ''] = process.argv;
const { origin } = await testHouse({
  databaseUrl,
  config: { secrets: { session: 'of-this-process-alone-of-this-process', webhook: webhookSecret } },
});
console.log(origin);
