-- Who gave most: in each live, on each day and in each week (Monday, UTC) of a creator, and ever. The relay adds what
-- was given since it last did, at most once a second, in the transaction that moves `ranked`: each gift counts once.

-- Places are read in the order (coins desc, reached). An index on the sum itself would be written with every gift;
-- the sum's power of two changes seldom, so updates stay on their page and touch no index.
create function supporter_level(coins bigint) returns smallint
language sql immutable parallel safe
as $$ select floor(ln(coins::double precision) / ln(2::double precision))::smallint $$;

-- No gift may be shown while the sums are made from those shown before.
lock table gift_relay in access exclusive mode;
-- Every gift committed up to here is in the sums of its sender.
alter table gift_relay add column ranked bigint not null default 0;
update gift_relay set ranked = relayed;

-- `reached`: the commit of the gift that made the sum. Among equals the first to reach it comes first; a commit is of
-- one gift alone, so no place is ever shared.
alter table gift_supporters
  add column reached bigint,
  add column level smallint generated always as (supporter_level(coins)) stored;
update gift_supporters s set reached = newest.reached
  from (select session_id, sender_id, max(committed) as reached from gifts
         where committed <= (select relayed from gift_relay) group by session_id, sender_id) as newest
 where newest.session_id = s.session_id and newest.sender_id = s.sender_id;
alter table gift_supporters alter column reached set not null;
create index gift_supporters_places on gift_supporters (session_id, level desc);

create table supporter_ranks (
  creator_id    uuid     not null,
  -- `day 2026-11-22`, `week 2026-11-16` (its Monday), `all`.
  period        text     collate "C" not null check (period ~ '^(all|(day|week) \d{4}-\d\d-\d\d)$'),
  sender_id     uuid     not null,
  coins         bigint   not null check (coins > 0),
  diamond_units bigint   not null,
  gifts         bigint   not null,
  reached       bigint   not null,
  level         smallint generated always as (supporter_level(coins)) stored,
  primary key (creator_id, period, sender_id)
) with (fillfactor = 70);

insert into supporter_ranks (creator_id, period, sender_id, coins, diamond_units, gifts, reached)
select creator_id, period, sender_id, sum(coins), sum(diamond_units), sum(quantity), max(committed)
  from gifts
 cross join lateral (values
   ('day ' || to_char(sent_at at time zone 'UTC', 'YYYY-MM-DD')),
   ('week ' || to_char(date_trunc('week', sent_at at time zone 'UTC'), 'YYYY-MM-DD')),
   ('all')) as counted (period)
 where committed <= (select relayed from gift_relay)
 group by creator_id, period, sender_id;
create index supporter_ranks_places on supporter_ranks (creator_id, period, level desc);

-- What a live brought in each minute (of sending, UTC) by each gift of the catalogue, added up with the session.
create table gift_minutes (
  session_id    uuid        not null,
  minute        timestamptz not null,
  catalogue_id  text        not null,
  coins         bigint      not null,
  diamond_units bigint      not null,
  gifts         bigint      not null,
  primary key (session_id, minute, catalogue_id)
) with (fillfactor = 70);

insert into gift_minutes (session_id, minute, catalogue_id, coins, diamond_units, gifts)
select session_id, date_trunc('minute', sent_at, 'UTC'), catalogue_id, sum(coins), sum(diamond_units), sum(quantity)
  from gifts where committed <= (select relayed from gift_relay)
 group by 1, 2, 3;
