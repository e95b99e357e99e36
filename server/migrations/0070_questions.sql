-- What a creator asks for a question in one live. The newest row of a session is in force; none = questions are off.
create table question_settings (
  id         uuid        primary key,
  session_id uuid        not null references stage_sessions (id),
  is_on      boolean     not null,
  -- 0 = questions are free.
  coins      bigint      not null check (coins >= 0),
  set_at     timestamptz not null
);
create index question_settings_by_session on question_settings (session_id, set_at desc, id desc);
select carat_append_only('question_settings');

-- One row per question, written in the commit that puts its Coins into escrow: the pending transfer has the
-- question's id with the last digit 1. What is promised to the creator is fixed here.
create table questions (
  id             uuid        primary key,
  -- The ledger's timestamp: questions in this order are questions in the order of their commits.
  committed      bigint      not null,
  asked_at       timestamptz not null,
  stage_id       uuid        not null,
  session_id     uuid        not null,
  asker_id       uuid        not null,
  creator_id     uuid        not null,
  text           text        not null check (text <> ''),
  -- 0 = asked for free.
  coins          bigint      not null check (coins >= 0),
  diamond_units  bigint      not null check (diamond_units >= 0),
  policy_version integer     not null,
  rate_version   integer     not null,
  -- What was asked for, hashed: the same id with another hash is another request.
  request_hash   bigint      not null
);
create index questions_of_asker on questions (asker_id, committed desc);
select carat_append_only('questions');

-- The questions that wait or are being answered. Whoever answers or returns one deletes its row in the same commit,
-- and must find it: of two that decide at once, one does.
create table open_questions (
  question_id     uuid        primary key,
  committed       bigint      not null,
  asked_at        timestamptz not null,
  session_id      uuid        not null,
  asker_id        uuid        not null,
  coins           bigint      not null,
  -- Null while it waits.
  answering_since timestamptz
);
create unique index open_questions_one_free on open_questions (session_id, asker_id) where coins = 0;
create unique index open_questions_one_answering on open_questions (session_id) where answering_since is not null;
create index open_questions_by_price on open_questions (session_id, coins desc, committed);

create table question_answers (
  question_id     uuid        primary key,
  committed       bigint      not null,
  session_id      uuid        not null,
  answering_since timestamptz not null,
  answered_at     timestamptz not null
);
create index question_answers_by_session on question_answers (session_id, committed desc);
select carat_append_only('question_answers');

-- What an answered question brought its creator: the Diamond leg has the question's id with the last digit 2.
create table question_earnings (
  question_id   uuid        primary key,
  committed     bigint      not null,
  earned_at     timestamptz not null,
  matures_at    timestamptz not null,
  asker_id      uuid        not null,
  creator_id    uuid        not null,
  coins         bigint      not null check (coins > 0),
  diamond_units bigint      not null check (diamond_units >= 0)
);
create unique index question_earnings_committed on question_earnings (committed);
create index question_earnings_matures on question_earnings (matures_at);
select carat_append_only('question_earnings');

-- The Coins went back, by the void with the question's id and the last digit 4, or because the ledger let them go.
create table question_returns (
  question_id uuid        primary key,
  committed   bigint      not null,
  returned_at timestamptz not null,
  reason      text        not null check (reason in ('skipped', 'withdrawn', 'live_ended', 'waited_too_long')),
  -- Who did it; null for the house.
  by_id       uuid
);
select carat_append_only('question_returns');

-- What the room has not been told yet: a queue, not a record.
create table question_news (
  committed   bigint not null,
  question_id uuid   not null,
  status      text   not null check (status in ('waiting', 'answering', 'answered', 'returned')),
  primary key (committed, question_id, status)
);

create table question_votes (
  question_id uuid        not null references questions (id),
  voter_id    uuid        not null references users (id),
  voted_at    timestamptz not null,
  primary key (question_id, voter_id)
);

-- Apart from the question, because it is written as people vote.
create table question_vote_counts (
  question_id uuid    primary key references questions (id),
  votes       integer not null check (votes >= 0)
) with (fillfactor = 50);

-- Requests that the ledger refused for good: the same key is told the same again, whatever was bought since.
create table question_refusals (
  id           uuid        primary key,
  asker_id     uuid        not null,
  request_hash bigint      not null,
  coins_needed bigint      not null,
  coins_had    bigint      not null,
  refused_at   timestamptz not null
);
select carat_append_only('question_refusals');

-- Everything that brings a creator pending Diamonds with a date, whatever it was given for. `committed` is unique
-- over all of it. What matures and what is added up to sums of creators is read from here; gift_maturities names
-- what matured by its id here.
create view earnings as
  select id, committed, sent_at as earned_at, matures_at, sender_id, creator_id, coins, diamond_units from gifts
  union all
  select question_id, committed, earned_at, matures_at, asker_id, creator_id, coins, diamond_units
    from question_earnings;
