-- A fault that meets a share of the calls instead of the next few: which ones, a seed decides.
alter table sandbox.faults
  add column share double precision check (share > 0 and share <= 1),
  add column seed bigint not null default 0;

-- Each call draws a number. Outside of transactions, so that no call waits for another.
create sequence sandbox.fault_draws;
grant usage, update on sequence sandbox.fault_draws to carat_app;
