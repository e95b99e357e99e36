-- Coins and Diamonds are bought alike, by several methods from several providers.
alter table coin_orders rename to purchase_orders;
alter table coin_order_checkouts rename to purchase_checkouts;
alter table coin_order_payments rename to purchase_payments;
alter table coin_order_endings rename to purchase_endings;
alter table coin_order_reviews rename to purchase_reviews;
alter table coin_order_checks rename to purchase_checks;

alter table purchase_orders rename column coins to units;
alter table purchase_orders rename column per_coin_numerator to per_unit_numerator;
alter table purchase_orders rename column per_coin_denominator to per_unit_denominator;
alter table purchase_orders
  add column asset text not null default 'COIN' check (asset in ('COIN', 'DIAMOND')),
  add column method text not null default 'card' check (method in ('card', 'wallet', 'crypto')),
  -- whose money moves: a payment of another mode is never credited
  add column mode text not null default 'sandbox' check (mode in ('live', 'test', 'sandbox')),
  -- the rate that made the price of Diamonds; Coins have none
  add column rate_version integer,
  add constraint purchase_orders_rate_of_diamonds check ((asset = 'DIAMOND') = (rate_version is not null)),
  add constraint purchase_orders_price unique (id, asset, units, price_cents);
alter table purchase_orders
  alter column asset drop default,
  alter column method drop default,
  alter column mode drop default;

alter table purchase_payments rename column coins to units;
alter table purchase_payments rename column coin_transfer_id to credit_transfer_id;
alter table purchase_payments
  add column asset text not null default 'COIN';
alter table purchase_payments
  alter column asset drop default,
  -- so that money for another amount cannot be written down
  add constraint purchase_payments_order foreign key (order_id, asset, units, price_cents)
    references purchase_orders (id, asset, units, price_cents);

-- Who is just opening a payment page at a provider that knows no idempotency keys: one at a time.
create table purchase_openings (
  order_id uuid primary key references purchase_orders (id),
  until timestamptz not null
);
