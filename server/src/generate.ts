import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { buildApp } from './app.ts';
import { asyncApi } from './asyncapi.ts';
import { loadConfig } from './config.ts';
import { systemClock } from './core/clock.ts';
import { errorsPage } from './errors-page.ts';
import type { House } from './house.ts';
import { ANONYMOUS } from './http/principal.ts';
import { slices } from './slices.ts';

const CONTRACT = new URL('../openapi.json', import.meta.url);
const STREAM = new URL('../asyncapi.json', import.meta.url);
const ERRORS = new URL('../../docs/errors.md', import.meta.url);

/**
 * Writes what is generated from the code and committed: the contract, the contract of streams, and the page of refusals.
 * With `check`, writes nothing and answers the files that differ.
 */
export async function generate({ check }: { readonly check: boolean }): Promise<string[]> {
  const made: [URL, string][] = [
    [CONTRACT, await contract()],
    [STREAM, `${JSON.stringify(asyncApi(), null, 2)}\n`],
    [ERRORS, errorsPage()],
  ];
  const differing: string[] = [];
  for (const [file, text] of made) {
    const kept = await readFile(file, 'utf8').catch(() => '');
    if (kept === text) continue;
    differing.push(fileURLToPath(file));
    if (!check) await writeFile(file, text);
  }
  return differing;
}

/** `server/openapi.json`, from the routes of every slice. Nothing is opened: routes ask nothing until called. */
async function contract(): Promise<string> {
  const { app } = await buildApp(closedHouse(), slices, async () => ANONYMOUS);
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}

function closedHouse(): House {
  const config = loadConfig({
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
    PUBLIC_ORIGIN: 'https://carat.example',
    CARAT_SECRET: 'only the shape of the routes is asked for',
    CARAT_WEBHOOK_SECRET: 'only the shape of the routes is asked for',
  });
  const house = {
    config: { ...config, webRoot: undefined },
    clock: systemClock,
    log: pino({ level: 'silent' }),
  };
  return new Proxy(house as unknown as House, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name);
      return quiet;
    },
  });
}

/** Takes the registrations of routes and channels and does nothing. */
const quiet: unknown = new Proxy(() => quiet, { get: () => () => {} });
