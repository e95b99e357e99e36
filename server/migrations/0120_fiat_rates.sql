-- What a dollar is worth in other currencies, table by table. The newest table taken at or before an instant is in
-- force at it; a quote and a withdrawal name the version they used, so a table is never changed.
create table fiat_versions (
  version  integer primary key check (version >= 1),
  -- the day that the source says its numbers are of
  as_of    date not null,
  source   text not null check (source <> ''),
  -- SHA-256 of the table as it was read
  hash     bytea not null check (length(hash) = 32),
  taken_at timestamptz not null
);
select carat_append_only('fiat_versions');

create table fiat_rates (
  version     integer not null references fiat_versions (version),
  currency    text not null check (currency ~ '^[A-Z]{3}$'),
  -- numerator units of the currency for denominator dollars; too long for 64 bits where the source counts in euros
  numerator   numeric not null check (numerator > 0),
  denominator numeric not null check (denominator > 0),
  primary key (version, currency)
);
select carat_append_only('fiat_rates');

-- A table that moves a currency further than the policy lets pass. It waits until an operator takes or drops it.
create table fiat_parked (
  id        uuid primary key,
  as_of     date not null,
  source    text not null,
  -- the same table is parked once
  hash      bytea not null unique check (length(hash) = 32),
  -- the table as it was understood, [{currency, numerator, denominator}]
  rates     jsonb not null,
  -- the moves that were too far, [{currency, from, to, basisPoints}]
  moves     jsonb not null,
  parked_at timestamptz not null
);
select carat_append_only('fiat_parked');

create table fiat_parked_endings (
  parked_id uuid primary key references fiat_parked (id),
  is_taken  boolean not null,
  by_id     uuid not null references users (id),
  reason    text not null check (reason <> ''),
  ended_at  timestamptz not null
);
select carat_append_only('fiat_parked_endings');

-- When the source was looked at last and when it is next. One row, claimed by whoever looks.
create table fiat_watch (
  only_row     boolean primary key default true check (only_row),
  source       text,
  next_look_at timestamptz not null default '2000-01-01T00:00:00Z',
  looked_at    timestamptz,
  outcome      text check (outcome in ('taken', 'same', 'parked', 'refused', 'failed')),
  -- one sentence about what is wrong; null when nothing is
  detail       text
);
insert into fiat_watch default values;
