-- A match between creators who are live together. What it was asked as, who plays, its start and its end are rows that
-- never change; what is open stands in open_matches, and goes when it ends.
create table matches (
  id             uuid        primary key,
  asked_by       uuid        not null,
  asked_at       timestamptz not null,
  expires_at     timestamptz not null,
  seconds        integer     not null check (seconds > 0),
  policy_version integer     not null
);
select carat_append_only('matches');

create table match_sides (
  match_id    uuid        not null references matches,
  user_id     uuid        not null,
  place       integer     not null,
  stage_id    uuid        not null,
  session_id  uuid        not null,
  accepted_at timestamptz,
  -- Coins of the gifts that count, added up by the relay while it runs and counted anew at the end.
  coins       bigint      not null default 0 check (coins >= 0),
  -- The coins that the stages were told last.
  told        bigint      not null default 0,
  primary key (match_id, user_id),
  unique (match_id, place)
) with (fillfactor = 70);

-- Asked for, or running. The row is what is locked to change a match.
create table open_matches (
  match_id   uuid        primary key references matches,
  is_running boolean     not null default false,
  told_at    timestamptz not null default '-infinity'
);

-- Nobody is in two matches at once: the key says so.
create table open_match_sides (
  user_id  uuid primary key,
  match_id uuid not null references open_matches on delete cascade
);
create index open_match_sides_of on open_match_sides (match_id);

-- Gifts committed after from_committed count.
create table match_starts (
  match_id       uuid        primary key references matches,
  started_at     timestamptz not null,
  ends_at        timestamptz not null,
  from_committed bigint      not null
);
select carat_append_only('match_starts');

-- Gifts committed up to to_committed count.
create table match_ends (
  match_id     uuid        primary key references match_starts,
  ended_at     timestamptz not null,
  to_committed bigint      not null,
  -- Its time was over; a side left the others, ended their live, or stopped the match.
  why          text        not null check (why in ('time', 'left', 'live_ended', 'stopped')),
  by_id        uuid,
  -- Null: a draw, or it ended before its time.
  winner_id    uuid,
  check ((why = 'time') = (by_id is null)),
  check (winner_id is null or why = 'time')
);
select carat_append_only('match_ends');

-- Those that never began.
create table match_cancels (
  match_id uuid        primary key references matches,
  at       timestamptz not null,
  why      text        not null check (why in ('declined', 'withdrawn', 'expired', 'live_ended')),
  by_id    uuid
);
select carat_append_only('match_cancels');
