-- The sandbox payment provider's own books. They are not Carat's: nothing outside server/src/purchases/sandbox
-- reads them, exactly as nobody reads a card company's tables.
create schema sandbox;
grant usage on schema sandbox to carat_app;

create table sandbox.checkouts (
  ref text primary key,
  idempotency_key text not null unique,
  request_hash bytea not null,
  order_ref text not null,
  description text not null,
  amount_cents bigint not null check (amount_cents > 0),
  currency text not null,
  return_url text not null,
  status text not null,
  -- the payer must confirm with this card before it is charged; null when nothing waits
  challenged_card text,
  -- why the last card did not pay
  decline_code text,
  fee_cents bigint not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  paid_at timestamptz
);
create index on sandbox.checkouts (created_at, ref);

-- One row for each event that must reach the merchant; kept after delivery.
create table sandbox.events (
  id text primary key,
  ref text not null references sandbox.checkouts (ref),
  type text not null,
  body text not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  delivered_at timestamptz
);
create index on sandbox.events (next_attempt_at) where next_attempt_at is not null;

-- Faults that the next calls will meet, each `remaining` times. Filled by tests alone.
create table sandbox.faults (
  name text primary key,
  remaining integer not null check (remaining >= 0),
  milliseconds integer not null default 0
);

grant select, insert, update, delete on all tables in schema sandbox to carat_app;
