-- An order is an intention: what a person asked for and the price they were shown. It never changes.
-- What became of it are rows of their own: the checkout that a provider opened, the payment, an ending, a review.
create table coin_orders (
  id uuid primary key,
  user_id uuid not null references users (id),
  idempotency_key text not null check (length(idempotency_key) between 1 and 255),
  request_hash bytea not null,
  -- null for an exact amount
  pack_id text,
  coins bigint not null check (coins > 0),
  price_cents bigint not null check (price_cents > 0),
  -- the price of one Coin that was shown: so many cents for so many Coins
  per_coin_numerator bigint not null check (per_coin_numerator > 0),
  per_coin_denominator bigint not null check (per_coin_denominator > 0),
  policy_version integer not null,
  provider text not null,
  return_url text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  unique (user_id, idempotency_key),
  -- referred to by the payment, so that money for another amount cannot be written down
  unique (id, coins, price_cents)
);
select carat_append_only('coin_orders');

-- The provider has opened a payment page for the order.
create table coin_order_checkouts (
  order_id uuid primary key references coin_orders (id),
  provider text not null,
  provider_ref text not null,
  redirect_url text not null,
  opened_at timestamptz not null,
  unique (provider, provider_ref)
);
select carat_append_only('coin_order_checkouts');

-- The order is paid. Written in the transaction of the ledger chain that credits the Coins.
create table coin_order_payments (
  order_id uuid primary key,
  provider text not null,
  provider_ref text not null,
  coins bigint not null,
  price_cents bigint not null,
  fee_cents bigint not null check (fee_cents between 0 and price_cents),
  paid_at timestamptz not null,
  coin_transfer_id uuid not null unique,
  posted_at bigint not null,
  unique (provider, provider_ref),
  foreign key (order_id, coins, price_cents) references coin_orders (id, coins, price_cents)
);
select carat_append_only('coin_order_payments');

-- The provider has closed the payment page without money. A payment that comes later all the same wins.
create table coin_order_endings (
  order_id uuid primary key references coin_orders (id),
  ending text not null check (ending in ('declined', 'canceled', 'expired')),
  -- the provider's own word for why, such as insufficient_funds; null when there is none
  reason text,
  ended_at timestamptz not null
);
select carat_append_only('coin_order_endings');

-- What the provider says does not fit the order, so a person has to look. Nothing is credited meanwhile.
create table coin_order_reviews (
  order_id uuid primary key references coin_orders (id),
  problem text not null,
  -- what the provider said, as it was fetched
  seen jsonb not null,
  parked_at timestamptz not null
);
select carat_append_only('coin_order_reviews');

-- Orders whose truth is not known yet, and when to ask the provider next. The row goes when the answer is final.
create table coin_order_checks (
  order_id uuid primary key references coin_orders (id),
  next_check_at timestamptz not null,
  checks integer not null default 0
);
create index on coin_order_checks (next_check_at);
