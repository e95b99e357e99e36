-- Every set of numbers an operator ever put in force. A receipt names the version it was made under,
-- so versions are never changed: a new number is a new version.
create table policy_versions (
  version        integer primary key check (version >= 1),
  preset         text not null,
  document       jsonb not null,
  effective_from timestamptz not null,
  -- The operator who wrote it; null for the version a new house starts with.
  author         uuid,
  reason         text not null check (reason <> ''),
  created_at     timestamptz not null default now(),
  -- In the order of versions the starts rise too (the verb locks and checks); two never share one.
  unique (effective_from)
);
select carat_append_only('policy_versions');
