import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { newId, type Uuid } from '../../server/src/core/ids.ts';
import { dropDatabase, freshDatabase } from './server.ts';

/** Another way to post a gift on the same PostgreSQL. */
export interface Peer {
  /** Run once on an empty schema; `$fans`, `$creator` and `$house` are the accounts to make. */
  setUp(client: pg.Client, accounts: Accounts): Promise<void>;
  /** Posts one gift and returns when it is committed. */
  gift(client: pg.Client, fan: Uuid, accounts: Accounts): Promise<void>;
}

export interface Accounts {
  readonly fans: readonly Uuid[];
  readonly creator: Uuid;
  readonly coinsSpent: Uuid;
  readonly diamondsIssued: Uuid;
}

/** Gifts per second with so many connections, each sending one gift after the other to one creator. */
export async function measurePeer(peer: Peer, connections: number, seconds: number): Promise<number> {
  const db = await freshDatabase();
  const clients = Array.from({ length: connections }, () => new pg.Client(db.url));
  const accounts: Accounts = {
    fans: Array.from({ length: 2_048 }, () => newId()),
    creator: newId(),
    coinsSpent: newId(),
    diamondsIssued: newId(),
  };
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const [first] = clients;
    if (first === undefined) throw new RangeError('a peer needs a connection');
    await peer.setUp(first, accounts);
    await run(peer, clients, accounts, 0.5);
    return await run(peer, clients, accounts, seconds);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
    await dropDatabase(db);
  }
}

async function run(
  peer: Peer,
  clients: readonly pg.Client[],
  accounts: Accounts,
  seconds: number,
): Promise<number> {
  let gifts = 0;
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    clients.map(async (client, index) => {
      for (let sent = index; performance.now() < end; sent += clients.length) {
        await peer.gift(client, accounts.fans[sent % accounts.fans.length] as Uuid, accounts);
        gifts += 1;
      }
    }),
  );
  return (gifts * 1_000) / (performance.now() - start);
}

/** One transaction per gift: the balances of both sides of both transfers, the two transfers, committed. */
export const transactionPerGift: Peer = {
  setUp: async (client, accounts) => {
    await client.query(
      `create table naive_accounts (
         id uuid primary key, debits bigint not null default 0, credits bigint not null default 0,
         bounded boolean not null, check (not bounded or debits <= credits));
       create table naive_transfers (
         id uuid primary key, debit_account_id uuid not null, credit_account_id uuid not null,
         amount bigint not null, created_at timestamptz not null default now());
       create index on naive_transfers (debit_account_id);
       create index on naive_transfers (credit_account_id)`,
    );
    await client.query(
      'insert into naive_accounts (id, credits, bounded) select unnest($1::uuid[]), 1000000000, true',
      [accounts.fans],
    );
    await client.query('insert into naive_accounts (id, bounded) select unnest($1::uuid[]), false', [
      [accounts.creator, accounts.coinsSpent, accounts.diamondsIssued],
    ]);
  },
  gift: async (client, fan, { creator, coinsSpent, diamondsIssued }) => {
    await client.query('begin');
    for (const [id, amount] of [
      [fan, 5],
      [diamondsIssued, 2_500],
    ] as const) {
      await client.query({
        name: 'debit',
        text: 'update naive_accounts set debits = debits + $2 where id = $1',
        values: [id, amount],
      });
    }
    for (const [id, amount] of [
      [coinsSpent, 5],
      [creator, 2_500],
    ] as const) {
      await client.query({
        name: 'credit',
        text: 'update naive_accounts set credits = credits + $2 where id = $1',
        values: [id, amount],
      });
    }
    for (const [debit, credit, amount] of [
      [fan, coinsSpent, 5],
      [diamondsIssued, creator, 2_500],
    ] as const) {
      await client.query({
        name: 'transfer',
        text: 'insert into naive_transfers (id, debit_account_id, credit_account_id, amount) values ($1, $2, $3, $4)',
        values: [newId(), debit, credit, amount],
      });
    }
    await client.query('commit');
  },
};

/**
 * A ledger in PL/pgSQL that posts row by row, in the manner of pgledger: accounts locked in sorted order, then for
 * each transfer both balances, the transfer and two entries with the balance before and after.
 */
export const rowAtATime: Peer = {
  setUp: async (client, accounts) => {
    await client.query(
      `create table row_accounts (
         id uuid primary key, balance numeric not null default 0, version bigint not null default 0,
         may_go_negative boolean not null, updated_at timestamptz not null default now());
       create table row_transfers (
         id uuid primary key, from_account_id uuid not null references row_accounts,
         to_account_id uuid not null references row_accounts, amount numeric not null check (amount > 0),
         created_at timestamptz not null default now());
       create index on row_transfers (from_account_id);
       create index on row_transfers (to_account_id);
       create table row_entries (
         id bigint generated always as identity primary key,
         account_id uuid not null references row_accounts, transfer_id uuid not null references row_transfers,
         amount numeric not null, balance_before numeric not null, balance_after numeric not null,
         account_version bigint not null, created_at timestamptz not null default now());
       create index on row_entries (account_id);
       create index on row_entries (transfer_id);

       create function row_post(ids uuid[], sources uuid[], targets uuid[], amounts numeric[]) returns void
       language plpgsql as $$
       declare
         item integer;
         source row_accounts;
         target row_accounts;
       begin
         perform 1 from row_accounts where id = any(sources || targets) order by id for update;
         for item in 1 .. cardinality(ids) loop
           insert into row_transfers (id, from_account_id, to_account_id, amount)
           values (ids[item], sources[item], targets[item], amounts[item]);
           update row_accounts set balance = balance - amounts[item], version = version + 1, updated_at = now()
            where id = sources[item] returning * into source;
           if source.balance < 0 and not source.may_go_negative then
             raise exception 'account % would go below zero', source.id;
           end if;
           update row_accounts set balance = balance + amounts[item], version = version + 1, updated_at = now()
            where id = targets[item] returning * into target;
           insert into row_entries
                  (account_id, transfer_id, amount, balance_before, balance_after, account_version)
           values (source.id, ids[item], -amounts[item], source.balance + amounts[item], source.balance, source.version),
                  (target.id, ids[item], amounts[item], target.balance - amounts[item], target.balance, target.version);
         end loop;
       end
       $$`,
    );
    await client.query(
      'insert into row_accounts (id, balance, may_go_negative) select unnest($1::uuid[]), 1000000000, false',
      [accounts.fans],
    );
    await client.query('insert into row_accounts (id, may_go_negative) select unnest($1::uuid[]), true', [
      [accounts.creator, accounts.coinsSpent, accounts.diamondsIssued],
    ]);
  },
  gift: async (client, fan, { creator, coinsSpent, diamondsIssued }) => {
    await client.query({
      name: 'post',
      text: 'select row_post($1, $2, $3, $4)',
      values: [
        [newId(), newId()],
        [fan, diamondsIssued],
        [coinsSpent, creator],
        [5, 2_500],
      ],
    });
  },
};
