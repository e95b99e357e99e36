-- Creators may be paid in bitcoin, to an address of theirs.
alter table payout_accounts drop constraint payout_accounts_method_check;
alter table payout_accounts add constraint payout_accounts_method_check
  check (method in ('sepa', 'ach', 'stripe', 'btcpay', 'manual'));

-- The same address given by two people is one account when sums are added up, as a bank account is.
create index payout_accounts_address on payout_accounts ((details ->> 'address')) where method = 'btcpay';
create or replace view payee_numbers as
  select id as account_id, user_id, number from payout_accounts where number is not null
  union
  select a.id, a.user_id, b.number from payout_setup_banks b
    join payout_setups u on u.id = b.setup_id join payout_accounts a on a.id = u.account_id
  union
  select id, user_id, details ->> 'address' from payout_accounts where method = 'btcpay';

-- What one bitcoin costs in US dollars, as BTCPay Server said it when it was asked. A quote names the answer it used.
create table coin_prices (
  id          bigint      generated always as identity primary key,
  coin        text        not null check (coin = 'BTC'),
  mode        text        not null check (mode in ('live', 'test', 'sandbox')),
  -- numerator US cents for denominator coins
  numerator   numeric     not null check (numerator > 0),
  denominator numeric     not null check (denominator > 0),
  seen_at     timestamptz not null
);
create index coin_prices_newest on coin_prices (coin, mode, seen_at desc);
select carat_append_only('coin_prices');

-- What is not paid in dollars was converted by a table of rates or by the price of a coin.
alter table withdrawal_quotes add column coin_price bigint references coin_prices (id);
do $$
declare rule text;
begin
  for rule in select conname from pg_constraint
               where conrelid = 'withdrawal_quotes'::regclass and contype = 'c'
                 and pg_get_constraintdef(oid) like '%fiat_version%' loop
    execute format('alter table withdrawal_quotes drop constraint %I', rule);
  end loop;
end $$;
alter table withdrawal_quotes
  add constraint withdrawal_quotes_converted check ((currency = 'USD') = (fiat_version is null and coin_price is null)),
  add constraint withdrawal_quotes_by_one check (fiat_version is null or coin_price is null),
  add constraint withdrawal_quotes_ratio check (
    (currency = 'USD') = (fiat_numerator is null) and (currency = 'USD') = (fiat_denominator is null));
