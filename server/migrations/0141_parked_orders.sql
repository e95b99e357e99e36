-- Orders that wait for a person, and what two of them made of it. A payment may now be of another amount than was ordered,
-- when an operator decided to credit what came.
do $$
declare
  name text;
begin
  for name in select conname from pg_constraint
               where conrelid = 'purchase_payments'::regclass and confrelid = 'purchase_orders'::regclass loop
    execute format('alter table purchase_payments drop constraint %I', name);
  end loop;
end
$$;
alter table purchase_payments
  add constraint purchase_payments_order foreign key (order_id) references purchase_orders (id);

create table purchase_resolutions (
  id         uuid        primary key,
  order_id   uuid        not null references purchase_reviews (order_id),
  -- credit: what came, at the order's price; given_back: by hand or at the provider; close: nothing came.
  verdict    text        not null check (verdict in ('credit', 'given_back', 'close')),
  asset      text        not null,
  units      bigint      not null check (units >= 0),
  cents      bigint      not null check (cents >= 0),
  reason     text        not null check (reason <> ''),
  reference  text        check (reference <> ''),
  asked_by   uuid        not null references users (id),
  asked_at   timestamptz not null,
  check ((verdict = 'given_back') = (reference is not null)),
  check ((verdict = 'close') = (cents = 0)),
  check ((verdict = 'credit') = (units > 0))
);
create index purchase_resolutions_of_order on purchase_resolutions (order_id, asked_at);
select carat_append_only('purchase_resolutions');

create table purchase_resolution_states (
  resolution_id uuid        primary key references purchase_resolutions (id),
  order_id      uuid        not null,
  state         text        not null check (state in ('waiting', 'approved', 'done', 'rejected')),
  approval_id   uuid,
  decided_by    uuid        references users (id),
  since         timestamptz not null
) with (fillfactor = 70);
-- One at a time, and one in the end.
create unique index purchase_resolutions_one on purchase_resolution_states (order_id) where state <> 'rejected';
create index purchase_resolutions_due on purchase_resolution_states (since) where state = 'approved';

-- Money for another amount than was ordered cannot be written down, unless it was decided so.
create function purchase_payment_fits() returns trigger
language plpgsql as $$
begin
  if exists (select from purchase_orders o where o.id = new.order_id and o.asset = new.asset
                and o.units = new.units and o.price_cents = new.price_cents)
     or exists (select from purchase_resolutions r join purchase_resolution_states s on s.resolution_id = r.id
                 where r.order_id = new.order_id and r.verdict = 'credit' and s.state in ('approved', 'done')
                   and r.asset = new.asset and r.units = new.units and r.cents = new.price_cents) then
    return new;
  end if;
  raise exception 'a payment of order % for another amount than was ordered or decided', new.order_id
    using errcode = 'check_violation';
end
$$;
create trigger payment_fits before insert on purchase_payments
  for each row execute function purchase_payment_fits();
