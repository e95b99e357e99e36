/**
 * A refusal is a named "no": a stable code, an HTTP status and a sentence that says what to do.
 * It is an answer, not a fault. A programmer's mistake is an assertion and a crash, never a refusal.
 */
export interface RefusalKind {
  /** Stable, lower case with underscores: `insufficient_coins`. Documented in `docs/errors.md`. */
  readonly code: string;
  /** The HTTP status; chosen here and nowhere else. */
  readonly status: number;
  /** One plain sentence for a person; `{name}` is filled from the refusal's data. */
  readonly sentence: string;
  /** What the person can do about it, one sentence. */
  readonly remedy: string;
}

export type RefusalData = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

const kinds = new Map<string, RefusalKind>();

/** Defines a refusal beside the rule that says it. Each code is defined once in the whole house. */
export function defineRefusal(kind: RefusalKind): RefusalKind {
  if (kinds.has(kind.code)) throw new Error(`refusal ${kind.code} is defined twice`);
  if (!/^[a-z][a-z0-9_]*$/.test(kind.code)) throw new Error(`not a refusal code: ${kind.code}`);
  kinds.set(kind.code, kind);
  return kind;
}

/** Every refusal defined so far, for `docs/errors.md` and its test. */
export function allRefusals(): RefusalKind[] {
  return [...kinds.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** A refusal on its way to whoever asked. Throw it from a verb; pure rules return it. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly data: RefusalData;
  /** The name of the request field at fault, where there is one, as a JSON pointer (`/quantity`). */
  readonly field: string | undefined;

  constructor(kind: RefusalKind, data: RefusalData = {}, field?: string) {
    super(fill(kind.sentence, data));
    this.name = 'Refusal';
    this.kind = kind;
    this.data = data;
    this.field = field;
  }

  get code(): string {
    return this.kind.code;
  }

  get remedy(): string {
    return fill(this.kind.remedy, this.data);
  }
}

function fill(template: string, data: RefusalData): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = data[name];
    return value === undefined ? whole : String(value);
  });
}

/** RFC 9457 body of a refusal. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly field?: string;
  readonly data?: RefusalData;
}

export function problemOf(refusal: Refusal): Problem {
  return {
    type: `/errors#${refusal.code}`,
    title: refusal.code.replaceAll('_', ' '),
    status: refusal.kind.status,
    code: refusal.code,
    detail: refusal.message,
    remedy: refusal.remedy,
    ...(refusal.field === undefined ? {} : { field: refusal.field }),
    ...(Object.keys(refusal.data).length === 0 ? {} : { data: refusal.data }),
  };
}
