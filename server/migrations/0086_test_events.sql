-- Test events on their way to the tools that read through other server processes; gone after a minute.
create table stage_test_events (
  id       uuid        primary key,
  stage_id uuid        not null references stages (id),
  events   jsonb       not null,
  -- By the database's clock, which all server processes share.
  told_at  timestamptz not null default clock_timestamp()
);
create index stage_test_events_by_age on stage_test_events (told_at);
