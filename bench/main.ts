import { readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { endBench, type Measured, type Row, Skipped } from './row.ts';

/**
 * Measures design bars: `npm run bench` runs every row five times and writes `bench/RESULTS.md`.
 * `--quick` runs each once for a few seconds, `--json` prints one object a line, `--only <part of a name>`,
 * `--runs <n>` runs each so often, `--record` writes the page also for quick runs, and says that they were.
 */

interface Result {
  readonly row: Row;
  /** Sorted; empty when skipped. */
  readonly values: readonly number[];
  readonly detail: string;
  readonly skipped: string | undefined;
  /** Why there is no figure although there should be. */
  readonly failed: string | undefined;
}

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
const runsAsked = options.runs === undefined ? undefined : Number(options.runs);
const runsUsual = runsAsked ?? (options.quick ? 1 : 5);

const results: Result[] = [];
try {
  const rows = (await findRows()).filter(({ name }) => isAsked(name));
  if (rows.length === 0) throw new Error(`no row is called ${options.only.join(', ')}`);
  for (const row of rows) {
    if (!options.json) process.stderr.write(`${row.name} …\n`);
    const result = await measure(row);
    results.push(result);
    process.stdout.write(`${options.json ? jsonLine(result) : textLine(result)}\n`);
  }
} finally {
  await endBench();
}
if (options.record || (!options.quick && options.only.length === 0)) {
  writeFileSync(new URL('RESULTS.md', import.meta.url), page(results));
}
const isShort = results.some((result) => isMet(result) === false) && !options.quick;
// The threads of the video rows' connections would keep the process for ever.
process.exit(isShort || results.some(({ failed }) => failed !== undefined) ? 1 : 0);

async function findRows(): Promise<Row[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'));
  const rows: Row[] = [];
  for (const file of files.sort()) {
    if (file === 'main.ts' || file === 'row.ts') continue;
    const module: Record<string, unknown> = await import(`./${file}`);
    rows.push(...Object.values(module).filter(isRow));
  }
  return rows;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && 'run' in value && 'bar' in value && 'unit' in value;
}

function isAsked(name: string): boolean {
  return (
    options.only.length === 0 || options.only.some((part) => name.toLowerCase().includes(part.toLowerCase()))
  );
}

async function measure(row: Row): Promise<Result> {
  const runs = runsAsked ?? (options.quick ? 1 : (row.runs ?? runsUsual));
  const measured: Measured[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const outcome = await row.run({ quick: options.quick });
      measured.push(typeof outcome === 'number' ? { value: outcome, detail: '' } : outcome);
    }
  } catch (error) {
    // One row that breaks takes no figure from the others.
    const message = error instanceof Error ? error.message : String(error);
    const isSkipped = error instanceof Skipped;
    return {
      row,
      values: [],
      detail: '',
      skipped: isSkipped ? message : undefined,
      failed: isSkipped ? undefined : message,
    };
  }
  measured.sort((one, other) => one.value - other.value);
  const detail = measured[measured.length >> 1]?.detail ?? '';
  return { row, values: measured.map(({ value }) => value), detail, skipped: undefined, failed: undefined };
}

/** The middle of the runs. */
function median({ values }: Result): number | undefined {
  return values[values.length >> 1];
}

/** `undefined` where there is no bar or no figure. */
function isMet(result: Result): boolean | undefined {
  const { bar, better } = result.row;
  const value = median(result);
  if (bar === null || value === undefined) return undefined;
  return better === 'higher' ? value >= bar : value <= bar;
}

function jsonLine(result: Result): string {
  const { name, unit, bar } = result.row;
  return JSON.stringify({
    name,
    value: median(result) ?? null,
    unit,
    bar,
    met: isMet(result) ?? null,
    ...(result.detail === '' ? {} : { detail: result.detail }),
    ...(result.skipped === undefined ? {} : { skipped: result.skipped }),
    ...(result.failed === undefined ? {} : { failed: result.failed }),
  });
}

function textLine(result: Result): string {
  const { name, unit } = result.row;
  if (result.skipped !== undefined) return `${name}: skipped: ${result.skipped}`;
  if (result.failed !== undefined) return `${name}: FAILED: ${result.failed}`;
  const verdict = { true: 'met', false: 'NOT MET', undefined: '' }[`${isMet(result)}`];
  const detail = result.detail === '' ? '' : ` (${result.detail})`;
  return `${name}: ${figure(median(result))} ${unit}${barText(result.row)} ${verdict}${detail}`;
}

function barText({ bar, better, unit }: Row): string {
  if (bar === null) return '';
  return `, bar ${better === 'higher' ? '≥' : '≤'} ${figure(bar)} ${unit}`;
}

function figure(value: number | undefined): string {
  if (value === undefined) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function isMeasured({ values }: Result): boolean {
  return values.length > 0;
}

function none({ failed }: Result): string {
  return failed === undefined ? 'skipped' : '**failed**';
}

function why({ skipped, failed, detail }: Result): string {
  // A message of several lines would break the table.
  return (skipped ?? failed ?? detail).split('\n', 1)[0] ?? '';
}

function page(all: readonly Result[]): string {
  const lines = all.map((result) => {
    const { name, unit, bar, better } = result.row;
    const range =
      result.values.length > 1 ? `${figure(result.values[0])} – ${figure(result.values.at(-1))}` : '';
    const verdict = { true: 'yes', false: '**no**', undefined: '' }[`${isMet(result)}`];
    const barCell = bar === null ? '' : `${better === 'higher' ? '≥' : '≤'} ${figure(bar)}`;
    const value = isMeasured(result) ? `**${figure(median(result))}** ${unit}` : none(result);
    return `| ${name} | ${value} | ${range} | ${barCell} | ${verdict} | ${why(result)} |`;
  });
  const limits = all
    .filter(({ row }) => row.limits !== undefined)
    .map(({ row }) => `- **${row.name}**: ${row.limits}`);
  const [cpu] = cpus();
  return `# Bench results

${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}.
Everything runs on this one machine: the load, the server and PostgreSQL with fsync, full_page_writes and
synchronous_commit on. Each row is run ${runsUsual} times${options.quick ? ', for a few seconds each (`--quick`),' : ''} unless its detail says otherwise; the figure is the median, the range is the
slowest and the fastest run, the detail is of the median run. \`npm run bench\` writes this page.

| what | median | range | bar | met | detail |
|---|---|---|---|---|---|
${lines.join('\n')}

## What limits each figure

${limits.join('\n')}
`;
}
