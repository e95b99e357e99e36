-- Lives that creators announce. One is over when it was canceled or begun.
create table scheduled_lives (
  id        uuid primary key,
  stage_id  uuid not null references stages (id),
  title     text not null check (title <> ''),
  starts_at timestamptz not null,
  made_at   timestamptz not null
);
create index scheduled_lives_by_start on scheduled_lives (starts_at, id);
create index scheduled_lives_of_stage on scheduled_lives (stage_id, starts_at);
select carat_append_only('scheduled_lives');

create table scheduled_live_ends (
  scheduled_id uuid primary key references scheduled_lives (id),
  -- The live that it became; null = it was canceled.
  session_id   uuid references stage_sessions (id),
  at           timestamptz not null
);
select carat_append_only('scheduled_live_ends');

-- Who asked to be told when it begins.
create table live_reminders (
  scheduled_id uuid not null references scheduled_lives (id),
  user_id      uuid not null references users (id),
  at           timestamptz not null,
  primary key (scheduled_id, user_id)
);

-- Lives whose followers were told that they began: each once, by whichever process comes first.
create table live_announcements (
  session_id uuid primary key references stage_sessions (id),
  at         timestamptz not null
);
select carat_append_only('live_announcements');

-- What a person should know of, newest first. The same thing again (`topic`) takes the place of the one before.
create table notices (
  id      uuid primary key,
  user_id uuid not null references users (id),
  topic   text not null check (topic <> ''),
  kind    text not null check (kind <> ''),
  title   text not null check (title <> ''),
  text    text not null,
  -- A page of the site.
  link    text not null check (link like '/%'),
  -- Whose picture stands beside it.
  about   uuid references users (id),
  at      timestamptz not null,
  read_at timestamptz,
  -- By the database's clock, which all server processes share.
  kept_at timestamptz not null default clock_timestamp(),
  unique (user_id, topic)
);
create index notices_of_person on notices (user_id, at desc, id desc);
create index notices_by_keeping on notices (kept_at);
