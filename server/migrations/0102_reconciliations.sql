-- What came of comparing a provider's payments of a period with the ledger's. A run never changes.
create table reconciliations (
  id uuid primary key,
  provider text not null,
  mode text not null,
  since timestamptz not null,
  until timestamptz not null check (until > since),
  -- the operator who asked for it; null: the house itself, once a day
  asked_by uuid references users (id),
  -- payments that either side knows, and those on which both agree
  payments integer not null check (payments >= 0),
  matched integer not null check (matched between 0 and payments),
  there_gross_cents bigint not null,
  here_gross_cents bigint not null,
  there_fee_cents bigint not null,
  here_fee_cents bigint not null,
  run_at timestamptz not null
);
select carat_append_only('reconciliations');
create index on reconciliations (run_at desc, id desc);
create unique index reconciliations_of_a_day on reconciliations (provider, mode, since, until) where asked_by is null;

create table reconciliation_differences (
  reconciliation_id uuid not null references reconciliations (id),
  number integer not null,
  kind text not null,
  -- why, as far as the two books tell
  cause text not null,
  provider_ref text,
  order_id uuid,
  there_cents bigint,
  here_cents bigint,
  primary key (reconciliation_id, number)
);
select carat_append_only('reconciliation_differences');
