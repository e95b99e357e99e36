-- The same bank account given by two people is one account when sums are added up. Null for what is paid by hand.
alter table payout_accounts add column number text generated always as (
  case details ->> 'method'
    when 'sepa' then upper(regexp_replace(details ->> 'iban', '[^0-9A-Za-z]', '', 'g'))
    when 'ach' then (details ->> 'routing') || ':' || regexp_replace(details ->> 'account', '[^0-9A-Za-z]', '', 'g')
  end) stored;
create index payout_accounts_number on payout_accounts (number) where number is not null;
