-- A session in which the password was given again a moment ago may do what moves money out.
alter table sessions add column confirmed_at timestamptz;

-- Withdrawing is a gate of its own: it can be frozen apart from the others.
alter table account_freezes drop constraint account_freezes_gates_check;
alter table account_freezes add constraint account_freezes_gates_check
  check (cardinality(gates) > 0 and gates <@ array['send', 'buy', 'earn', 'go-live', 'withdraw']);

-- Where a creator's money goes. A change is a new row that replaces the one before: a withdrawal names the row that it
-- was asked for with, so no change redirects what is on its way. `details` holds the numbers of the account; outside
-- the file that pays, only `masked` is ever told.
create table payout_accounts (
  id          uuid        primary key,
  user_id     uuid        not null references users (id),
  method      text        not null check (method in ('sepa', 'ach', 'manual')),
  -- ISO 3166, of the account.
  country     text        not null check (country ~ '^[A-Z]{2}$'),
  currency    text        not null check (currency ~ '^[A-Z]{3}$'),
  holder      text        not null check (holder <> ''),
  masked      text        not null check (masked <> ''),
  details     jsonb       not null,
  replaces    uuid        references payout_accounts (id) constraint payout_accounts_replaced_once unique,
  made_at     timestamptz not null,
  -- Nothing is asked for with it before.
  usable_from timestamptz not null check (usable_from >= made_at)
);
create index payout_accounts_user_id on payout_accounts (user_id, made_at);
select carat_append_only('payout_accounts');

create table payout_account_removals (
  account_id uuid        primary key references payout_accounts (id),
  at         timestamptz not null
);
select carat_append_only('payout_account_removals');

-- A price that is held for some minutes. Those never used are swept.
create table withdrawal_quotes (
  id             uuid        primary key,
  user_id        uuid        not null references users (id),
  account_id     uuid        not null references payout_accounts (id),
  diamond_units  bigint      not null check (diamond_units > 0),
  rate_version   integer     not null,
  -- Cents for so many Diamond units.
  rate_cents     bigint      not null check (rate_cents > 0),
  rate_units     bigint      not null check (rate_units > 0),
  policy_version integer     not null,
  gross_cents    bigint      not null check (gross_cents > 0),
  fee_cents      bigint      not null check (fee_cents >= 0),
  tax_cents      bigint      not null check (tax_cents >= 0),
  net_cents      bigint      not null check (net_cents > 0),
  currency       text        not null check (currency ~ '^[A-Z]{3}$'),
  -- Null for dollars: nothing is converted.
  fiat_version   integer,
  -- Units of the currency for so many dollars; as long as in the table of rates.
  fiat_numerator numeric,
  fiat_denominator numeric,
  payout_minor   bigint      not null check (payout_minor > 0),
  quoted_at      timestamptz not null,
  expires_at     timestamptz not null check (expires_at > quoted_at),
  arrives_by     date        not null,
  check (gross_cents = fee_cents + tax_cents + net_cents),
  check ((currency = 'USD') = (fiat_version is null)),
  check ((fiat_version is null) = (fiat_numerator is null) and (fiat_version is null) = (fiat_denominator is null))
);
create index withdrawal_quotes_expires_at on withdrawal_quotes (expires_at);

-- One row per withdrawal, in the commit that reserves its Diamonds. Its id ends in 0; its transfers have the same id with
-- another last digit: 1 the Diamonds reserved, 2 their post, 3 their void, 7 their return. Those of money are in
-- withdrawal_payments.
create table withdrawals (
  id            uuid        primary key,
  committed     bigint      not null,
  user_id       uuid        not null,
  quote_id      uuid        not null unique references withdrawal_quotes (id),
  account_id    uuid        not null references payout_accounts (id),
  method        text        not null,
  -- What the bank's statement shows.
  reference     text        not null unique check (reference ~ '^CAR-[0-9A-HJKMNP-TV-Z]{10}$'),
  diamond_units bigint      not null check (diamond_units > 0),
  fee_cents     bigint      not null,
  tax_cents     bigint      not null,
  net_cents     bigint      not null check (net_cents > 0),
  currency      text        not null,
  payout_minor  bigint      not null check (payout_minor > 0),
  request_hash  bigint      not null,
  requested_at  timestamptz not null
);
create index withdrawals_of_user on withdrawals (user_id, committed desc);
create index withdrawals_by_time on withdrawals (requested_at);
select carat_append_only('withdrawals');

