-- The bank accounts that ever stood behind an account at a provider, by the provider's fingerprint of the number, which is
-- the same wherever the same number is given. We never hold the number itself.
create table payout_setup_banks (
  setup_id uuid        not null references payout_setups (id),
  -- `stripe:` and the fingerprint.
  number   text        not null check (number <> ''),
  seen_at  timestamptz not null,
  primary key (setup_id, number)
);
create index payout_setup_banks_number on payout_setup_banks (number);
select carat_append_only('payout_setup_banks');

-- Bank accounts, and whose: the same number given by two people is one bank account when sums are added up.
create view payee_numbers as
  select id as account_id, user_id, number from payout_accounts where number is not null
  union
  select a.id, a.user_id, b.number from payout_setup_banks b
    join payout_setups u on u.id = b.setup_id join payout_accounts a on a.id = u.account_id;
