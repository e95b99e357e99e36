import { isUuid, type RowBuffer } from './row-buffer.ts';

/**
 * The type of a column of a companion row, and what a value for it is:
 * `uuid`, `text` strings; `int8` bigint; `int4` number; `bool` boolean; `timestamptz` Date or milliseconds since
 * 1970; `jsonb` any JSON; `bytea` Uint8Array; `ledger_timestamp` (int8) is filled in by the ledger with the
 * timestamp of the posting's first transfer, whatever is given. `null` is allowed for all of them.
 */
export type CompanionColumnType =
  | 'uuid'
  | 'int8'
  | 'int4'
  | 'bool'
  | 'text'
  | 'timestamptz'
  | 'jsonb'
  | 'bytea'
  | 'ledger_timestamp';

/** A table whose rows commit with transfers. Define it once, with `defineCompanionTable`. */
export interface CompanionTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly types: readonly CompanionColumnType[];
  /** The COPY statement that takes its rows. */
  readonly copy: string;
  /** Tables are filled in the order in which they were defined: define parents before children. */
  readonly rank: number;
}

/** A row that must commit with the posting's transfers, or not at all. */
export interface CompanionRow {
  readonly table: CompanionTable;
  /** In the order of the table's columns. */
  readonly values: readonly unknown[];
}

/**
 * A statement that runs in the posting's transaction, after its transfers and rows.
 * Everything in flight waits for it: it must find its rows by an index and wait for no lock.
 */
export interface CompanionStatement {
  /** One statement with `$1`…; with `expectRows` an INSERT, UPDATE or DELETE without RETURNING. */
  readonly text: string;
  /** As for `Database.query`; `LEDGER_TIMESTAMP` stands for the timestamp of the posting's first transfer. */
  readonly values?: readonly unknown[];
  /** How many rows it must touch; otherwise the posting is refused with `LedgerConflict` (code `CL002`). */
  readonly expectRows?: number;
}

/** Stands in a statement's values for the timestamp of the posting's first transfer. */
export const LEDGER_TIMESTAMP: unique symbol = Symbol('the timestamp of the posting');

/** Names the columns that rows of `table` bring; columns left out get their default. */
export function defineCompanionTable(definition: {
  readonly name: string;
  readonly columns: Readonly<Record<string, CompanionColumnType>>;
}): CompanionTable {
  const columns = Object.keys(definition.columns);
  for (const name of [definition.name, ...columns]) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new RangeError(`not a plain name: ${name}`);
  }
  return {
    name: definition.name,
    columns,
    types: Object.values(definition.columns),
    copy: `copy ${definition.name} (${columns.join(', ')}) from stdin (format binary)`,
    rank: definedTables++,
  };
}

let definedTables = 0;

/**
 * Refuses a row that could not be written, before anything else depends on it.
 * @throws TypeError naming table and column: a mistake of the program.
 */
export function assertWritable(row: CompanionRow): void {
  const { table, values } = row;
  if (values.length !== table.types.length) {
    throw new TypeError(`${table.name} takes ${table.types.length} values, not ${values.length}`);
  }
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    const type = table.types[index] as CompanionColumnType;
    if (value === null || type === 'ledger_timestamp' || CHECKS[type](value)) continue;
    throw new TypeError(`${table.name}.${table.columns[index]} takes ${type}, not ${String(value)}`);
  }
}

/** Appends a row that `assertWritable` let through. */
export function writeRow(buffer: RowBuffer, row: CompanionRow, timestamp: bigint): void {
  const { types } = row.table;
  buffer.row(types.length);
  for (let index = 0; index < types.length; index += 1) {
    const value = row.values[index];
    const type = types[index] as CompanionColumnType;
    if (type === 'ledger_timestamp') buffer.int8(timestamp);
    else if (value === null) buffer.null();
    else WRITERS[type](buffer, value);
  }
}

/** A statement's value as a parameter of the protocol: text, bytes or null. */
export function toParameter(value: unknown, timestamp: bigint): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (value === LEDGER_TIMESTAMP) return timestamp.toString();
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return toArrayLiteral(value);
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

type ValueType = Exclude<CompanionColumnType, 'ledger_timestamp'>;

const INT8_LIMIT = 1n << 63n;

const CHECKS: Readonly<Record<ValueType, (value: unknown) => boolean>> = {
  uuid: isUuid,
  int8: (value) => typeof value === 'bigint' && value >= -INT8_LIMIT && value < INT8_LIMIT,
  int4: (value) => typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31,
  bool: (value) => typeof value === 'boolean',
  text: (value) => typeof value === 'string',
  timestamptz: (value) => Number.isFinite(value instanceof Date ? value.getTime() : value),
  jsonb: (value) => JSON.stringify(value) !== undefined,
  bytea: (value) => value instanceof Uint8Array,
};

const WRITERS: Readonly<Record<ValueType, (buffer: RowBuffer, value: unknown) => void>> = {
  uuid: (buffer, value) => buffer.uuid(value as string),
  int8: (buffer, value) => buffer.int8(value as bigint),
  int4: (buffer, value) => buffer.int4(value as number),
  bool: (buffer, value) => buffer.bool(value as boolean),
  text: (buffer, value) => buffer.text(value as string),
  timestamptz: (buffer, value) =>
    buffer.timestamptz(value instanceof Date ? value.getTime() : (value as number)),
  jsonb: (buffer, value) => buffer.jsonb(value),
  bytea: (buffer, value) => buffer.bytes(value as Uint8Array),
};

function toArrayLiteral(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    const text = toParameter(value, 0n);
    if (typeof text !== 'string') throw new TypeError('an array of bytes is not a parameter');
    return Array.isArray(value) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
  });
  return `{${elements.join(',')}}`;
}
