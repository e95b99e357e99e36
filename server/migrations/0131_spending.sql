-- What a person wanted a spending limit to be. Of those whose time has come, what was asked for last is in force; no
-- row = the policy's.
create table spending_limits (
  id             uuid        primary key,
  user_id        uuid        not null references users (id),
  -- Days: the last one, seven or thirty, today included.
  span           text        not null check (span in ('day', 'week', 'month')),
  -- null = no limit.
  cents          bigint      check (cents >= 0),
  asked_at       timestamptz not null,
  -- A higher limit holds later than it was asked for.
  effective_from timestamptz not null check (effective_from >= asked_at)
);
create index spending_limits_of_user on spending_limits (user_id, span, asked_at desc, id desc);
select carat_append_only('spending_limits');
