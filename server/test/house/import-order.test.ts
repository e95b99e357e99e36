import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SLICE_ORDER } from '../../src/slices.ts';

const SRC = resolve(dirname(fileURLToPath(import.meta.url)), '../../src');

/** The folders of the outside world and the heart; what each may import besides `core`. */
const INFRASTRUCTURE: Readonly<Record<string, readonly string[]>> = {
  core: [],
  db: [],
  http: [],
  ledger: ['db'],
  realtime: ['db', 'http'],
};

/** Companies across the street: they know nothing of the house but its time and its database, and no slice knows them. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = { sandbox: ['db', 'http'] };

const order: readonly string[] = SLICE_ORDER;

/** Files at the root of `src`: the house itself, which may be named by slices as types only. */
const HOUSE_FILES = new Set(['house.ts', 'config.ts']);

test('a slice imports slices above it, never below, and infrastructure imports no slice', () => {
  const wrong: string[] = [];
  for (const file of typescriptFiles(SRC).filter((path) => !path.endsWith('.test.ts'))) {
    const from = roomOf(file);
    if (from === null) continue;
    for (const specifier of importsOf(file)) {
      if (!specifier.path.startsWith('.')) continue;
      const target = resolve(dirname(file), specifier.path);
      const complaint = judge(from, target, specifier.typeOnly);
      if (complaint !== null) wrong.push(`${relative(SRC, file)} → ${relative(SRC, target)}: ${complaint}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('every slice folder is in the list, and the list names no folder that does not exist', () => {
  const folders = readdirSync(SRC).filter((name) => statSync(join(SRC, name)).isDirectory());
  const slices = folders.filter((name) => !(name in INFRASTRUCTURE) && !(name in NEIGHBOURS)).sort();
  assert.deepEqual(slices, [...SLICE_ORDER].sort());
});

function judge(from: string, target: string, typeOnly: boolean): string | null {
  const inside = relative(SRC, target);
  if (inside.startsWith('..')) return 'leaves server/src';
  const parts = inside.split('/');
  if (parts.length === 1) {
    if (HOUSE_FILES.has(inside)) return typeOnly ? null : 'the house is named by its types only';
    return 'main, app, slices and cli are imported by nobody';
  }
  const to = parts[0] as string;
  if (to === from || to === 'core') return null;
  if (from in INFRASTRUCTURE) {
    return INFRASTRUCTURE[from]?.includes(to) ? null : `${from} may import only core${listed(from)}`;
  }
  if (from in NEIGHBOURS) {
    return NEIGHBOURS[from]?.includes(to) ? null : `${from} is a company of its own`;
  }
  if (to in INFRASTRUCTURE) return null;
  if (to in NEIGHBOURS) return `${to} is a company of its own: talk to it as to any other, over the network`;
  const [mine, theirs] = [order.indexOf(from), order.indexOf(to)];
  if (theirs > mine)
    return `${to} is below ${from} in slices.ts: let ${to} register itself, or read committed rows`;
  const entry = parts.slice(1).join('/');
  if (entry !== 'index.ts') return `import from ${to}/index.ts, not from inside it`;
  return null;
}

function listed(room: string): string {
  const rooms = INFRASTRUCTURE[room] ?? [];
  return rooms.length === 0 ? '' : ` and ${rooms.join(', ')}`;
}

/** The folder under `src` that a file lives in, or `null` for the house's own files. */
function roomOf(file: string): string | null {
  const parts = relative(SRC, file).split('/');
  return parts.length === 1 ? null : (parts[0] as string);
}

interface Imported {
  readonly path: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Imported[] {
  const text = readFileSync(file, 'utf8');
  const found: Imported[] = [];
  for (const match of text.matchAll(/^\s*(?:import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)'/gm)) {
    found.push({ path: match[2] as string, typeOnly: match[1] !== undefined });
  }
  for (const match of text.matchAll(/import\(\s*'([^']+)'\s*\)/g)) {
    found.push({ path: match[1] as string, typeOnly: false });
  }
  return found;
}

function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return typescriptFiles(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}
