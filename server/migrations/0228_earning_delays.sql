-- Why a gift or an answer becomes available later than others: written in the commit that books it, and never changed. What
-- has no row is due on the usual date.
create table earning_delays (
  earning_id     uuid        primary key,
  creator_id     uuid        not null,
  -- new_payer: the fan paid for the first time a short while ago, and has given much since.
  reason         text        not null check (reason in ('new_payer')),
  -- When it would be due like others, when it is due, and the date that nothing may be later than.
  usual_at       timestamptz not null,
  matures_at     timestamptz not null,
  latest_at      timestamptz not null,
  policy_version integer     not null,
  check (usual_at < matures_at and matures_at <= latest_at)
);
create index earning_delays_of_creator on earning_delays (creator_id, matures_at);
select carat_append_only('earning_delays');

-- Among gifts of a day some are due a week later: of each range of blocks several stretches of dates are kept, so that a
-- late one does not make all gifts of its range be read every minute of that week.
drop index gifts_matures;
create index gifts_matures on gifts using brin (matures_at timestamptz_minmax_multi_ops)
  with (pages_per_range = 32, autosummarize = on);
