import { setImmediate } from 'node:timers/promises';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import buildSerializer from 'fast-json-stringify';
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';
import type { FastifyValidationResult } from 'fastify/types/schema.js';
import { Refusal } from '../core/refusal.ts';
import { INVALID_REQUEST } from './refusals.ts';

// Bodies are taken as they are: no coercion, no defaults, no silently dropped fields.
const strict = new Ajv({ coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false });
// Query strings and path parameters are text on the wire, so `limit=50` may become a number.
const textual = new Ajv({
  coerceTypes: true,
  removeAdditional: false,
  useDefaults: true,
  allErrors: false,
  // `limit=1e400` becomes Infinity. Ajv's strict numbers leave that out of minimum and maximum, and let it pass.
  strictNumbers: false,
});

/** Compiles a JSON Schema for a value that must match exactly. For bodies and socket frames. */
export function compileStrict<T>(schema: object): ValidateFunction<T> {
  return strict.compile<T>(schema);
}

/** What an app compiles its schemas with. */
export interface Compilers {
  /** Strict for bodies and headers, textual for the rest. */
  readonly validator: FastifySchemaCompiler<object>;
  readonly serializer: FastifySerializerCompiler<object>;
  /** Compiles what no request has needed yet, one at a time between other work. */
  warmUp(): Promise<void>;
}

/**
 * Compilers for Fastify that compile a schema at the first request that needs it: all of them together would be a second
 * of every start.
 */
export function lazyCompilers(): Compilers {
  const cold = new Set<() => void>();
  const later = <Compiled>(compile: () => Compiled): (() => Compiled) => {
    let compiled: Compiled | undefined;
    const get = () => {
      cold.delete(get);
      compiled ??= compile();
      return compiled;
    };
    cold.add(get);
    return get;
  };
  return {
    validator: ({ schema, httpPart }) => {
      const compiled = later(() => compileValidator(schema, httpPart));
      const validate: FastifyValidationResult = (value: unknown) => {
        const check = compiled();
        const fits = check(value);
        validate.errors = check.errors ?? null;
        return fits;
      };
      return validate;
    },
    serializer: ({ schema }) => {
      const compiled = later(() => compileSerializer(schema));
      return (value: unknown) => compiled()(value);
    },
    async warmUp() {
      for (const compile of cold) {
        compile();
        await setImmediate();
      }
    },
  };
}

/** The check of one part of a request. @throws Error when the schema is none. */
export function compileValidator(schema: object, httpPart: string | undefined): ValidateFunction {
  return (httpPart === 'body' ? strict : textual).compile(schema);
}

/** What writes one answer. @throws Error when the schema is none. */
export function compileSerializer(schema: object): (value: unknown) => string {
  return buildSerializer(schema);
}

/** The first broken rule as a refusal that names the field and the rule. */
export function invalidRequest(errors: readonly ErrorObject[] | null | undefined, part = 'body'): Refusal {
  const error = errors?.[0];
  if (error === undefined) return new Refusal(INVALID_REQUEST, { field: part, rule: 'is not valid' });
  const inside = error.keyword === 'additionalProperties' ? `/${error.params.additionalProperty}` : '';
  const missing = error.keyword === 'required' ? `/${error.params.missingProperty}` : '';
  const pointer = `${error.instancePath}${inside}${missing}`;
  return new Refusal(
    INVALID_REQUEST,
    { field: pointer === '' ? part : pointer.slice(1), rule: rule(error) },
    pointer,
  );
}

function rule(error: ErrorObject): string {
  switch (error.keyword) {
    case 'additionalProperties':
      return 'is not a field of this request';
    case 'required':
      return 'is missing';
    case 'pattern':
      return `must match ${error.params.pattern}`;
    case 'enum':
      return `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(error.params.allowedValue)}`;
    default:
      return error.message ?? 'is not valid';
  }
}

/** No request has lists in lists deeper than this; a stack overflows some thousand levels further down. */
const DEPTH_MAX = 20;

/**
 * Refuses a body or query with a NUL character anywhere inside: PostgreSQL cannot keep it, and no person types it.
 * Refuses what is nested without end, too.
 */
export function refuseNul(value: unknown, part: string, pointer = '', depth = 0): void {
  if (typeof value === 'string') {
    if (value.includes('\u0000')) {
      throw new Refusal(
        INVALID_REQUEST,
        { field: pointer.slice(1) || part, rule: 'has a NUL character' },
        pointer,
      );
    }
  } else if (value !== null && typeof value === 'object' && !Buffer.isBuffer(value)) {
    if (depth === DEPTH_MAX) {
      throw new Refusal(INVALID_REQUEST, { field: part, rule: 'is nested too deeply' });
    }
    for (const [name, inside] of Object.entries(value))
      refuseNul(inside, part, `${pointer}/${name}`, depth + 1);
  }
}
