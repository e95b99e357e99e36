-- The books of the sandbox: two payment companies that speak Stripe's and BTCPay Server's own API and move no money.
-- They are not Carat's: nothing outside server/src/sandbox reads them, exactly as nobody reads a card company's tables.

-- Orders that waited for a payment in the books before these end here: their pages are gone, and no money was in them.
insert into coin_order_endings (order_id, ending, reason, ended_at)
select o.id, 'expired', 'provider_gone', now() from coin_orders o
 where o.provider = 'sandbox'
   and not exists (select from coin_order_payments p where p.order_id = o.id)
on conflict (order_id) do nothing;
delete from coin_order_checks c using coin_orders o where o.id = c.order_id and o.provider = 'sandbox';

drop table sandbox.events;
drop table sandbox.checkouts;
drop table sandbox.faults;

-- Everything that has an id at a company, as its API shows it.
create table sandbox.objects (
  id text primary key,
  -- 'checkout.session', 'charge', 'invoice' …
  kind text not null,
  -- the object that it belongs to: a charge's payment intent, a payment's invoice
  parent text,
  created_at timestamptz not null,
  number bigint generated always as identity,
  body jsonb not null,
  -- what the company knows and its API does not show
  inner_state jsonb not null default '{}'
);
create index on sandbox.objects (kind, number);
create index on sandbox.objects (kind, parent, number);

-- The first answer of every keyed POST. Without an answer: in progress since then.
create table sandbox.calls (
  company text not null,
  key text not null,
  fingerprint bytea not null,
  begun_at timestamptz not null default now(),
  status integer,
  body text,
  primary key (company, key)
);

-- Events that must reach the merchant; kept after delivery. `next_attempt_at` null: delivered, given up, or held.
create table sandbox.deliveries (
  id text primary key,
  company text not null,
  about text not null,
  type text not null,
  body text not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  held boolean not null default false,
  delivered_at timestamptz
);
create index on sandbox.deliveries (next_attempt_at) where next_attempt_at is not null;
create index on sandbox.deliveries (about);

-- What will happen by itself later: a block is found, a refund comes back.
create table sandbox.later (
  number bigint generated always as identity primary key,
  due_at timestamptz not null,
  what text not null,
  about text not null
);
create index on sandbox.later (due_at);

-- Faults that the next calls will meet, each `remaining` times.
create table sandbox.faults (
  number bigint generated always as identity primary key,
  call text not null,
  fault text not null,
  remaining integer not null check (remaining >= 0),
  milliseconds integer not null default 0,
  unique (call, fault)
);

grant select, insert, update, delete on all tables in schema sandbox to carat_app;
