import type { Queryable } from '../db/database.ts';

/** Any JSON object as an API shows it. */
export type Body = Record<string, unknown> & { id: string };

/** A thing with an id at one of the companies. */
export interface Kept<B extends Body = Body, Inner extends object = Record<string, unknown>> {
  readonly id: string;
  readonly kind: string;
  readonly parent: string | null;
  readonly createdAt: Date;
  /** Its place among all of its kind. */
  readonly number: bigint;
  body: B;
  inner: Inner;
}

const COLUMNS = 'id, kind, parent, created_at as "createdAt", number, body, inner_state as inner';

export async function keep(
  tx: Queryable,
  made: {
    readonly kind: string;
    readonly body: Body;
    readonly at: Date;
    readonly parent?: string;
    readonly inner?: object;
  },
): Promise<void> {
  await tx.query(
    `insert into sandbox.objects (id, kind, parent, created_at, body, inner_state) values ($1, $2, $3, $4, $5, $6)`,
    [
      made.body.id,
      made.kind,
      made.parent ?? null,
      made.at,
      JSON.stringify(made.body),
      JSON.stringify(made.inner ?? {}),
    ],
  );
}

/** The thing as it is now, locked until the transaction ends. */
export async function lock<T extends Kept>(tx: Queryable, kind: string, id: string): Promise<T | null> {
  const [row] = await tx.query<T>(
    `select ${COLUMNS} from sandbox.objects where id = $1 and kind = $2 for update`,
    [id, kind],
  );
  return row ?? null;
}

export async function find<T extends Kept>(db: Queryable, id: string): Promise<T | null> {
  const [row] = await db.query<T>(`select ${COLUMNS} from sandbox.objects where id = $1`, [id]);
  return row ?? null;
}

/** Writes the thing's body and inner state as they are now. */
export async function rewrite(tx: Queryable, { id, body, inner }: Kept): Promise<void> {
  await tx.query('update sandbox.objects set body = $2, inner_state = $3 where id = $1', [
    id,
    JSON.stringify(body),
    JSON.stringify(inner),
  ]);
}

export async function ofParent<T extends Kept>(db: Queryable, kind: string, parent: string): Promise<T[]> {
  return db.query<T>(
    `select ${COLUMNS} from sandbox.objects where kind = $1 and parent = $2 order by number desc`,
    [kind, parent],
  );
}

export interface Listing {
  readonly kind: string;
  readonly parent?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** Only what comes after this one in the list: older. */
  readonly after?: string | undefined;
  /** Only what comes before this one in the list: newer. */
  readonly before?: string | undefined;
  /** Fields of the body that must have these values. */
  readonly having?: Readonly<Record<string, unknown>> | undefined;
  readonly skip?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function list<T extends Kept>(db: Queryable, asked: Listing): Promise<T[]> {
  return db.query<T>(
    `select ${COLUMNS} from sandbox.objects
      where kind = $1
        and ($2::text is null or parent = $2)
        and ($3::timestamptz is null or created_at >= $3)
        and ($4::timestamptz is null or created_at <= $4)
        and ($5::text is null or number < (select number from sandbox.objects where id = $5))
        and ($6::text is null or number > (select number from sandbox.objects where id = $6))
        and body @> $7
      order by number desc offset $8 limit $9`,
    [
      asked.kind,
      asked.parent ?? null,
      asked.since ?? null,
      asked.until ?? null,
      asked.after ?? null,
      asked.before ?? null,
      JSON.stringify(asked.having ?? {}),
      asked.skip ?? 0,
      asked.limit,
    ],
  );
}

/** Something that will happen by itself. */
export interface Later {
  readonly what: string;
  readonly about: string;
}

export async function planLater(tx: Queryable, { what, about }: Later, dueAt: Date): Promise<void> {
  await tx.query('insert into sandbox.later (due_at, what, about) values ($1, $2, $3)', [dueAt, what, about]);
}

/** Takes the next thing that is due, in the transaction that does it. */
export async function takeDue(tx: Queryable, now: Date): Promise<(Later & { readonly dueAt: Date }) | null> {
  const [row] = await tx.query<Later & { dueAt: Date }>(
    `delete from sandbox.later where number =
       (select number from sandbox.later where due_at <= $1 order by due_at, number limit 1 for update skip locked)
     returning what, about, due_at as "dueAt"`,
    [now],
  );
  return row ?? null;
}
