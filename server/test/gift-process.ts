import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { buildApp } from '../src/app.ts';
import { authenticate } from '../src/identity/index.ts';
import { furnish } from '../src/open-house.ts';
import { changeStage, GIFT_SLICES } from './gift-scene.ts';
import { testConfig } from './test-house.ts';

// A server process of its own, to be killed: `node gift-process.ts DATABASE_URL STAGE`. Prints its address.
const [databaseUrl = '', stage = '{}'] = process.argv.slice(2);
changeStage(JSON.parse(stage));
const config = testConfig(databaseUrl);
const { house } = await furnish(databaseUrl, {
  config,
  log: pino({ level: 'silent' }),
  mustBeDurable: false,
});
const running = await buildApp(house, GIFT_SLICES, authenticate(house));
await running.start();
await running.app.listen({ host: '127.0.0.1', port: 0 });
const { port } = running.app.server.address() as AddressInfo;
process.stdout.write(`http://127.0.0.1:${port}\n`);
