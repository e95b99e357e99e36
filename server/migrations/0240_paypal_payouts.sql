-- Creators may be paid through PayPal, to an e-mail address of theirs.
alter table payout_accounts drop constraint payout_accounts_method_check;
alter table payout_accounts add constraint payout_accounts_method_check
  check (method in ('sepa', 'ach', 'stripe', 'btcpay', 'paypal', 'manual'));

-- The same e-mail address given by two people is one account when sums are added up, however its letters are written.
create index payout_accounts_email on payout_accounts (lower(details ->> 'email')) where method = 'paypal';
create or replace view payee_numbers as
  select id as account_id, user_id, number from payout_accounts where number is not null
  union
  select a.id, a.user_id, b.number from payout_setup_banks b
    join payout_setups u on u.id = b.setup_id join payout_accounts a on a.id = u.account_id
  union
  select id, user_id, details ->> 'address' from payout_accounts where method = 'btcpay'
  union
  select id, user_id, lower(details ->> 'email') from payout_accounts where method = 'paypal';
