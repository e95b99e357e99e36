-- What a browser source in a creator's streaming program opens the creator's overlays with. Only the SHA-256 of the
-- secret is kept: who reads this table cannot use it.
create table overlay_keys (
  id         uuid        primary key,
  creator_id uuid        not null references users (id),
  name       text        not null check (name <> ''),
  hash       bytea       not null check (octet_length(hash) = 32),
  -- The last characters, for the creator to tell one key from another.
  ends_with  text        not null,
  -- Whether programs may send test events with it.
  may_test   boolean     not null,
  made_at    timestamptz not null
);
create index overlay_keys_of_creator on overlay_keys (creator_id, made_at desc);
select carat_append_only('overlay_keys');

-- A key is revoked for good.
create table overlay_key_ends (
  key_id   uuid        primary key references overlay_keys (id),
  ended_at timestamptz not null
);
select carat_append_only('overlay_key_ends');

-- Apart from the key, because it is written while an overlay is open.
create table overlay_key_uses (
  key_id  uuid        primary key references overlay_keys (id),
  seen_at timestamptz not null
) with (fillfactor = 50);

-- How a creator wants one kind of overlay; no row = as everybody's.
create table overlay_settings (
  creator_id uuid        not null references users (id),
  source     text        not null check (source in ('alerts', 'goal', 'leaderboard', 'match', 'question', 'ticker')),
  -- Grows with every change, so that open overlays see that there was one.
  version    integer     not null check (version > 0),
  settings   jsonb       not null,
  set_at     timestamptz not null,
  primary key (creator_id, source)
);

-- The alerts that an overlay began to show of late, so that one that is opened again goes on where it was.
create table overlay_plays (
  key_id   uuid        not null references overlay_keys (id),
  -- What it shows: a streak or a single event.
  alert    text        not null,
  began_at timestamptz not null,
  done_at  timestamptz,
  primary key (key_id, alert)
);
