-- A refund of ours that came to nothing after a case of the same order had taken money beyond what was left of it: the
-- money is back here, so the units that come free with it are the case's, not the fan's, who has the bank's money.
create table recall_claims (
  refund_id   uuid        not null references refunds (id),
  recall_id   uuid        not null references recalls (id),
  -- Null: so few cents that no whole unit stands for them.
  transfer_id uuid,
  units       bigint      not null check (units >= 0),
  cents       bigint      not null check (cents > 0),
  at          timestamptz not null,
  primary key (refund_id, recall_id),
  check ((transfer_id is null) = (units = 0))
);
create index recall_claims_of_recall on recall_claims (recall_id);
select carat_append_only('recall_claims');

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
    from recall_claims c join recalls r on r.id = c.recall_id where c.units > 0;
