-- What changed an account in (after, until], in no order.
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

-- Reading history takes this one function, which the server plans once per connection: planning its parts anew for
-- each question cost more than answering it.
-- The last changes of an account before an instant, at most `wanted`, in slices that are newest first; in a slice they
-- are in order of time. The counters are those after the last change of the slice.
create function ledger_entries_before(account uuid, before bigint, wanted integer)
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
