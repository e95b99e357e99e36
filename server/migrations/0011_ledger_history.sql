-- Statements and balances of the past, without an index on the hot table. Whoever indexes history turns each
-- stretch of transfers (see ledger_marks) into one row per account: a hot account costs no more than a cold one.
-- What came after the last stretch is read from the transfers themselves, so an answer is always complete.
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
  -- One element per entry, in order of time. An entry is a transfer, or the expiry of the pending transfer with
  -- this id (then its timestamp is not the transfer's).
  ids             uuid[] not null,
  timestamps      bigint[] not null,
  -- What the entry changed: posted credits are positive and posted debits negative.
  posted          bigint[] not null,
  -- Left out where nothing was pending in the stretch.
  held_debits     bigint[],
  held_credits    bigint[],
  primary key (account_id, first_timestamp)
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

-- Indexes the next stretches, as far as there are any, and returns whether there are more.
-- Grouping by hash keeps the order of its input, so one sort by time, nearly sorted already, does for all accounts.
create function ledger_index_history(stretches_max integer) returns boolean
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
set max_parallel_workers_per_gather = 0 set jit = off set work_mem = '64MB'
as $$
declare
  done bigint;
  mark record;
begin
  -- One at a time, whichever process; who comes second has nothing to wait for.
  if not pg_try_advisory_xact_lock(hashtext('ledger_history')) then return false; end if;
  select until_timestamp into strict done from ledger_history_head;
  -- Several stretches at once while there is much to catch up with: fewer and longer rows.
  select max(until_timestamp) as until_timestamp, count(*) as stretches into mark
    from (select until_timestamp from ledger_marks
           where until_timestamp > done order by until_timestamp limit stretches_max) as next;
  if mark.until_timestamp is null then return false; end if;

  insert into ledger_history
         (account_id, first_timestamp, last_timestamp, entries,
          debits_pending, debits_posted, credits_pending, credits_posted,
          ids, timestamps, posted, held_debits, held_credits)
  with moved as materialized (
    select t.timestamp, t.id, t.debit_account_id, t.credit_account_id,
           case when t.flags & 10 <> 0 then 0 else t.amount end as amount,
           case when t.flags & 14 = 0 then 0
                when t.flags & 2 <> 0 then t.amount
                else -(select p.amount from ledger_transfers p where p.id = t.pending_id) end as held
      from ledger_transfers t
     where t.timestamp > done and t.timestamp <= mark.until_timestamp
    union all
    select r.timestamp, p.id, p.debit_account_id, p.credit_account_id, 0, -p.amount
      from ledger_resolutions r join ledger_transfers p on p.id = r.pending_id
     where r.state = 'expired' and r.timestamp > done and r.timestamp <= mark.until_timestamp
  ), two_phase as (
    -- Rare; a stretch without any is spared its columns.
    select coalesce(bool_or(held <> 0), false) as seen from moved
  ), entries as (
    select debit_account_id as account_id, timestamp, id, -amount as posted, held as held_debit, 0 as held_credit
      from moved
    union all
    select credit_account_id, timestamp, id, amount, 0, held from moved
     order by timestamp
  ), stretches as materialized (
    select account_id,
           array_agg(id) as ids,
           array_agg(timestamp) as timestamps,
           array_agg(posted) as posted,
           array_agg(held_debit) filter (where (select seen from two_phase)) as held_debits,
           array_agg(held_credit) filter (where (select seen from two_phase)) as held_credits
      from entries group by account_id
  ), pieces as (
    -- A hot account gets several rows, so that a reader never opens more than 4,096 entries to find one.
    select s.account_id, first,
           s.ids[first:first + 4095] as ids,
           s.timestamps[first:first + 4095] as timestamps,
           s.posted[first:first + 4095] as posted,
           s.held_debits[first:first + 4095] as held_debits,
           s.held_credits[first:first + 4095] as held_credits
      from stretches s cross join lateral generate_series(1, cardinality(s.ids), 4096) as first
  )
  -- Were the order ever lost, the null would stop it here; what is not indexed is read from the transfers.
  select p.account_id, p.timestamps[1], p.timestamps[cardinality(p.timestamps)],
         case when sums.in_order then cardinality(p.timestamps) end,
         coalesce(h.debits_pending, 0) + (sum(sums.held_debits) over upto)::bigint,
         coalesce(h.debits_posted, 0) + (sum(sums.debits) over upto)::bigint,
         coalesce(h.credits_pending, 0) + (sum(sums.held_credits) over upto)::bigint,
         coalesce(h.credits_posted, 0) + (sum(sums.credits) over upto)::bigint,
         p.ids, p.timestamps, p.posted,
         case when sums.has_held then p.held_debits end,
         case when sums.has_held then p.held_credits end
    from pieces p
   cross join lateral (
         select coalesce(-sum(posted) filter (where posted < 0), 0)::bigint as debits,
                coalesce(sum(posted) filter (where posted > 0), 0)::bigint as credits,
                coalesce(sum(held_debit), 0)::bigint as held_debits,
                coalesce(sum(held_credit), 0)::bigint as held_credits,
                coalesce(bool_or(held_debit <> 0 or held_credit <> 0), false) as has_held,
                bool_and(next is null or timestamp < next) as in_order
           from unnest(p.posted, p.held_debits, p.held_credits, p.timestamps, p.timestamps[2:])
                as part (posted, held_debit, held_credit, timestamp, next)) as sums
    left join lateral (select h.debits_pending, h.debits_posted, h.credits_pending, h.credits_posted
                         from ledger_history h
                        where h.account_id = p.account_id
                        order by h.first_timestamp desc limit 1) as h on true
  window upto as (partition by p.account_id order by p.first);
  update ledger_history_head set until_timestamp = mark.until_timestamp;
  perform ledger_summarize();
  return mark.stretches = stretches_max;
end
$$;

-- What changed an account since the last indexed stretch, in no order.
create function ledger_tail(account uuid, after bigint)
returns table (id uuid, "timestamp" bigint, posted bigint, held_debit bigint, held_credit bigint)
language plpgsql stable rows 100
set enable_seqscan = off set max_parallel_workers_per_gather = 0 set jit = off
as $$
begin
  return query
  select t.id, t.timestamp,
         case when t.flags & 10 <> 0 then 0 when t.debit_account_id = account then -t.amount else t.amount end,
         case when t.flags & 14 = 0 or t.debit_account_id <> account then 0
              when t.flags & 2 <> 0 then t.amount
              else -(select p.amount from ledger_transfers p where p.id = t.pending_id) end,
         case when t.flags & 14 = 0 or t.credit_account_id <> account then 0
              when t.flags & 2 <> 0 then t.amount
              else -(select p.amount from ledger_transfers p where p.id = t.pending_id) end
    from ledger_transfers t
   where t.timestamp > after and (t.debit_account_id = account or t.credit_account_id = account)
  union all
  select p.id, r.timestamp, 0::bigint,
         case when p.debit_account_id = account then -p.amount else 0 end,
         case when p.credit_account_id = account then -p.amount else 0 end
    from ledger_resolutions r join ledger_transfers p on p.id = r.pending_id
   where r.state = 'expired' and r.timestamp > after
     and (p.debit_account_id = account or p.credit_account_id = account);
end
$$;

-- The last indexed entries of an account before an instant, newest stretch first: at most `wanted` of each, and
-- only as many stretches as that takes. The counters are those after the last entry of each slice.
create function ledger_history_slices(account uuid, before bigint, wanted integer)
returns table (
  ids uuid[], timestamps bigint[], posted bigint[], held_debits bigint[], held_credits bigint[],
  debits_pending bigint, debits_posted bigint, credits_pending bigint, credits_posted bigint
)
language sql stable as $$
  select h.ids[lo:hi], h.timestamps[lo:hi], h.posted[lo:hi], h.held_debits[lo:hi], h.held_credits[lo:hi],
         h.debits_pending - later.held_debits, h.debits_posted - later.debits,
         h.credits_pending - later.held_credits, h.credits_posted - later.credits
    from (select h.*, hi, greatest(1, hi - wanted + 1) as lo,
                 sum(hi) over (order by first_timestamp desc) - hi as newer
            from (select * from ledger_history
                   where account_id = account and first_timestamp < before
                   order by first_timestamp desc limit wanted) as h
           cross join lateral (select case when h.last_timestamp < before then h.entries
                                           else width_bucket(before - 1, h.timestamps) end as hi) as reach
         ) as h
   cross join lateral (
     select coalesce(-sum(p) filter (where p < 0), 0)::bigint as debits,
            coalesce(sum(p) filter (where p > 0), 0)::bigint as credits,
            coalesce(sum(d), 0)::bigint as held_debits,
            coalesce(sum(c), 0)::bigint as held_credits
       from unnest(case when hi < h.entries then h.posted[hi + 1:] end,
                   case when hi < h.entries then h.held_debits[hi + 1:] end,
                   case when hi < h.entries then h.held_credits[hi + 1:] end) as later (p, d, c)
   ) as later
   where newer < wanted
   order by h.first_timestamp desc
$$;
