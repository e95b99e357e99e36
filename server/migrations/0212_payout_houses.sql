-- Whose account at the provider a try was asked for with, and a creator's account was opened by, in the provider's own
-- name. What belongs to another account of the house is not touched. Null: of before it was kept.
alter table payout_attempts add column house text check (house <> '');
-- The house's cash that is set aside in the ledger while the provider is asked: a pending transfer.
alter table payout_attempts add column reserve_id uuid;

-- One set-up of an account for each account of the house at the provider.
alter table payout_setups add column id uuid not null default gen_random_uuid();
alter table payout_setups add column house text check (house <> '');
alter table payout_setups drop constraint payout_setups_pkey;
alter table payout_setups add primary key (id);
alter table payout_setups add constraint payout_setups_of unique nulls not distinct (account_id, provider, mode, house);

-- Each question to a provider about the second step of a try, committed before it is asked. Its number is in the
-- idempotency key: a provider keeps a refusal under its key, so whatever is asked after one has another.
create table payout_asks (
  attempt_id   uuid        not null references payout_attempts (id),
  step         text        not null check (step in ('forward', 'take_back')),
  number       integer     not null check (number > 0),
  made_at      timestamptz not null,
  -- It certainly did not happen, and under this key it never will: why.
  refused_code text,
  primary key (attempt_id, step, number)
);

-- Why what is released cannot be handed over now, for operators. A row is gone when it was.
create table payout_waits (
  withdrawal_id uuid        primary key references withdrawals (id),
  why           text        not null,
  since         timestamptz not null
);
