-- The payments by which the money of a lost recall left the house, in the commit that booked it: papers say by them what a
-- fan got back through a bank or a provider, also where no unit of theirs was left to take.
create table recall_payments (
  transfer_id uuid primary key,
  recall_id   uuid not null references recalls (id)
);
create index recall_payments_of on recall_payments (recall_id);
select carat_append_only('recall_payments');

-- Those that were booked before: known by their order, their code and their amount, which the takings have.
insert into recall_payments (transfer_id, recall_id)
select distinct on (t.id) t.id, r.id
  from recalls r
  join recall_states s on s.recall_id = r.id and s.state = 'taken'
  join lateral (select sum(k.cents) filter (where k.source in ('fan', 'creators', 'house')) as cash,
                       sum(k.cents) filter (where k.source = 'reserve') as reserve
                  from recall_takings k where k.recall_id = r.id) as taken on true
  join ledger_transfers t on t.user_data_128 = r.order_id and t.ledger = 3 and t.flags & 14 = 0
                         and t.code = case r.kind when 'dispute' then 81 else 80 end
  join ledger_accounts source on source.id = t.debit_account_id
  join ledger_accounts world on world.id = t.credit_account_id and world.code = 60
 where (source.code = 20 and t.amount = taken.cash) or (source.code = 27 and t.amount = taken.reserve)
 order by t.id, r.id;
