-- Reading an account's history forward, as a statement prints it, and many running totals at once.

-- The changes of an account in (after, upto], oldest first, at most `wanted`.
create function ledger_entries_after(account uuid, after bigint, upto bigint, wanted integer)
returns table (id uuid, "timestamp" bigint, posted bigint, held_debit bigint, held_credit bigint)
language plpgsql stable rows 500
as $$
declare
  indexed bigint;
  h       ledger_history;
  found   bigint;
begin
  select head.until_timestamp into strict indexed from ledger_history_head head;
  for h in
    select * from ledger_history row
     where row.account_id = account and row.first_timestamp <= upto and row.last_timestamp > after
       and row.first_timestamp >= coalesce((select max(before.first_timestamp) from ledger_history before
                                             where before.account_id = account and before.first_timestamp <= after), 0)
     order by row.first_timestamp limit wanted
  loop
    if h.ids is null then
      return query select * from ledger_changes(account, greatest(after, h.first_timestamp - 1),
                                                least(upto, h.last_timestamp)) c
                    order by c.timestamp limit wanted;
    else
      return query select e.id, e.at, e.moved, coalesce(e.debit, 0), coalesce(e.credit, 0)
                     from unnest(h.ids, h.timestamps, h.posted, h.held_debits, h.held_credits)
                       as e (id, at, moved, debit, credit)
                    where e.at > after and e.at <= upto order by e.at limit wanted;
    end if;
    get diagnostics found = row_count;
    wanted := wanted - found;
    if wanted <= 0 then return; end if;
  end loop;
  if upto > indexed then
    return query select * from ledger_changes(account, greatest(after, indexed), upto) c
                  order by c.timestamp limit wanted;
  end if;
end
$$;

-- What accounts had been debited and credited in all just after instants, in the order asked (`place` from 1).
create function ledger_posted_at(accounts uuid[], instants bigint[])
returns table (place bigint, debits_posted bigint, credits_posted bigint)
language sql stable rows 500
set max_parallel_workers_per_gather = 0 set jit = off
as $$
  with head as materialized (
    select until_timestamp as indexed from ledger_history_head
  ), asked as materialized (
    select * from unnest(accounts, instants) with ordinality as a (account, instant, place)
  ), tail as materialized (
    select t.timestamp, t.debit_account_id, t.credit_account_id, t.amount
      from ledger_transfers t
     where t.timestamp > (select indexed from head) and t.flags & 10 = 0
       and exists (select from asked where instant > (select indexed from head))
       and (t.debit_account_id = any(accounts) or t.credit_account_id = any(accounts))
  ), changes as (
    select debit_account_id as account, timestamp as at, amount as debit, 0::bigint as credit, null::bigint as place
      from tail
    union all
    select credit_account_id, timestamp, 0, amount, null from tail
    union all
    select account, instant, 0, 0, asked.place from asked where instant > (select indexed from head)
  ), fresh as (
    -- From today's totals back: less what came after the instant.
    select c.account, c.place,
           sum(c.debit) over before as debits, sum(c.credit) over before as credits
      from changes c
    window before as (partition by c.account order by c.at desc, c.place nulls last
                      rows between unbounded preceding and current row)
  )
  select f.place, (a.debits_posted - f.debits)::bigint, (a.credits_posted - f.credits)::bigint
    from fresh f join ledger_accounts a on a.id = f.account
   where f.place is not null
  union all
  select q.place, (h.debits_posted - later.debits)::bigint, (h.credits_posted - later.credits)::bigint
    from asked q
   cross join lateral (select * from ledger_history row
                        where row.account_id = q.account and row.first_timestamp <= q.instant
                        order by row.first_timestamp desc limit 1) as h
   cross join lateral (
     select coalesce(-sum(p.moved) filter (where p.moved < 0), 0) as debits,
            coalesce(sum(p.moved) filter (where p.moved > 0), 0) as credits
       from (select e.moved from unnest(h.timestamps, h.posted) as e (at, moved)
              where h.ids is not null and h.last_timestamp > q.instant and e.at > q.instant
             union all
             select c.posted from ledger_changes(q.account, q.instant, h.last_timestamp) as c
              where h.ids is null and h.last_timestamp > q.instant) as p) as later
   where q.instant <= (select indexed from head)
$$;

-- What today's balance of an account has more than its history leads to, from the first entry on: nothing, if all is well.
create function ledger_gap(account uuid) returns table (posted bigint, held bigint)
language sql stable
as $$
  with head as materialized (select until_timestamp as indexed from ledger_history_head),
       tail as (
         select coalesce(sum(c.posted), 0) as posted, coalesce(sum(c.held_debit), 0) as held
           from ledger_changes(account, (select indexed from head), 9223372036854775807) as c),
       known as (
         select h.credits_posted - h.debits_posted as posted, h.debits_pending as held
           from ledger_history h where h.account_id = account order by h.first_timestamp desc limit 1)
  select (a.credits_posted - a.debits_posted - coalesce((select k.posted from known k), 0) - tail.posted)::bigint,
         (a.debits_pending - coalesce((select k.held from known k), 0) - tail.held)::bigint
    from ledger_accounts a cross join tail where a.id = account
$$;
