-- How a creator wants their room: one row per stage that ever changed something.
create table stage_rooms (
  stage_id     uuid primary key references stages (id),
  -- Grows with every change of the room's rules, moderators, mutes and bans: who remembers them knows when to read again.
  version      bigint not null default 1,
  -- Seconds between two messages of one person; 0 = only what the policy asks.
  slow_seconds integer not null default 0 check (slow_seconds between 0 and 600),
  -- As the creator wrote them.
  filter_words text[] not null default '{}'
);

-- Whom the creator lets keep order.
create table stage_moderators (
  stage_id uuid not null references stages (id),
  user_id  uuid not null references users (id),
  at       timestamptz not null,
  primary key (stage_id, user_id)
);

-- Who may not write here (mute) or not be here at all (ban), in force while the row stands and `until` has not come.
create table stage_exclusions (
  stage_id uuid not null references stages (id),
  user_id  uuid not null references users (id),
  kind     text not null check (kind in ('mute', 'ban')),
  at       timestamptz not null,
  -- null = until it is lifted; mutes end by themselves.
  until    timestamptz check (until > at),
  primary key (stage_id, user_id, kind),
  check (kind = 'ban' or until is not null)
);

-- Lines that were taken down: kept as evidence, shown to nobody.
create table chat_removals (
  line_id uuid primary key references chat_lines (id),
  at      timestamptz not null
);
select carat_append_only('chat_removals');

-- Every act of keeping order: who, whom, what, why and when.
create table stage_acts (
  id       uuid primary key,
  stage_id uuid not null references stages (id),
  act      text not null check (act in
    ('remove', 'pin', 'unpin', 'mute', 'unmute', 'ban', 'unban', 'name_moderator', 'dismiss_moderator', 'rules')),
  by_user  uuid not null references users (id),
  -- Whom it was done to.
  user_id  uuid references users (id),
  line_id  uuid references chat_lines (id),
  reason   text check (reason <> ''),
  until    timestamptz,
  -- What the rules are from then on.
  rules    jsonb,
  at       timestamptz not null,
  -- By the database's clock, which all server processes share.
  kept_at  timestamptz not null default clock_timestamp()
);
create index stage_acts_of_stage on stage_acts (stage_id, kept_at desc, id desc);
select carat_append_only('stage_acts');

-- The line that a pin shows, where it shows one.
alter table stage_pins add column line_id uuid references chat_lines (id);
