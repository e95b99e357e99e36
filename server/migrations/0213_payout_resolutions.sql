-- What two operators made of a payment whose provider says what nobody can book by itself, as when it was taken back there
-- after it had arrived. One for each withdrawal, in the commit that moves it.
create table payout_resolutions (
  withdrawal_id uuid        primary key references withdrawals (id),
  attempt_id    uuid        not null references payout_attempts (id),
  -- It arrived and stays, whatever was taken back there; it arrived, and what was taken back is the house's for good; the
  -- creator has not got it.
  verdict       text        not null check (verdict in ('arrived', 'arrived_and_back', 'not_arrived')),
  -- The provider's own words of it at that moment: what it says later is compared with them.
  said          text        not null,
  -- Of the net amount, in cents: what the house has again, and what nobody has.
  back_cents    bigint      not null check (back_cents >= 0),
  lost_cents    bigint      not null check (lost_cents >= 0),
  reason        text        not null,
  approval_id   uuid        not null unique,
  asked_by      uuid        not null,
  decided_by    uuid        not null check (decided_by <> asked_by),
  at            timestamptz not null,
  check (verdict <> 'arrived' or (back_cents = 0 and lost_cents = 0)),
  check (verdict <> 'arrived_and_back' or (back_cents > 0 and lost_cents = 0))
);
select carat_append_only('payout_resolutions');
