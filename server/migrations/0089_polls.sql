-- Votes on a stage: free ones of one vote a person, and gift votes, where every Coin given with an option's gift counts.
create table polls (
  id             uuid        primary key,
  stage_id       uuid        not null references stages (id),
  session_id     uuid        not null references stage_sessions (id),
  creator_id     uuid        not null references users (id),
  kind           text        not null check (kind in ('poll', 'giftVote')),
  title          text        not null check (title <> ''),
  -- Whether the results show only when it has ended.
  hidden         boolean     not null,
  -- In order: [{"text", "gift": null or {"id", "name", "art", "coins"}}]. Name and price of a gift never change.
  options        jsonb       not null check (jsonb_array_length(options) between 2 and 5),
  started_at     timestamptz not null,
  ends_at        timestamptz not null check (ends_at > started_at),
  -- A gift vote counts the gifts of its live that committed after this; null for a free one.
  from_committed bigint      check ((from_committed is null) = (kind = 'poll')),
  -- What was asked for, hashed: the same id with another hash is another request.
  request_hash   bigint      not null
);
create index polls_of_session on polls (session_id, started_at desc, id desc);
create index polls_of_creator on polls (creator_id, started_at desc, id desc);
select carat_append_only('polls');

-- The ones that run. Whoever votes shares its row, whoever stops it waits for them, whoever ends it deletes it.
create table open_polls (
  poll_id      uuid        primary key references polls (id),
  -- A stage shows one at a time.
  stage_id     uuid        not null unique,
  session_id   uuid        not null,
  kind         text        not null,
  ends_at      timestamptz not null,
  -- Set when it takes no more votes and is about to be counted.
  ended_how    text        check (ended_how in ('time', 'creator', 'live_ended', 'canceled')),
  ended_at     timestamptz,
  -- A gift vote counts the gifts of its live up to this one.
  to_committed bigint
);

create table poll_votes (
  poll_id  uuid        not null references polls (id),
  voter_id uuid        not null references users (id),
  place    smallint    not null check (place between 1 and 5),
  voted_at timestamptz not null,
  primary key (poll_id, voter_id)
);
create index poll_votes_by_place on poll_votes (poll_id, place);

-- What a running gift vote has counted so far, written as gifts are shown.
create table poll_coins (
  poll_id    uuid     not null references polls (id),
  place      smallint not null,
  session_id uuid     not null,
  gift_id    text     not null,
  coins      bigint   not null default 0 check (coins >= 0),
  primary key (poll_id, place)
) with (fillfactor = 50);

-- What the room was told last of a running one.
create table poll_tellings (
  poll_id uuid        primary key references polls (id),
  told    text        not null,
  told_at timestamptz not null
);

create table poll_endings (
  poll_id      uuid        primary key references polls (id),
  ended_at     timestamptz not null,
  ended_how    text        not null check (ended_how in ('time', 'creator', 'live_ended', 'canceled')),
  to_committed bigint,
  -- By place: people, or Coins. For ever what the votes and gifts add up to.
  votes        bigint[]    not null
);
select carat_append_only('poll_endings');
