-- Places among supporters count gifts whose payment stayed. What was taken back of a gift before it matured stands in
-- `earning_reversals`; what had matured stays its creator's, and stands here when its payment is lost.
create table earning_unpaid (
  earning_id    uuid        not null,
  recall_id     uuid        not null references recalls (id),
  creator_id    uuid        not null,
  -- Of the gift: so much of its price was never paid for in the end, and so many of its Diamonds the house bears.
  coins         bigint      not null check (coins > 0),
  diamond_units bigint      not null check (diamond_units >= 0),
  at            timestamptz not null,
  primary key (earning_id, recall_id)
);
create index earning_unpaid_of_recall on earning_unpaid (recall_id);
create index earning_unpaid_of_creator on earning_unpaid (creator_id);
select carat_append_only('earning_unpaid');

-- Gifts whose part in the places is to be looked at again: a queue, not a record, filled by the commit that takes a payment
-- back or brings it back.
create table supporter_recounts (
  place      bigint generated always as identity primary key,
  earning_id uuid   not null
);
insert into supporter_recounts (earning_id) select distinct earning_id from earning_reversals;

-- What of a gift is in no place, as far as the queue was followed. The sums of its sender are without it.
create table supporter_uncounted (
  gift_id       uuid   primary key,
  coins         bigint not null check (coins >= 0),
  diamond_units bigint not null check (diamond_units >= 0),
  gifts         bigint not null check (gifts >= 0)
);
revoke delete, truncate on supporter_uncounted from carat_app;

-- Somebody of whom everything was taken back keeps their row and stands in no list: should it be paid after all, they have
-- their place again, with the commit that had made it.
create or replace function supporter_level(coins bigint) returns smallint
language sql immutable parallel safe
as $$ select case when coins > 0 then floor(ln(coins::double precision) / ln(2::double precision)) else -1 end::smallint $$;
alter table supporter_ranks drop constraint supporter_ranks_coins_check;
alter table supporter_ranks add constraint supporter_ranks_coins_check check (coins >= 0);
