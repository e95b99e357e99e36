-- The ledger. Written by server/src/ledger alone; what must be true of money is true here too.

-- One total order of commits over all processes. Every batch first exchanges `attempt` (unique per batch sent)
-- and so holds this row until it commits: whoever finds the attempt it expects knows that nobody wrote since.
create table ledger_head (
  only_row       boolean primary key default true check (only_row),
  attempt        bigint not null,
  batch          bigint not null,
  transfers      bigint not null,
  last_timestamp bigint not null
);
insert into ledger_head (attempt, batch, transfers, last_timestamp) values (0, 0, 0, 0);

-- Every 8,192 transfers or a little more: the stretches in which history is indexed.
create table ledger_marks (
  until_timestamp bigint primary key,
  transfers       bigint not null
);

create function ledger_advance(expected bigint, next bigint, until bigint, added bigint) returns void
language plpgsql as $$
declare
  total bigint;
begin
  update ledger_head
     set attempt = next, batch = batch + 1, transfers = transfers + added, last_timestamp = until
   where attempt = expected and last_timestamp < until
  returning transfers into total;
  if not found then
    raise exception 'another batch was committed first' using errcode = 'CL001';
  end if;
  if total / 8192 <> (total - added) / 8192 then
    insert into ledger_marks (until_timestamp, transfers) values (until, total);
  end if;
end
$$;

-- A statement that must touch an exact number of rows did not; nothing of its batch is kept.
create function ledger_expect(touched bigint, expected bigint) returns void
language plpgsql as $$
begin
  if touched <> expected then
    raise exception 'a statement touched % rows instead of %', touched, expected using errcode = 'CL002';
  end if;
end
$$;

create table ledger_accounts (
  id              uuid primary key,
  ledger          integer not null check (ledger > 0),
  code            integer not null check (code > 0),
  flags           integer not null check (flags & 6 <> 6),
  closed          boolean not null default false,
  debits_pending  bigint not null default 0,
  debits_posted   bigint not null default 0,
  credits_pending bigint not null default 0,
  credits_posted  bigint not null default 0,
  timestamp       bigint not null,
  user_data_128   uuid,
  user_data_64    bigint,
  user_data_32    bigint,
  constraint no_counter_below_zero
    check (least(debits_pending, debits_posted, credits_pending, credits_posted) >= 0),
  constraint debits_must_not_exceed_credits
    check (flags & 2 = 0 or debits_pending + debits_posted <= credits_posted),
  constraint credits_must_not_exceed_debits
    check (flags & 4 = 0 or credits_pending + credits_posted <= debits_posted)
) with (fillfactor = 60);
-- Room on each page and no index on a balance: an update stays on its page and touches no index.

-- Append-only, and in the order of `timestamp`. One tree, for the ids; a second one would cost a tenth of the rate.
-- Rows are stored in the order of time, so a summary per 16 pages finds a stretch of time just as well.
create table ledger_transfers (
  timestamp         bigint not null,
  amount            bigint not null check (amount >= 0),
  ledger            integer not null,
  code              integer not null,
  flags             integer not null,
  id                uuid not null,
  debit_account_id  uuid not null,
  credit_account_id uuid not null,
  -- Left out where they are zero.
  pending_id        uuid,
  user_data_128     uuid,
  user_data_64      bigint,
  user_data_32      bigint,
  timeout           bigint,
  constraint ledger_transfers_pkey primary key (id),
  constraint accounts_must_be_different check (debit_account_id <> credit_account_id),
  constraint resolves_a_pending_transfer check ((flags & 12 <> 0) = (pending_id is not null))
);
create index ledger_transfers_timestamp on ledger_transfers using brin (timestamp) with (pages_per_range = 16);

-- Summaries are made by whoever indexes history, which is not the owner of the table.
create function ledger_summarize() returns integer
language sql security definer set search_path = pg_catalog, public
as $$ select brin_summarize_new_values('ledger_transfers_timestamp') $$;

-- What became of a pending transfer; the key says: once.
create table ledger_resolutions (
  pending_id uuid primary key,
  state      text not null check (state in ('posted', 'voided', 'expired')),
  timestamp  bigint not null
);
create unique index ledger_resolutions_timestamp on ledger_resolutions (timestamp);

-- Ids used up by a refusal that depended on the moment, with the refusal (a number of `results.ts`).
create table ledger_failed_transfers (
  id        uuid primary key,
  result    bigint not null,
  timestamp bigint not null
);

-- The pending transfers that will run out of time: a queue, not a record.
create table ledger_expiries (
  pending_id uuid primary key,
  expires_at bigint not null
);
create index ledger_expiries_expires_at on ledger_expiries (expires_at);

select carat_append_only('ledger_transfers');
select carat_append_only('ledger_resolutions');
select carat_append_only('ledger_failed_transfers');
select carat_append_only('ledger_marks');

revoke insert, delete, truncate on ledger_head from carat_app;

-- Of an account, only its balances and whether it is closed ever change.
revoke update, delete, truncate on ledger_accounts from carat_app;
grant update (debits_pending, debits_posted, credits_pending, credits_posted, closed)
  on ledger_accounts to carat_app;

create function ledger_accounts_keep_identity() returns trigger
language plpgsql as $$
begin
  raise exception 'an account is never deleted and never becomes another' using errcode = 'restrict_violation';
end
$$;
create trigger keep_identity
  before update of id, ledger, code, flags, timestamp, user_data_128, user_data_64, user_data_32
  on ledger_accounts for each statement execute function ledger_accounts_keep_identity();
create trigger forbid_delete before delete or truncate
  on ledger_accounts for each statement execute function ledger_accounts_keep_identity();
