-- A creator's live room. Its id is also the id of the room where its events go.
create table stages (
  id         uuid primary key,
  creator_id uuid not null unique references users (id),
  opened_at  timestamptz not null
);

-- One row per live. A stage is live while it has a session without an end.
create table stage_sessions (
  id         uuid primary key,
  stage_id   uuid not null references stages (id),
  title      text not null check (title <> ''),
  hashtags   text[] not null,
  category   text,
  -- What is drawn while there is no video.
  scene      text not null check (scene in ('lamp', 'kitchen', 'galaxy', 'garden', 'arcade', 'studio')),
  started_at timestamptz not null,
  ended_at   timestamptz check (ended_at >= started_at)
);
create unique index stage_sessions_one_live on stage_sessions (stage_id) where ended_at is null;
create index stage_sessions_by_start on stage_sessions (stage_id, started_at desc);
revoke delete, truncate on stage_sessions from carat_app;

-- Apart from the session, because it is written every second while people like.
create table stage_likes (
  session_id uuid primary key references stage_sessions (id),
  likes      bigint not null check (likes >= 0)
) with (fillfactor = 50);

-- What a creator collects for. The newest goal of a session that has not ended is the one in force.
create table stage_goals (
  id           uuid primary key,
  session_id   uuid not null references stage_sessions (id),
  title        text not null check (title <> ''),
  target_units bigint not null check (target_units > 0),
  -- What the session had brought when the goal was set: progress counts from there.
  from_units   bigint not null check (from_units >= 0),
  set_at       timestamptz not null
);
create index stage_goals_by_session on stage_goals (session_id, set_at desc);
select carat_append_only('stage_goals');

create table stage_goal_ends (
  goal_id  uuid primary key references stage_goals (id),
  ended_at timestamptz not null
);
select carat_append_only('stage_goal_ends');

-- The line that stays above the chat; the newest one of a session that was not taken down.
create table stage_pins (
  id         uuid primary key,
  session_id uuid not null references stage_sessions (id),
  text       text not null check (text <> ''),
  pinned_at  timestamptz not null
);
create index stage_pins_by_session on stage_pins (session_id, pinned_at desc);
select carat_append_only('stage_pins');

create table stage_pin_ends (
  pin_id   uuid primary key references stage_pins (id),
  ended_at timestamptz not null
);
select carat_append_only('stage_pin_ends');

create table chat_lines (
  id         uuid primary key,
  session_id uuid not null references stage_sessions (id),
  user_id    uuid not null references users (id),
  -- What the sender's client knows it by: the same key again is the same line.
  key        text not null,
  text       text not null check (text <> ''),
  said_at    timestamptz not null,
  -- By the database's clock, which all server processes share.
  kept_at    timestamptz not null default clock_timestamp(),
  unique (user_id, key)
);
create index chat_lines_of_session on chat_lines (session_id, kept_at desc, id desc);
revoke update, truncate on chat_lines from carat_app;
