-- Statements and balances of the past, without an index on the hot table. Whoever indexes history turns each
-- stretch of transfers (see ledger_marks) into one row per account: a hot account costs no more than a cold one.
-- What came after the last stretch is read from the transfers themselves, so an answer is always complete.
-- An account that takes part in an eighth of all transfers of a stretch is found by reading the transfers there, as
-- fast as by arrays of its own: such a busy account gets rows without arrays, which spares most of the cost of
-- indexing, for of the four sides of a gift three are such accounts.
create table ledger_history (
  account_id      uuid not null,
  first_timestamp bigint not null,
  last_timestamp  bigint not null,
  entries         integer not null,
  -- The counters after the last entry of the stretch.
  debits_pending  bigint not null,
  debits_posted   bigint not null,
  credits_pending bigint not null,
  credits_posted  bigint not null,
  -- One element per entry, in order of time; null for a busy account. An entry is a transfer, or the expiry of the
  -- pending transfer with this id (then its timestamp is not the transfer's).
  ids             uuid[],
  timestamps      bigint[],
  -- What the entry changed: posted credits are positive and posted debits negative.
  posted          bigint[],
  -- Left out where nothing was pending in the stretch.
  held_debits     bigint[],
  held_credits    bigint[],
  primary key (account_id, first_timestamp),
  constraint arrays_come_together check ((ids is null) = (timestamps is null) and (ids is null) = (posted is null))
);
-- Compressing these would cost more than it saves.
alter table ledger_history
  alter column ids set storage external,
  alter column timestamps set storage external,
  alter column posted set storage external,
  alter column held_debits set storage external,
  alter column held_credits set storage external;

select carat_append_only('ledger_history');

-- How far history is indexed.
create table ledger_history_head (
  only_row        boolean primary key default true check (only_row),
  until_timestamp bigint not null
);
insert into ledger_history_head (until_timestamp) values (0);
revoke insert, delete, truncate on ledger_history_head from carat_app;

-- Indexes the next stretches, as far as there are any, and returns whether there are more. An account with fewer than
-- `busy_from` entries is never a busy one.
-- A busy account gets a row for every 2,048 transfers, which is what a reader has to look through.
-- Grouping by hash keeps the order of its input, so one sort by time, nearly sorted already, does for all accounts.
create function ledger_index_history(stretches_max integer, busy_from integer default 1024) returns boolean
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
set max_parallel_workers_per_gather = 0 set jit = off set work_mem = '64MB'
as $$
declare
  done    bigint;
  marks   bigint[];
  until   bigint;
  total   bigint;
  thinned integer;
begin
  -- One at a time, whichever process; who comes second has nothing to wait for.
  if not pg_try_advisory_xact_lock(hashtext('ledger_history')) then return false; end if;
  select until_timestamp into strict done from ledger_history_head;
  -- Several stretches at once while there is much to catch up with: fewer and longer rows.
  select array_agg(until_timestamp order by until_timestamp), max(transfers) into marks, total
    from (select until_timestamp, transfers from ledger_marks
           where until_timestamp > done order by until_timestamp limit stretches_max) as next;
  if marks is null then return false; end if;
  until := marks[cardinality(marks)];
  total := total - coalesce((select max(transfers) from ledger_marks where until_timestamp <= done), 0);
  thinned := case when busy_from >= 256 then 17 else 1 end;

  insert into ledger_history
         (account_id, first_timestamp, last_timestamp, entries,
          debits_pending, debits_posted, credits_pending, credits_posted,
          ids, timestamps, posted, held_debits, held_credits)
  with moved as materialized (
    select *, row_number() over (order by timestamp) as place from (
    select t.timestamp, t.id, t.debit_account_id, t.credit_account_id,
           case when t.flags & 10 <> 0 then 0 else t.amount end as amount,
           case when t.flags & 14 = 0 then 0
                when t.flags & 2 <> 0 then t.amount
                else -(select p.amount from ledger_transfers p where p.id = t.pending_id) end as held
      from ledger_transfers t
     where t.timestamp > done and t.timestamp <= until
    union all
    select r.timestamp, p.id, p.debit_account_id, p.credit_account_id, 0, -p.amount
      from ledger_resolutions r join ledger_transfers p on p.id = r.pending_id
     where r.state = 'expired' and r.timestamp > done and r.timestamp <= until
    ) as change
  ), whole as (
    select exists (select from moved where held <> 0) as has_held
  ), busy as (
    -- Told by every seventeenth change, where there are many: it matters for speed alone.
    select coalesce(array_agg(account_id), '{}') as accounts
      from (select account_id
              from (select debit_account_id as account_id from moved where place % thinned = 0
                    union all
                    select credit_account_id from moved where place % thinned = 0) as side
             group by account_id
            having count(*) * thinned >= greatest(busy_from, total / 8)) as counted
  ), entries as (
    select debit_account_id as account_id, timestamp, id, -amount as posted, held as held_debit, 0 as held_credit
      from moved where debit_account_id <> all ((select accounts from busy)::uuid[])
    union all
    select credit_account_id, timestamp, id, amount, 0, held
      from moved where credit_account_id <> all ((select accounts from busy)::uuid[])
     order by timestamp
  ), sparse as materialized (
    select account_id,
           array_agg(id) as ids,
           array_agg(timestamp) as timestamps,
           array_agg(posted) as posted,
           array_agg(held_debit) filter (where (select has_held from whole)) as held_debits,
           array_agg(held_credit) filter (where (select has_held from whole)) as held_credits,
           coalesce(-sum(posted) filter (where posted < 0), 0)::bigint as debits,
           coalesce(sum(posted) filter (where posted > 0), 0)::bigint as credits,
           coalesce(sum(held_debit) filter (where (select has_held from whole)), 0)::bigint as held_debits_sum,
           coalesce(sum(held_credit) filter (where (select has_held from whole)), 0)::bigint as held_credits_sum,
           coalesce(bool_or(held_debit <> 0 or held_credit <> 0)
                    filter (where (select has_held from whole)), false) as was_held
      from entries group by account_id
  ), dense as materialized (
    select account_id, place / 2048 as stretch,
           min(timestamp) as first_timestamp, max(timestamp) as last_timestamp, count(*)::integer as entries,
           coalesce(sum(amount) filter (where side < 0), 0)::bigint as debits,
           coalesce(sum(amount) filter (where side > 0), 0)::bigint as credits,
           coalesce(sum(held) filter (where side < 0), 0)::bigint as held_debits,
           coalesce(sum(held) filter (where side > 0), 0)::bigint as held_credits
      from (select debit_account_id as account_id, timestamp, place, amount, held, -1 as side
              from moved where debit_account_id = any ((select accounts from busy)::uuid[])
            union all
            select credit_account_id, timestamp, place, amount, held, 1
              from moved where credit_account_id = any ((select accounts from busy)::uuid[])) as entry
     group by account_id, stretch
  ), pieces as (
    -- Were the order ever lost, the null would stop it here; what is not indexed is read from the transfers.
    select s.account_id, s.timestamps[1] as first_timestamp,
           s.timestamps[cardinality(s.timestamps)] as last_timestamp,
           case when checked.in_order then cardinality(s.timestamps) end as entries,
           s.debits, s.credits, s.held_debits_sum, s.held_credits_sum, s.ids, s.timestamps, s.posted,
           case when s.was_held then s.held_debits end as held_debits,
           case when s.was_held then s.held_credits end as held_credits
      from sparse s
     cross join lateral (select coalesce(bool_and(moment < next), true) as in_order
                           from unnest(s.timestamps, s.timestamps[2:]) as pair (moment, next)
                          where next is not null) as checked
    union all
    select account_id, first_timestamp, last_timestamp, entries, debits, credits, held_debits, held_credits,
           null, null, null, null, null
      from dense
  )
  select p.account_id, p.first_timestamp, p.last_timestamp, p.entries,
         coalesce(h.debits_pending, 0) + (sum(p.held_debits_sum) over upto)::bigint,
         coalesce(h.debits_posted, 0) + (sum(p.debits) over upto)::bigint,
         coalesce(h.credits_pending, 0) + (sum(p.held_credits_sum) over upto)::bigint,
         coalesce(h.credits_posted, 0) + (sum(p.credits) over upto)::bigint,
         p.ids, p.timestamps, p.posted, p.held_debits, p.held_credits
    from pieces p
    left join lateral (select h.debits_pending, h.debits_posted, h.credits_pending, h.credits_posted
                         from ledger_history h
                        where h.account_id = p.account_id
                        order by h.first_timestamp desc limit 1) as h on true
  window upto as (partition by p.account_id order by p.first_timestamp);

  update ledger_history_head set until_timestamp = until;
  perform ledger_summarize();
  return cardinality(marks) = stretches_max;
end
$$;
