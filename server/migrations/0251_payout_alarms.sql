-- What operators were told of a withdrawal that does not go on without them: each sentence once.
create table payout_alarms (
  withdrawal_id uuid        not null references withdrawals (id),
  says          text        not null,
  at            timestamptz not null,
  primary key (withdrawal_id, says)
);
select carat_append_only('payout_alarms');

-- When what cannot be handed over is tried again: at growing distances.
alter table payout_waits add column times integer not null default 1 check (times > 0);
alter table payout_waits add column next_at timestamptz not null default now();
