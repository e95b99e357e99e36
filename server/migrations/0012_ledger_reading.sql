-- Reading history takes one function that the server plans once per connection; planning its parts anew for
-- each question cost more than answering it.
drop function ledger_history_slices(uuid, bigint, integer);

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
  found   integer := 0;
begin
  select h.until_timestamp into strict indexed from ledger_history_head h;

  -- What is not indexed: today's balance, less all that came after the slice.
  if before > indexed then
    for ids, timestamps, posted, held_debits, held_credits,
        debits_pending, debits_posted, credits_pending, credits_posted in
      with tail as materialized (select * from ledger_tail(account, indexed)),
           page as (select * from tail t where t.timestamp < before order by t.timestamp desc limit wanted),
           slice as (
             select array_agg(p.id order by p.timestamp) as ids,
                    array_agg(p.timestamp order by p.timestamp) as timestamps,
                    array_agg(p.posted order by p.timestamp) as posted,
                    array_agg(p.held_debit order by p.timestamp) as held_debits,
                    array_agg(p.held_credit order by p.timestamp) as held_credits
               from page p),
           later as (
             select coalesce(-sum(t.posted) filter (where t.posted < 0), 0)::bigint as debits,
                    coalesce(sum(t.posted) filter (where t.posted > 0), 0)::bigint as credits,
                    coalesce(sum(t.held_debit), 0)::bigint as held_debits,
                    coalesce(sum(t.held_credit), 0)::bigint as held_credits
               from tail t where t.timestamp >= before)
      select slice.*, a.debits_pending - later.held_debits, a.debits_posted - later.debits,
             a.credits_pending - later.held_credits, a.credits_posted - later.credits
        from slice cross join later join ledger_accounts a on a.id = account
       where slice.ids is not null
    loop
      found := cardinality(ids);
      return next;
    end loop;
  end if;
  if found >= wanted then return; end if;
  wanted := wanted - found;
  before := least(before, indexed + 1);

  -- What is indexed: only as many rows as it takes, and of each only what is asked for.
  return query
  select h.ids[lo:hi], h.timestamps[lo:hi], h.posted[lo:hi], h.held_debits[lo:hi], h.held_credits[lo:hi],
         h.debits_pending - later.held_debits, h.debits_posted - later.debits,
         h.credits_pending - later.held_credits, h.credits_posted - later.credits
    from (select h.*, hi, greatest(1, hi - wanted + 1) as lo,
                 sum(hi) over (order by h.first_timestamp desc) - hi as newer
            from (select * from ledger_history h
                   where h.account_id = account and h.first_timestamp < before
                   order by h.first_timestamp desc limit wanted) as h
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
   order by h.first_timestamp desc;
end
$$;
