-- What can be given. An id has one name and one price for ever: a new price is a new id, so that a receipt, an
-- event and a statement of last year still say what was paid.
create table gift_catalogue (
  id          text        primary key check (id ~ '^[a-z][a-z0-9_]{0,39}$'),
  name        text        not null check (char_length(name) between 1 and 40),
  -- 1 Spark, 2 Glow, 3 Shine, 4 Brilliant, 5 Legend.
  tier        smallint    not null check (tier between 1 and 5),
  price_coins bigint      not null check (price_coins between 1 and 1000000),
  -- File stem of the picture: the code points of an emoji.
  art         text        not null check (art ~ '^[0-9a-f]+(-[0-9a-f]+)*$'),
  -- The shelves of the tray it stands on, and its place on each of them.
  tabs        text[]      not null check (cardinality(tabs) > 0),
  place       integer     not null,
  keywords    text[]      not null default '{}',
  added_at    timestamptz not null default now()
);
select carat_append_only('gift_catalogue');

-- When a gift can be sent. The newest row of a gift counts; taking a gift off the tray adds a row with an end.
create table gift_windows (
  no         bigint      generated always as identity primary key,
  gift_id    text        not null references gift_catalogue (id),
  valid_from timestamptz not null,
  -- `null` = until further notice. Not included.
  valid_until timestamptz check (valid_until > valid_from),
  reason     text        not null,
  set_at     timestamptz not null default now()
);
create index gift_windows_newest on gift_windows (gift_id, no desc);
select carat_append_only('gift_windows');
