import { identity } from '../src/identity/index.ts';
import { policy } from '../src/policy/index.ts';
import { purchases } from '../src/purchases/index.ts';
import { rates } from '../src/rates/index.ts';
import { wallet } from '../src/wallet/index.ts';
import { testHouse } from './test-house.ts';

/** A server that sells Coins, in a process of its own that a test may kill. Prints its address. */
const [, , databaseUrl = '', webhookSecret = ''] = process.argv;
const { origin } = await testHouse({
  slices: [policy, identity, rates, wallet, purchases],
  databaseUrl,
  config: { secrets: { session: 'of-this-process-alone-of-this-process', webhook: webhookSecret } },
});
console.log(origin);
