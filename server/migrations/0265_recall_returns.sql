-- A refund that was made at the provider itself, and that the payer's bank sent back after it was booked: the money is with
-- the house again, in the commit that writes this down. The case stays `taken`. One that ended well after gifts had been
-- taken back for it has a row, too: those stay taken back, and what they cost is the fan's again.
create table recall_returns (
  recall_id           uuid        primary key references recalls (id),
  -- To the fan: what was unspent, and what the gifts had cost that were taken back.
  units               bigint      not null check (units >= 0),
  units_transfer_id   uuid        unique,
  -- To the house's cash and to the reserve, each what it had paid.
  cash_cents          bigint      not null check (cash_cents >= 0),
  cash_transfer_id    uuid        unique,
  reserve_cents       bigint      not null check (reserve_cents >= 0),
  reserve_transfer_id uuid        unique,
  -- To the owner: what they had put in for it.
  owner_transfer_id   uuid        unique,
  at                  timestamptz not null,
  check ((units_transfer_id is null) = (units = 0)),
  check ((cash_transfer_id is null) = (cash_cents = 0)),
  check ((reserve_transfer_id is null) = (reserve_cents = 0)),
  check (units + cash_cents + reserve_cents > 0)
);
select carat_append_only('recall_returns');

-- What the owner put in so that the cash reached when a case was booked.
create table recall_funds (
  recall_id   uuid   primary key references recalls (id),
  transfer_id uuid   not null unique,
  cents       bigint not null check (cents > 0)
);
select carat_append_only('recall_funds');

-- A lost case claims what comes free with a refund that came to nothing, whoever had made that refund: the house, or
-- somebody at the provider.
alter table recall_claims drop constraint recall_claims_pkey;
alter table recall_claims alter column refund_id drop not null;
alter table recall_claims add column from_recall_id uuid references recalls (id);
alter table recall_claims add constraint recall_claims_of_one check ((refund_id is null) <> (from_recall_id is null));
create unique index recall_claims_once on recall_claims (coalesce(refund_id, from_recall_id), recall_id);

-- The last part: what came back is in its lot again. The Coins of a gift that stays taken back are more than the lot had
-- lost, since the gift itself is still told among what was spent of it.
create or replace view lot_takings as
  select r.order_id, r.user_id, r.asset, r.units,
         s.state in ('waiting', 'asked', 'to_pay', 'sent', 'parked', 'rejecting') as pending
    from refunds r join refund_states s on s.refund_id = r.id where s.state not in ('failed', 'rejected')
  union all
  select r.order_id, r.user_id, r.asset, h.units, s.state in ('held', 'parked')
    from recall_holds h join recalls r on r.id = h.recall_id join recall_states s on s.recall_id = r.id
   where s.state <> 'released'
  union all
  select r.order_id, r.user_id, r.asset, c.units, false
    from recall_claims c join recalls r on r.id = c.recall_id where c.units > 0
  union all
  select r.order_id, r.user_id, r.asset, -b.units, false
    from recall_returns b join recalls r on r.id = b.recall_id where b.units > 0;

-- Those that were booked before may have been sent back since: each is looked at once more.
update recall_states s set next_check_at = now()
  from recalls r where r.id = s.recall_id and r.kind = 'provider_refund' and s.state = 'taken';
