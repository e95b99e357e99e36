-- A stage's hype meter: whether its creator wants it, and until when it rests after the last hype. No row = on, rested.
create table hype_meters (
  stage_id    uuid        primary key references stages (id),
  is_on       boolean     not null default true,
  rests_until timestamptz
);

-- Gifts that may start a hype: per turn of the relay and supporter of a live. Those too old for the window go.
create table hype_warm_ups (
  session_id      uuid   not null,
  sender_id       uuid   not null,
  -- The last gift of this live in the turn, which stands for when it was, and the first one of all in the turn.
  turn_committed  bigint not null,
  first_committed bigint not null,
  coins           bigint not null check (coins > 0),
  primary key (session_id, turn_committed, sender_id)
);

create table hypes (
  id             uuid        primary key,
  stage_id       uuid        not null references stages (id),
  session_id     uuid        not null references stage_sessions (id),
  started_at     timestamptz not null,
  -- It counts every gift of its live that committed after this.
  from_committed bigint      not null,
  -- The rules that it began under hold to its end.
  policy_version integer     not null
);
create index hypes_of_session on hypes (session_id, started_at desc);
select carat_append_only('hypes');

-- The ones that run, written as gifts are shown.
create table open_hypes (
  session_id     uuid        primary key,
  hype_id        uuid        not null unique references hypes (id),
  stage_id       uuid        not null,
  policy_version integer     not null,
  coins          bigint      not null check (coins >= 0),
  -- The last gift in `coins`.
  counted_to     bigint      not null,
  -- Levels that are filled, 0 to 5.
  filled         smallint    not null check (filled between 0 and 5),
  ends_at        timestamptz not null,
  -- Set when it takes no more gifts and is about to be counted.
  ended_how      text        check (ended_how in ('time', 'live_ended', 'switched_off')),
  ended_at       timestamptz,
  to_committed   bigint
) with (fillfactor = 50);

-- Who gave how much to a hype. Of a running one as far as `hype_tellings.summed_to` says.
create table hype_contributions (
  hype_id   uuid   not null references hypes (id),
  sender_id uuid   not null,
  coins     bigint not null check (coins > 0),
  primary key (hype_id, sender_id)
);
create index hype_contributions_by_coins on hype_contributions (hype_id, coins desc, sender_id);

-- What the room was told last of a running one.
create table hype_tellings (
  hype_id   uuid        primary key references hypes (id),
  summed_to bigint      not null,
  told      text        not null,
  told_at   timestamptz not null
);

create table hype_endings (
  hype_id      uuid        primary key references hypes (id),
  stage_id     uuid        not null,
  ended_at     timestamptz not null,
  ended_how    text        not null check (ended_how in ('time', 'live_ended', 'switched_off')),
  to_committed bigint      not null,
  coins        bigint      not null check (coins >= 0),
  filled       smallint    not null check (filled between 0 and 5),
  supporters   integer     not null check (supporters >= 0)
);
create index hype_endings_best on hype_endings (stage_id, coins desc);
select carat_append_only('hype_endings');
