-- Genuine webhooks that came with a time that cannot be: a clock is wrong, here or there, or somebody sends old ones
-- again. One row per hour, however many come.
create table webhook_skews (
  provider      text        not null,
  reason        text        not null check (reason in ('too_old', 'from_the_future')),
  hour          timestamptz not null,
  times         bigint      not null check (times > 0),
  -- The furthest from our clock, in seconds; before it is positive.
  worst_seconds bigint      not null,
  last_at       timestamptz not null,
  primary key (provider, reason, hour)
);
create index webhook_skews_last_at on webhook_skews (last_at);
