-- What a Diamond is worth in money, version by version. The newest version whose time has come is in force;
-- every receipt names the version it used, and the inputs are kept so that anyone can make the number again.
create table rate_versions (
  version integer primary key check (version >= 1),
  -- cents_numerator cents for units_denominator Diamond units (1 Diamond = 1,000 units)
  cents_numerator bigint not null check (cents_numerator > 0),
  units_denominator bigint not null check (units_denominator > 0),
  effective_from timestamptz not null,
  inputs jsonb not null,
  reason text not null check (reason <> ''),
  created_at timestamptz not null default now()
);
select carat_append_only('rate_versions');