-- Where each one stands. Whoever moves one on names where it stood, and must find it there: of two at once one does.
create table withdrawal_states (
  withdrawal_id uuid        primary key references withdrawals (id),
  state         text        not null check (state in ('in_review', 'held', 'released', 'sending', 'sent', 'paid',
                                                      'returned', 'failed', 'canceled', 'parked')),
  since         timestamptz not null,
  -- Of a hold: why, by which rule, and when it ends at the latest.
  hold_reason   text,
  hold_rule     text,
  hold_until    timestamptz,
  -- The request for a second operator's word, where one was made.
  approval_id   uuid,
  check ((state = 'held') = (hold_reason is not null and hold_rule is not null and hold_until is not null))
) with (fillfactor = 70);
create index withdrawal_states_open on withdrawal_states (state, since)
  where state in ('in_review', 'held', 'released', 'sending', 'sent', 'parked');

-- Every step of each, in order: what its timeline shows.
create table withdrawal_events (
  id            uuid        primary key,
  -- Their order: whoever moves one on has seen the step before committed.
  place         bigint      generated always as identity,
  withdrawal_id uuid        not null references withdrawals (id),
  at            timestamptz not null,
  step          text        not null,
  -- Where it stood afterwards.
  state         text        not null,
  -- Who did it; null for the house.
  by_user       uuid,
  note          text,
  -- A code of a bank, and what it names as wrong.
  code          text
);
create index withdrawal_events_of on withdrawal_events (withdrawal_id, place);
select carat_append_only('withdrawal_events');

-- Its payments of money, which have ids of their own: one that was refused is tried again under another.
create table withdrawal_payments (
  transfer_id   uuid primary key,
  withdrawal_id uuid not null references withdrawals (id)
);
create index withdrawal_payments_of on withdrawal_payments (withdrawal_id);
select carat_append_only('withdrawal_payments');

-- What its creator has not been told yet: a queue, not a record.
create table withdrawal_news (
  event_id uuid primary key
);
-- A queue that is emptied all the time.
alter table withdrawal_news set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- One number per person that each of their requests raises by one, so that of two that looked at the same caps one is asked again.
create table withdrawal_turns (
  user_id uuid   primary key references users (id),
  turn    bigint not null
);

-- Files that banks take: made once, kept as they were made.
create table payout_files (
  id         uuid        primary key,
  -- Of its method, from 1 without gaps.
  number     integer     not null,
  method     text        not null,
  name       text        not null,
  content    bytea       not null,
  sha256     bytea       not null check (length(sha256) = 32),
  payments   integer     not null check (payments > 0),
  currency   text        not null,
  sum_minor  bigint      not null check (sum_minor > 0),
  -- The day on which the bank is to pay.
  pay_on     date        not null,
  made_at    timestamptz not null,
  by_user    uuid        not null,
  unique (method, number)
);
select carat_append_only('payout_files');

-- The primary key is the promise: each withdrawal in one file, ever.
create table payout_file_entries (
  withdrawal_id uuid    primary key references withdrawals (id),
  file_id       uuid    not null references payout_files (id),
  position      integer not null,
  unique (file_id, position)
);
select carat_append_only('payout_file_entries');

-- Somebody took the file to the bank. What is in it is sent, one by one, by whoever comes by.
create table payout_file_sendings (
  file_id uuid        primary key references payout_files (id),
  at      timestamptz not null,
  by_user uuid        not null
);
select carat_append_only('payout_file_sendings');

create table payout_file_downloads (
  id      uuid        primary key,
  file_id uuid        not null references payout_files (id),
  at      timestamptz not null,
  by_user uuid        not null
);
select carat_append_only('payout_file_downloads');
