-- A rate is told before it starts: the one in force at an instant is the last by start, then by version.
-- Null for versions of before rates were told ahead.
alter table rate_versions add column announced_at timestamptz;
-- What made it, which makes one: policy:3, formula:2026-11-22, draft:<id>. Null for older versions, all by the policy.
alter table rate_versions add column origin text unique;
alter table rate_versions add constraint told_before_it_starts check (effective_from >= announced_at);
create index rate_versions_by_start on rate_versions (effective_from, version);

-- What the formula came to on each day that it ran, whether the rate moved or not.
create table rate_formula_days (
  -- UTC; the inputs are of before it began
  day                date primary key,
  inputs             jsonb not null,
  cents_numerator    bigint not null check (cents_numerator > 0),
  units_denominator  bigint not null check (units_denominator > 0),
  -- null: the rate stayed
  version            integer references rate_versions (version),
  computed_at        timestamptz not null
);
select carat_append_only('rate_formula_days');
