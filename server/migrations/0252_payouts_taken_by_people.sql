-- Something is there of this try that the house did not ask for, or more than one: nothing is booked until people say what counts.
alter table payout_attempt_states add column needs_people boolean not null default false;

-- Which payment two operators took as the one of a withdrawal: one for each, in the commit that books it as sent.
create table payout_adoptions (
  withdrawal_id uuid        primary key references withdrawals (id),
  attempt_id    uuid        not null references payout_attempts (id),
  taken_ref     text        not null check (taken_ref <> ''),
  -- The provider's own words at that moment.
  said          text        not null,
  reason        text        not null,
  approval_id   uuid        not null unique,
  asked_by      uuid        not null,
  decided_by    uuid        not null check (decided_by <> asked_by),
  at            timestamptz not null
);
select carat_append_only('payout_adoptions');

-- What was paid for it besides, in the provider's names: the house has lost it, in US cents.
create table payout_losses (
  withdrawal_id uuid   not null references payout_adoptions (withdrawal_id),
  taken_ref     text   not null unique,
  cents         bigint not null check (cents > 0)
);
create index payout_losses_of on payout_losses (withdrawal_id);
select carat_append_only('payout_losses');
