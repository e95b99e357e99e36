-- One row per accepted request, written in the same commit as its two transfers: id with the last digit 1 is the
-- Coin leg, with 2 the Diamond leg. No foreign keys: a check per row against the one row of a hot creator costs
-- a lock that every gift of the room would share, and the ledger already refuses accounts that do not exist.
create table gifts (
  id             uuid        primary key,
  -- The ledger's timestamp of the Coin leg: gifts in this order are gifts in the order of their commits.
  committed      bigint      not null,
  sent_at        timestamptz not null,
  matures_at     timestamptz not null,
  stage_id       uuid        not null,
  session_id     uuid        not null,
  sender_id      uuid        not null,
  creator_id     uuid        not null,
  catalogue_id   text        not null,
  quantity       integer     not null check (quantity > 0),
  coins          bigint      not null check (coins > 0),
  diamond_units  bigint      not null check (diamond_units >= 0),
  -- A streak is its sender and the id the client made for it; the row covers its counts (from, to].
  streak_id      uuid,
  streak_from    integer     not null,
  streak_to      integer     not null check (streak_to - streak_from = quantity),
  policy_version integer     not null,
  rate_version   integer     not null,
  -- What was asked for, hashed: the same id with another hash is another request.
  request_hash   bigint      not null
);
create unique index gifts_committed on gifts (committed);
-- Maturity dates grow with the table, so block ranges find the due gifts; a tree would cost every gift an entry.
create index gifts_matures on gifts using brin (matures_at) with (pages_per_range = 32, autosummarize = on);
select carat_append_only('gifts');

-- Requests that the ledger refused for good: the same key is told the same again, whatever was bought since.
create table gift_refusals (
  id           uuid        primary key,
  sender_id    uuid        not null,
  request_hash bigint      not null,
  -- The count a streak would have had; 0 for a single gift.
  streak_to    integer     not null,
  coins_needed bigint      not null,
  coins_had    bigint      not null,
  refused_at   timestamptz not null
);
select carat_append_only('gift_refusals');

-- Who has matured, by which transfer.
create table gift_maturities (
  gift_id     uuid        primary key,
  transfer_id uuid        not null,
  matured_at  timestamptz not null
);
select carat_append_only('gift_maturities');

-- How far maturity has come: every gift due up to here has matured. One row.
create table gift_maturity_mark (
  only_row   boolean     primary key default true check (only_row),
  swept_to   timestamptz not null
);
insert into gift_maturity_mark (swept_to) values ('2000-01-01T00:00:00Z');
