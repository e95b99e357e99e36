import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from '../../server/src/db/database.ts';
import { type Embedded, openEmbedded } from '../../server/src/db/embedded.ts';
import { migrate } from '../../server/src/db/migrate.ts';
import { whenBenchEnds } from '../row.ts';

let server: Promise<Embedded> | undefined;
let databases = 0;

/** A fresh, migrated database on a PostgreSQL that the bench starts for itself, with the settings it ships with. */
export async function freshDatabase(): Promise<Database> {
  server ??= openServer();
  const { url } = await server;
  databases += 1;
  const name = `bench_${databases}`;
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const address = new URL(url);
  address.pathname = `/${name}`;
  await migrate({ url: address.href });
  return openDatabase({ url: address.href });
}

/** Removes it again: the next row shall not pay for its data. */
export async function dropDatabase(db: Database): Promise<void> {
  await db.close();
  // Its owner may not end a vacuum that is at work in it.
  const { superuserUrl } = await (server ?? openServer());
  const client = new pg.Client(superuserUrl);
  await client.connect();
  await client.query(`drop database ${new URL(db.url).pathname.slice(1)} with (force)`);
  await client.query('checkpoint').catch(() => {});
  await client.end();
}

async function openServer(): Promise<Embedded> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'carat-bench-'));
  const embedded = await openEmbedded({ dataDirectory });
  whenBenchEnds(async () => {
    await embedded.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  return embedded;
}
