import { testHouse } from './test-house.ts';

/** A whole server in a process of its own that a test may kill. Prints its address. */
const [, , databaseUrl = ''] = process.argv;
const { origin } = await testHouse({ databaseUrl });
console.log(origin);
