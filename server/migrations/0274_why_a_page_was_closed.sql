-- Why the house closes a payment page, written before its provider is asked: what the provider tells of it may be
-- heard before its answer.
create table purchase_closings (
  order_id uuid primary key references purchase_orders (id),
  why text not null check (why in ('buying_closed', 'over_limit')),
  at timestamptz not null
);
select carat_append_only('purchase_closings');
