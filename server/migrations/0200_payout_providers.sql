-- Creators may be paid through a provider, who has an account for each of them.
alter table payout_accounts drop constraint payout_accounts_method_check;
alter table payout_accounts add constraint payout_accounts_method_check
  check (method in ('sepa', 'ach', 'stripe', 'manual'));

-- What the provider of an account knows of it. `ref` is its name there, kept for ever once it is known.
create table payout_setups (
  account_id       uuid        primary key references payout_accounts (id),
  provider         text        not null,
  mode             text        not null check (mode in ('live', 'test', 'sandbox')),
  ref              text,
  submitted        boolean     not null default false,
  ready            boolean     not null default false,
  rejected         boolean     not null default false,
  -- In the provider's own names.
  missing          text[]      not null default '{}',
  bank_ref         text,
  bank_last4       text,
  -- Another bank account behind it waits as a changed account does.
  bank_usable_from timestamptz,
  looked_at        timestamptz,
  unique (provider, mode, ref)
);

-- A try to pay a withdrawal through a provider: committed before anybody is asked. Its id is in every key.
create table payout_attempts (
  id            uuid        primary key,
  withdrawal_id uuid        not null references withdrawals (id),
  number        integer     not null check (number > 0),
  provider      text        not null,
  mode          text        not null check (mode in ('live', 'test', 'sandbox')),
  -- The ledger's account of the provider: `world:<name>`.
  world         text        not null,
  -- The provider's name of the account that is paid: no change of accounts redirects it.
  destination   text        not null check (destination <> ''),
  minor         bigint      not null check (minor > 0),
  currency      text        not null,
  made_at       timestamptz not null,
  unique (withdrawal_id, number)
);
select carat_append_only('payout_attempts');

-- Where each stands with the provider.
create table payout_attempt_states (
  attempt_id    uuid        primary key references payout_attempts (id),
  withdrawal_id uuid        not null references withdrawals (id),
  -- When the provider was first asked. Null: nobody has heard of it.
  asked_at      timestamptz,
  taken_ref     text,
  payout_ref    text,
  -- The provider's own words of it, and what is wrong with it, for operators.
  raw_status    text,
  problem       text,
  -- It did not happen and will not: why.
  closed_code   text,
  closed_at     timestamptz,
  checks        integer     not null default 0,
  -- Null: nothing more will be asked.
  next_check_at timestamptz,
  -- Raised by whoever looks and whoever was told: a check that began before writes no time over a later hint.
  turn          bigint      not null default 0,
  check ((closed_code is null) = (closed_at is null)),
  check (closed_at is null or taken_ref is null)
) with (fillfactor = 70);
-- The promise: one try at a time.
create unique index payout_attempt_states_open on payout_attempt_states (withdrawal_id) where closed_at is null;
create unique index payout_attempt_states_taken on payout_attempt_states (taken_ref) where taken_ref is not null;
create index payout_attempt_states_due on payout_attempt_states (next_check_at) where next_check_at is not null;
