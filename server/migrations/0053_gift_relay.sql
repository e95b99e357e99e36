-- How far the relay has come: every gift committed up to here has its event. One row, locked by each turn.
create table gift_relay (
  only_row boolean primary key default true check (only_row),
  relayed  bigint  not null
) with (fillfactor = 50);
insert into gift_relay (relayed) values (0);

-- One row per turn that showed gifts: a gift was shown at the first turn that reached it. Cheaper than a
-- "shown at" on every gift, and the gifts stay append-only.
create table gift_relay_turns (
  relayed  bigint      primary key,
  shown_at timestamptz not null
);
select carat_append_only('gift_relay_turns');

-- What the room has been told about each streak. A gift that commits after its streak was closed opens the
-- next group of it, which gets a final event of its own.
create table streaks (
  -- The id of the streak's first possible gift.
  id             uuid        not null,
  group_no       integer     not null,
  streak_id      uuid        not null,
  stage_id       uuid        not null,
  session_id     uuid        not null,
  sender_id      uuid        not null,
  creator_id     uuid        not null,
  catalogue_id   text        not null,
  policy_version integer     not null,
  -- Counts of the whole streak: those before this group, and the last one shown.
  base           integer     not null,
  count          integer     not null,
  last_gift_id   uuid        not null,
  last_at        timestamptz not null,
  due_at         timestamptz not null,
  final_at       timestamptz,
  primary key (id, group_no)
) with (fillfactor = 60);
-- Only open streaks; `due_at` stays out so that a tap updates no index.
create index streaks_open on streaks (id) where final_at is null;

-- What each supporter gave in each live session, added up by the relay.
create table gift_supporters (
  session_id    uuid   not null,
  sender_id     uuid   not null,
  coins         bigint not null,
  diamond_units bigint not null,
  gifts         bigint not null,
  primary key (session_id, sender_id)
) with (fillfactor = 70);

create table gift_sessions (
  session_id    uuid   primary key,
  coins         bigint not null,
  diamond_units bigint not null,
  gifts         bigint not null
) with (fillfactor = 50);
