-- A refund by hand is asked for first, approved where the policy wants two, and paid then; whoever paid it says so last,
-- with what names the payment. So the reference is no part of what was asked.
alter table refunds drop constraint refunds_check;
alter table refund_states drop constraint refund_states_state_check;
alter table refund_states add constraint refund_states_state_check
  -- to_pay: decided, and somebody is to pay it by hand.
  check (state in ('waiting', 'asked', 'to_pay', 'sent', 'parked', 'rejecting', 'refunded', 'failed', 'rejected'));

-- That a refund by hand was sent, in the commit that books it.
create table refund_payments (
  refund_id uuid        primary key references refunds (id),
  -- What names it at the bank or in the wallet.
  reference text        not null check (reference <> ''),
  by_user   uuid        not null references users (id),
  at        timestamptz not null
);
select carat_append_only('refund_payments');

create or replace view lot_takings as
  select r.order_id, r.user_id, r.asset, r.units,
         s.state in ('waiting', 'asked', 'to_pay', 'sent', 'parked', 'rejecting') as pending
    from refunds r join refund_states s on s.refund_id = r.id where s.state not in ('failed', 'rejected')
  union all
  select r.order_id, r.user_id, r.asset, h.units, s.state in ('held', 'parked')
    from recall_holds h join recalls r on r.id = h.recall_id join recall_states s on s.recall_id = r.id
   where s.state <> 'released';

-- Who asked under which key, apart from the id: a posting that the ledger refused has burned its ids, so the next try has
-- others. Rows from before have the key's id as their own.
alter table refunds add column key_id uuid;
create unique index refunds_once on refunds (coalesce(key_id, id));

-- What support gives back to one person is added up over days. Raised by each of its refunds: of two at the very same
-- instant the later one adds up again.
create table refund_turns (
  user_id uuid   primary key references users (id),
  turn    bigint not null default 0
) with (fillfactor = 70);
revoke delete, truncate on refund_turns from carat_app;
