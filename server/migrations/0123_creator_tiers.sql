-- How long a live was watched: the viewers of each minute, added up. Several processes look; a minute counts once.
create table live_watch (
  session_id     uuid        primary key references stage_sessions (id),
  viewer_minutes bigint      not null check (viewer_minutes > 0),
  last_minute    timestamptz not null
) with (fillfactor = 50);

-- The tier of a creator from a midnight on, with what it was made from. A row where it changes.
create table creator_tiers (
  id                 uuid        primary key,
  creator_id         uuid        not null references users (id),
  -- UTC; the inputs are of before it began
  day                date        not null,
  effective_from     timestamptz not null check (effective_from > day),
  -- null: none of the policy's tiers
  name               text,
  yield_basis_points integer     not null check (yield_basis_points between 10000 and 20000),
  policy_version     integer     not null,
  inputs             jsonb       not null,
  computed_at        timestamptz not null,
  check (effective_from > computed_at),
  unique (creator_id, day)
);
create index creator_tiers_in_force on creator_tiers (creator_id, effective_from desc);
select carat_append_only('creator_tiers');

-- The days for which every creator was looked at.
create table creator_tier_days (
  day         date        primary key,
  creators    integer     not null,
  computed_at timestamptz not null
);
select carat_append_only('creator_tier_days');

-- The tier that a gift was given under; null where it made no difference.
alter table gifts add column tier_id uuid;
