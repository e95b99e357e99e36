import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { ConfigError, type DatabaseChoice, loadConfig, loadDatabaseChoice } from './config.ts';
import { Refusal } from './core/refusal.ts';
import { BackupError, backup } from './db/backup.ts';
import { openDatabase } from './db/database.ts';
import { openEmbedded } from './db/embedded.ts';
import { EmbeddedError } from './db/embedded-host.ts';
import { MigrationError, migrate } from './db/migrate.ts';
import { restore } from './db/restore.ts';

/** A command for the person who runs Carat. */
interface Command {
  /** What to type behind `npm run`. */
  readonly usage: string;
  readonly what: string;
  /** Resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  audit: {
    usage: 'audit',
    what: 'Recomputes every account from its transfers and asks every part of Carat. Carat may run meanwhile.',
    run: () => withDatabase(auditAll),
  },
  backup: {
    usage: 'backup -- <file>',
    what: 'Writes the whole database, as of one instant, into one file. Carat may run meanwhile.',
    run: (args) => backupTo(only(args, 'the file to write, e.g. npm run backup -- carat.carat-backup')),
  },
  restore: {
    usage: 'restore -- <file> [--replace]',
    what: 'Puts a backup into an empty database. With --replace, into this one; what is there is backed up first.',
    run: restoreFrom,
  },
  'operator-link': {
    usage: 'operator-link',
    what: 'Prints the one-time link that makes whoever opens it the first operator.',
    run: printOperatorLink,
  },
  'make-operator': {
    usage: 'make-operator -- <handle>',
    what: 'Makes somebody an operator. For a site with one operator, who cannot make a second one alone.',
    run: (args) => makeOperator(only(args, 'whom to make an operator, e.g. npm run make-operator -- mira')),
  },
  generate: {
    usage: 'generate [-- --check]',
    what: 'Writes the files that are made from the code; with --check only says which are not up to date.',
    run: writeGenerated,
  },
};

/** The checks of the slices come with the list of slices. */
async function auditAll(url: string): Promise<number> {
  const [{ audit, auditTable }] = await Promise.all([import('./ledger/audit.ts'), import('./slices.ts')]);
  const db = await openDatabase({ url });
  try {
    const report = await audit(db);
    say(auditTable(report));
    return report.isClean ? 0 : 1;
  } finally {
    await db.close();
  }
}

async function backupTo(file: string): Promise<number> {
  return withDatabase(async (url, choice) => {
    const path = fromWhereTyped(file);
    const { trailer } = await backup({ url, file: path, say });
    const rows = trailer.tables.reduce((sum, table) => sum + table.rows, 0);
    say(`Backed up ${rows} rows to ${path}`);
    if (choice.kind === 'embedded') {
      say(
        `Keep ${join(choice.dataDirectory, 'secrets.json')} with it: without it no device is known to its account after a restore.`,
      );
    }
    return 0;
  });
}

async function restoreFrom(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { replace: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const path = fromWhereTyped(
    only(positionals, 'the backup to restore, e.g. npm run restore -- carat.carat-backup'),
  );
  if (!existsSync(path)) throw new BackupError(`There is no file ${path}.`);
  return withDatabase(async (url) => {
    if (values.replace) await keepWhatIsThere(url, dirname(path));
    const { takenAt } = await restore({ url, file: path, replace: values.replace, say });
    say(`Restored everything as it was at ${takenAt}.`);
    return auditAll(url);
  });
}

async function keepWhatIsThere(url: string, folder: string): Promise<void> {
  await migrate({ url, say });
  const file = join(folder, `before-restore-${new Date().toISOString().replaceAll(':', '-')}.carat-backup`);
  await backup({ url, file });
  say(`What was in the database is now in ${file}`);
}

async function printOperatorLink(): Promise<number> {
  const config = loadConfig(process.env);
  return withDatabase(async (url) => {
    const { furnish } = await import('./open-house.ts');
    const { operatorLink } = await import('./identity/index.ts');
    await migrate({ url, say });
    const { house, close } = await furnish(url, { config, log: pino({ level: 'silent' }) });
    try {
      const path = await operatorLink(house);
      if (path === null) {
        say(
          'There is an operator already. Two operators make another in the console; npm run make-operator makes one here.',
        );
        return 1;
      }
      say('Sign in, then open this link within a day. It works once, and older ones no longer do:');
      say(`${config.publicOrigin ?? `http://${config.host}:${config.port}`}${path}`);
      return 0;
    } finally {
      await close();
    }
  });
}

async function makeOperator(handle: string): Promise<number> {
  const config = loadConfig(process.env);
  return withDatabase(async (url) => {
    const { furnish } = await import('./open-house.ts');
    const { changeRole, personByHandle } = await import('./identity/index.ts');
    await migrate({ url, say });
    const { house, close } = await furnish(url, { config, log: pino({ level: 'silent' }) });
    try {
      const person = await personByHandle(house.db, handle.replace(/^@/, ''));
      if (person === undefined) {
        say(`Nobody has the handle ${handle}. They sign up first.`);
        return 1;
      }
      const reason = 'Made by whoever runs the server, at its terminal.';
      await changeRole(house, { userId: person.id, role: 'operator', granted: true, byUser: null, reason });
      say(`${person.displayName} (@${person.handle}) is an operator. They sign in again.`);
      return 0;
    } finally {
      await close();
    }
  });
}

async function writeGenerated(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { check: { type: 'boolean', default: false } } });
  const { generate } = await import('./generate.ts');
  const differing = await generate({ check: values.check });
  for (const file of differing) {
    say(values.check ? `${file} is not what the code makes; run npm run generate` : `Wrote ${file}`);
  }
  return values.check && differing.length > 0 ? 1 : 0;
}

/** The embedded server is joined where Carat runs, else started for as long as the command takes. */
async function withDatabase(work: (url: string, choice: DatabaseChoice) => Promise<number>): Promise<number> {
  const choice = loadDatabaseChoice(process.env);
  if (choice.kind === 'given') return work(choice.url, choice);
  const embedded = await openEmbedded({ dataDirectory: choice.dataDirectory, say });
  try {
    return await work(embedded.url, choice);
  } finally {
    await embedded.close();
  }
}

function only(args: readonly string[], what: string): string {
  const [first, ...rest] = args;
  if (first === undefined || rest.length > 0) throw new UsageError(`Name one thing: ${what}`);
  return first;
}

/** npm runs a command in the checkout, wherever the person is who typed it. */
function fromWhereTyped(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

/** The person typed something else than was asked for. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What is an answer to the operator, not a fault of the program. */
function isAnswer(error: unknown): error is Error {
  const answers = [UsageError, BackupError, ConfigError, EmbeddedError, MigrationError, Refusal];
  const ofParser = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ?? false;
  return ofParser || answers.some((kind) => error instanceof kind);
}

async function main(): Promise<number> {
  const [name, ...args] = process.argv.slice(2);
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    for (const { usage, what } of Object.values(COMMANDS)) say(`npm run ${usage}\n    ${what}`);
    return name === undefined || name === 'help' ? 0 : 1;
  }
  return command.run(args);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${isAnswer(error) ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
