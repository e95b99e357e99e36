-- An account that takes part in an eighth of all transfers of a stretch is found by reading the transfers there, as
-- fast as by an array of its own. So a busy account gets a row without arrays for each stretch; that spares most of
-- the cost of indexing, for of the four sides of a gift three are such accounts.
alter table ledger_history
  alter column ids drop not null,
  alter column timestamps drop not null,
  alter column posted drop not null;
alter table ledger_history add constraint arrays_come_together
  check ((ids is null) = (timestamps is null) and (ids is null) = (posted is null));

-- What changed an account in (after, until], in no order.
drop function ledger_tail(uuid, bigint);
create function ledger_changes(account uuid, after bigint, until bigint)
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
   where t.timestamp > after and t.timestamp <= until
     and (t.debit_account_id = account or t.credit_account_id = account)
  union all
  select p.id, r.timestamp, 0::bigint,
         case when p.debit_account_id = account then -p.amount else 0 end,
         case when p.credit_account_id = account then -p.amount else 0 end
    from ledger_resolutions r join ledger_transfers p on p.id = r.pending_id
   where r.state = 'expired' and r.timestamp > after and r.timestamp <= until
     and (p.debit_account_id = account or p.credit_account_id = account);
end
$$;

drop function ledger_index_history(integer);
-- Indexes the next stretches, as far as there are any, and returns whether there are more. An account with fewer than
-- `busy_from` entries is never a busy one.
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
  thinned := case when busy_from >= 256 then 15 else 0 end;

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
     where t.timestamp > done and t.timestamp <= until
    union all
    select r.timestamp, p.id, p.debit_account_id, p.credit_account_id, 0, -p.amount
      from ledger_resolutions r join ledger_transfers p on p.id = r.pending_id
     where r.state = 'expired' and r.timestamp > done and r.timestamp <= until
  ), whole as (
    select exists (select from moved where held <> 0) as has_held
  ), busy as (
    -- Told by every sixteenth pair of moments, where there are many: it matters for speed alone.
    select coalesce(array_agg(account_id), '{}') as accounts
      from (select account_id
              from (select debit_account_id as account_id from moved where (timestamp / 2) & thinned = 0
                    union all
                    select credit_account_id from moved where (timestamp / 2) & thinned = 0) as side
             group by account_id
            having count(*) * (thinned + 1) >= greatest(busy_from, total / 8)) as counted
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
    select account_id, width_bucket(timestamp - 1, marks) as stretch,
           min(timestamp) as first_timestamp, max(timestamp) as last_timestamp, count(*)::integer as entries,
           coalesce(sum(amount) filter (where side < 0), 0)::bigint as debits,
           coalesce(sum(amount) filter (where side > 0), 0)::bigint as credits,
           coalesce(sum(held) filter (where side < 0), 0)::bigint as held_debits,
           coalesce(sum(held) filter (where side > 0), 0)::bigint as held_credits
      from (select debit_account_id as account_id, timestamp, amount, held, -1 as side
              from moved where debit_account_id = any ((select accounts from busy)::uuid[])
            union all
            select credit_account_id, timestamp, amount, held, 1
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

-- The last changes of an account before an instant, at most `wanted`, in slices that are newest first; in a slice they
-- are in order of time. The counters are those after the last change of the slice.
create or replace function ledger_entries_before(account uuid, before bigint, wanted integer)
returns table (
  ids uuid[], timestamps bigint[], posted bigint[], held_debits bigint[], held_credits bigint[],
  debits_pending bigint, debits_posted bigint, credits_pending bigint, credits_posted bigint
)
language plpgsql stable
as $$
declare
  indexed bigint;
  h       ledger_history;
  reach   integer;
  low     integer;
  later   record;
begin
  select head.until_timestamp into strict indexed from ledger_history_head head;

  -- What is not indexed: up to today's balance.
  if before > indexed then
    select a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted
      into debits_pending, debits_posted, credits_pending, credits_posted
      from ledger_accounts a where a.id = account;
    if not found then return; end if;
    select * into ids, timestamps, posted, held_debits, held_credits,
                  debits_pending, debits_posted, credits_pending, credits_posted
      from ledger_read_slice(account, indexed, 9223372036854775807, before, wanted,
                             debits_pending, debits_posted, credits_pending, credits_posted);
    if ids is not null then
      return next;
      wanted := wanted - cardinality(ids);
    end if;
  end if;

  -- What is indexed: only as many rows as it takes, and of each only what is asked for.
  before := least(before, indexed + 1);
  if wanted <= 0 then return; end if;
  for h in
    select * from ledger_history row
     where row.account_id = account and row.first_timestamp < before
     order by row.first_timestamp desc limit wanted
  loop
    if h.ids is null then
      select * into ids, timestamps, posted, held_debits, held_credits,
                    debits_pending, debits_posted, credits_pending, credits_posted
        from ledger_read_slice(account, h.first_timestamp - 1, h.last_timestamp, before, wanted,
                               h.debits_pending, h.debits_posted, h.credits_pending, h.credits_posted);
    else
      reach := h.entries;
      if h.last_timestamp >= before then reach := width_bucket(before - 1, h.timestamps); end if;
      low := greatest(1, reach - wanted + 1);
      ids := h.ids[low:reach];
      timestamps := h.timestamps[low:reach];
      posted := h.posted[low:reach];
      held_debits := h.held_debits[low:reach];
      held_credits := h.held_credits[low:reach];
      debits_pending := h.debits_pending;
      debits_posted := h.debits_posted;
      credits_pending := h.credits_pending;
      credits_posted := h.credits_posted;
      if reach < h.entries then
        select coalesce(-sum(p) filter (where p < 0), 0)::bigint as debits,
               coalesce(sum(p) filter (where p > 0), 0)::bigint as credits,
               coalesce(sum(d), 0)::bigint as held_debits,
               coalesce(sum(c), 0)::bigint as held_credits
          into later
          from unnest(h.posted[reach + 1:], h.held_debits[reach + 1:], h.held_credits[reach + 1:]) as part (p, d, c);
        debits_pending := debits_pending - later.held_debits;
        debits_posted := debits_posted - later.debits;
        credits_pending := credits_pending - later.held_credits;
        credits_posted := credits_posted - later.credits;
      end if;
    end if;
    return next;
    wanted := wanted - cardinality(ids);
    exit when wanted <= 0;
  end loop;
end
$$;

-- One slice read from the transfers of (after, until]: the last `wanted` changes before an instant, and the counters
-- after them, given those at the end of the stretch. No row: nothing changed the account before that instant there.
create function ledger_read_slice(
  account uuid, after bigint, until bigint, before bigint, wanted integer,
  debits_pending_then bigint, debits_posted_then bigint, credits_pending_then bigint, credits_posted_then bigint
)
returns table (
  ids uuid[], timestamps bigint[], posted bigint[], held_debits bigint[], held_credits bigint[],
  debits_pending bigint, debits_posted bigint, credits_pending bigint, credits_posted bigint
)
language sql stable rows 1
as $$
  with changes as materialized (select * from ledger_changes(account, after, until)),
       page as (select * from changes c where c.timestamp < before order by c.timestamp desc limit wanted),
       slice as (
         select array_agg(p.id order by p.timestamp) as ids,
                array_agg(p.timestamp order by p.timestamp) as timestamps,
                array_agg(p.posted order by p.timestamp) as posted,
                array_agg(p.held_debit order by p.timestamp) as held_debits,
                array_agg(p.held_credit order by p.timestamp) as held_credits
           from page p),
       later as (
         select coalesce(-sum(c.posted) filter (where c.posted < 0), 0)::bigint as debits,
                coalesce(sum(c.posted) filter (where c.posted > 0), 0)::bigint as credits,
                coalesce(sum(c.held_debit), 0)::bigint as held_debits,
                coalesce(sum(c.held_credit), 0)::bigint as held_credits
           from changes c where c.timestamp >= before)
  select slice.*,
         debits_pending_then - later.held_debits, debits_posted_then - later.debits,
         credits_pending_then - later.held_credits, credits_posted_then - later.credits
    from slice cross join later where slice.ids is not null
$$;
