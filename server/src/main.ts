import { pino } from 'pino';
import { loadConfig } from './config.ts';
import { openHouse } from './open-house.ts';

/** Reads the configuration, opens the house, and closes it on a signal, whenever that comes. Nothing else acts on import. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
  const opening = openHouse({ config, log, tell: (line) => process.stdout.write(`${line}\n`) });

  let closing = false;
  const close = (signal: NodeJS.Signals) => {
    if (closing) return;
    closing = true;
    process.stdout.write(`\nStopping (${signal}). Everything is kept.\n`);
    const overdue = setTimeout(() => process.exit(1), 9_000);
    overdue.unref();
    // While it opens, too: what is half open would leave its database running.
    const closed = opening.then((house) => house.close());
    closed.then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'closing failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
  await opening;
}

main().catch((error: unknown) => {
  process.stderr.write(`Carat could not start.\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
