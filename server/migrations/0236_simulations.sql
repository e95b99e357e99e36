-- A run of the simulator: a proposed rate against the one that would be in force, in an invented month. All that it is made
-- from is here, so that it can be run again and comes to the same.
create table simulations (
  id          uuid        primary key,
  asked_by    uuid        not null references users (id),
  asked_at    timestamptz not null,
  inputs      jsonb       not null,
  -- SHA-256 of the inputs: runs with the same one come to the same result.
  inputs_hash bytea       not null check (length(inputs_hash) = 32),
  -- The run that this one repeats.
  repeats     uuid        references simulations (id)
);
create index simulations_newest on simulations (asked_at desc, id desc);
create index simulations_alike on simulations (inputs_hash);
select carat_append_only('simulations');

-- How far the run in hand is. Whoever runs it holds the lock of simulations; a server that starts takes it up anew.
create table simulation_progress (
  simulation_id uuid        primary key references simulations (id),
  -- How often it was begun: one that always ends its server is given up.
  begun         integer     not null check (begun > 0),
  begun_at      timestamptz not null,
  phase         text        not null check (phase in ('opening', 'days', 'checking')),
  day           integer     not null check (day >= 0),
  told_at       timestamptz not null
);

-- What became of it, once.
create table simulation_endings (
  simulation_id uuid        primary key references simulations (id),
  ended_at      timestamptz not null,
  ending        text        not null check (ending in ('done', 'canceled', 'failed')),
  -- Who canceled it.
  by_id         uuid        references users (id),
  -- Why it failed.
  note          text,
  model_version integer,
  result        jsonb,
  result_hash   bytea       check (length(result_hash) = 32),
  check ((ending = 'done') = (result is not null)),
  check ((ending = 'done') = (result_hash is not null)),
  check ((ending = 'done') = (model_version is not null)),
  check ((ending = 'canceled') = (by_id is not null)),
  check ((ending = 'failed') = (note is not null))
);
select carat_append_only('simulation_endings');

-- What was paid within some days is read by stretches of the table: payments are written as they come.
create index purchase_payments_paid_at on purchase_payments using brin (paid_at);
